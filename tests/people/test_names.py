"""Test that pages and mails show the role beside a name, so that a name such as "Coordinator" deceives nobody."""

import json

import pytest
from django.utils import timezone

from tests import personas
from tests.actions.pages import text
from tracker.people.models import Role

SHOWN = "Coordinator (Focal point)"


@pytest.fixture
def impostor(db):
    """A focal point whose name is that of a role."""
    return personas.person("impostor@example.org", name="Coordinator", agency=personas.agency("UNDP"))


@pytest.fixture
def point(impostor):
    """An action point that is assigned to the impostor, who has logged progress on it and declined it."""
    found = personas.action_point()
    personas.assign(found, impostor)
    personas.update(found, impostor)
    return found


PAGES = [
    "/agendas/2026/1.1/",
    "/agendas/2026/action-points/",
    "/agendas/2026/",
    "/agendas/2026/changes/",
    "/search/?q=impostor",
    "/people/",
    "/agencies/UNDP/",
]


@pytest.mark.parametrize("page", PAGES)
def test_page_shows_the_role_beside_each_name(as_coordinator, point, page):
    response = as_coordinator.get(page)

    found = text(response)
    assert response.status_code == 200
    assert SHOWN in found or "Coordinator Focal point" in found or "Coordinator, Focal point" in found, found


def test_reminders_show_the_role_of_the_recipient(as_coordinator, impostor, point):
    digest = personas.digest(impostor, point, created_at=timezone.now())

    assert SHOWN in text(as_coordinator.get("/reminders/"))
    assert f"Digest to {SHOWN}" in text(as_coordinator.get(digest.get_absolute_url()))


@pytest.mark.parametrize("role", Role)
def test_name_is_followed_by_each_role(db, role):
    person = personas.person("a@example.org", role, name="Ana")

    assert person.name_with_role == f"Ana ({role.label})"
    assert personas.User(email="b@example.org", role=role).name_with_role == f"b@example.org ({role.label})"


def test_file_has_the_name_alone(as_coordinator, point):
    (row,) = json.loads(as_coordinator.get("/agendas/2026/action-points.json").getvalue())["rows"]

    assert row["focal_points"] == "Coordinator"
