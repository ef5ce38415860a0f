"""Tests of the day on which an agenda was opened or reopened, from which updates are expected."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from issues.models import Agenda
from tests import personas
from tests.actions.pages import text

pytestmark = pytest.mark.django_db
DRAFT, OPEN, CLOSED = Agenda.State.DRAFT, Agenda.State.OPEN, Agenda.State.CLOSED
EARLIER = date(2024, 5, 1)


def stored(**fields) -> Agenda:
    agenda = Agenda.objects.create(slug="2026", title="Agenda", state=DRAFT)
    Agenda.objects.filter(pk=agenda.pk).update(**fields)
    return Agenda.objects.get(pk=agenda.pk)


@pytest.mark.parametrize(
    ("before", "after", "is_new_day"),
    [
        (DRAFT, OPEN, True),
        (CLOSED, OPEN, True),
        (OPEN, OPEN, False),
        (OPEN, CLOSED, False),
        (OPEN, DRAFT, False),
        (DRAFT, DRAFT, False),
        (DRAFT, CLOSED, False),
    ],
)
@pytest.mark.parametrize("update_fields", [None, ["state"]])
def test_day_is_stored_when_an_agenda_is_opened_or_reopened(before, after, is_new_day, update_fields):
    agenda = stored(state=before, opened_on=EARLIER)

    agenda.state = after
    agenda.save(update_fields=update_fields)

    assert Agenda.objects.get().opened_on == (timezone.localdate() if is_new_day else EARLIER)


def test_agenda_that_begins_open_was_opened_today_unless_a_day_is_passed():
    agendas = [
        Agenda.objects.create(slug=str(number), title="Agenda", state=state, opened_on=day)
        for number, (state, day) in enumerate([(OPEN, None), (OPEN, EARLIER), (DRAFT, None)])
    ]

    assert [agenda.opened_on for agenda in agendas] == [timezone.localdate(), EARLIER, None]


def test_agenda_opened_again_after_others_closed_it_has_the_new_day():
    agenda = stored(state=OPEN, opened_on=EARLIER)
    Agenda.objects.update(state=CLOSED)
    agenda.refresh_from_db()

    agenda.state = OPEN
    agenda.save()

    assert Agenda.objects.get().opened_on == timezone.localdate()


def test_agenda_read_without_its_state_keeps_the_day():
    stored(state=OPEN, opened_on=EARLIER)

    agenda = Agenda.objects.only("title").get()
    agenda.title = "Another title"
    agenda.save()

    assert Agenda.objects.get().opened_on == EARLIER


def test_edited_agenda_keeps_the_day(client, coordinator):
    agenda = stored(state=OPEN, opened_on=EARLIER)
    typed = {"title": "Another title", "silence_days": "30", "visible_to": "network", "language": "en"}

    response = personas.sign_in(client, coordinator).post(f"{agenda.get_absolute_url()}edit/", typed)

    assert (response.status_code, Agenda.objects.get().opened_on) == (302, EARLIER)


@pytest.mark.parametrize("before", [DRAFT, CLOSED])
def test_agenda_reopened_in_the_admin_site_asks_for_updates_a_full_interval_later(
    client, coordinator, focal_point, before
):
    agenda = stored(state=OPEN, opened_on=EARLIER)
    point = personas.action_point(personas.issue(agenda))
    personas.lead(point, focal_point.agency)
    Agenda.objects.update(state=before)
    form = {
        "slug": "2026",
        "title": "Agenda",
        "state": OPEN,
        "visible_to": "network",
        "silence_days": "30",
        "initial-state": before,
    }
    inline = {"issues-TOTAL_FORMS": "0", "issues-INITIAL_FORMS": "0"}

    address = reverse("admin:issues_agenda_change", args=[agenda.pk])
    response = personas.sign_in(client, coordinator).post(address, form | inline)

    agenda = Agenda.objects.get()
    assert (response.status_code, agenda.state, agenda.opened_on) == (302, OPEN, timezone.localdate())
    shown = text(client.get(point.get_absolute_url()))
    assert ("Update due" in shown, "Next update by" in shown) == (False, True)


def test_open_agenda_whose_days_have_passed_asks_for_updates(client, focal_point):
    agenda = stored(state=OPEN, opened_on=EARLIER, silence_days=30)
    point = personas.action_point(personas.issue(agenda))
    personas.lead(point, focal_point.agency)

    assert "Update due since 1 June 2024" in text(personas.sign_in(client, focal_point).get(point.get_absolute_url()))
