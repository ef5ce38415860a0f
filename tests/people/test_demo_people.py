"""Test the demo accounts: they are added once, keep people's changes, and are refused in production."""

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from tests import personas
from tracker.people.demo import new_password
from tracker.people.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def agencies(db):
    return [personas.agency(acronym) for acronym in ("UNDP", "UNSSC", "GCO", "OCHA")]


def run(*options: str) -> str:
    output = StringIO()
    call_command("load_demo_people", *options, stdout=output)
    return output.getvalue()


def passwords(output: str) -> dict[str, str]:
    """Return the printed passwords by email."""
    return dict(re.findall(r"^  (\S+@\S+) .*  (\S+)$", output, re.MULTILINE))


def test_demo_people_have_each_role(agencies):
    run()

    assert list(User.objects.order_by("email").values_list("email", "role", "agency__acronym")) == [
        ("admin@example.org", Role.ADMIN, None),
        ("coordinator@example.org", Role.COORDINATOR, None),
        ("focal.gco@example.org", Role.FOCAL_POINT, "GCO"),
        ("focal.ocha@example.org", Role.FOCAL_POINT, "OCHA"),
        ("focal.undp@example.org", Role.FOCAL_POINT, "UNDP"),
        ("focal.unssc@example.org", Role.FOCAL_POINT, "UNSSC"),
    ]


def test_demo_people_sign_in_with_the_printed_passwords(agencies, rf):
    printed = passwords(run())

    signed_in = {
        email: authenticate(rf.post("/"), email=email, password=password) for email, password in printed.items()
    }

    assert {email: str(user.email) for email, user in signed_in.items() if user} == {email: email for email in printed}
    assert len(printed) == 6


def test_loading_demo_people_again_changes_nothing(agencies):
    run()
    User.objects.filter(email="admin@example.org").update(name="Renamed", role=Role.COORDINATOR)
    before = list(User.objects.order_by("pk").values())

    output = run()

    assert list(User.objects.order_by("pk").values()) == before
    assert passwords(output) == {}
    assert "6 of the 6 demo people exist already and were not changed" in output


def test_resetting_passwords_of_demo_people_changes_nothing_else(agencies):
    old = passwords(run())
    User.objects.filter(email="admin@example.org").update(name="Renamed")

    new = passwords(run("--reset-passwords"))

    assert set(new) == set(old)
    assert set(new.values()).isdisjoint(old.values())
    admin = User.objects.get(email="admin@example.org")
    assert (admin.name, admin.check_password(new["admin@example.org"])) == ("Renamed", True)


def test_demo_people_are_refused_in_production(agencies, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="refused in production"):
        run()

    assert User.objects.count() == 0


def test_demo_people_require_the_agencies_of_the_baseline(db):
    personas.agency("UNDP")

    with pytest.raises(CommandError, match=r"missing here: GCO, OCHA, UNSSC\. .* load_baseline"):
        run()

    assert User.objects.count() == 0


def test_fixture_of_demo_people_has_no_passwords(agencies):
    call_command("loaddata", "demo_people", verbosity=0)

    assert User.objects.count() == 6
    assert [user.has_usable_password() for user in User.objects.all()] == [False] * 6


def test_new_password_is_easy_to_type():
    assert re.fullmatch(r"([a-z]{4}-){3}[a-z]{4}", new_password())
