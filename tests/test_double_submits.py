"""A form that is sent twice counts once: one after the other, and at once (on PostgreSQL, where two requests run side by side)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.db import connection, models
from django.db.models.base import Model
from django.test import Client
from django.utils import timezone

from actions.bulk.models import BulkEdit
from actions.handover.models import Handover
from actions.lists.models import SavedView
from actions.models import ActionPoint, Milestone, ProgressUpdate, Responsibility
from actions.note.models import NoteVersion, SectionEdit, SignOff
from actions.reminders.models import Digest, ReminderSchedule
from actions.rollover.models import Decision, PlannedIssue, Rollover
from issues.models import Agenda, Issue
from tests import personas
from tests.personas import sign_in
from tracker.people.models import Agency, User

POINT = "/agendas/2026/1.1/"
Sent = tuple[str, dict[str, Any], Any]
"""Where it is sent, what is sent, and what it makes one of: a model or a query."""


def shown(client: Client, path: str, **typed: Any) -> dict[str, Any]:
    """What a browser sends of the form that is shown there."""
    form = client.get(path).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value not in (None, "")} | typed


def milestone(client: Client, person: User) -> Sent:
    path = f"{POINT}milestones/"
    return path, shown(client, path, title="Course", due="2099", place="Turin"), Milestone


def progress(client: Client, person: User) -> Sent:
    path = f"{POINT}updates/"
    return path, shown(client, path, status="under_way", narrative="It moves."), ProgressUpdate


def box(client: Client, person: User) -> Sent:
    sign_in(client, User.objects.get(email="focal.undp@example.org"))
    path = f"/my/parts/{ActionPoint.objects.get().responsibilities.get().pk}/"
    values = {field.html_name: field.value() for field in client.get(path).context["opened"].box.form}
    typed = {"status": "under_way", "narrative": "It moves."}
    return path, {name: value for name, value in values.items() if value not in (None, "")} | typed, ProgressUpdate


def correction(client: Client, person: User) -> Sent:
    personas.update(ActionPoint.objects.get(), person)
    path = f"{POINT}updates/1/corrections/"
    return path, shown(client, path, narrative="It moves fast."), ProgressUpdate.objects.filter(version=2)


def withdrawal(client: Client, person: User) -> Sent:
    personas.update(ActionPoint.objects.get(), person)
    path = f"{POINT}updates/1/withdrawal/"
    return path, shown(client, path, reason="Wrong year."), ProgressUpdate.objects.filter(withdrawn_by=person)


def snooze(client: Client, person: User) -> Sent:
    path, day = f"{POINT}snooze/", timezone.localdate().replace(day=1)
    until = day.replace(year=day.year + 1)
    history = Responsibility.history.filter(paused_until=until)
    return path, shown(client, path, until=until.isoformat(), reason="Elections."), history


def issue(client: Client, person: User) -> Sent:
    path = "/agendas/2026/issues/"
    return path, shown(client, path, title="Learning"), Issue.objects.exclude(number=1)


def action_point(client: Client, person: User) -> Sent:
    path = "/agendas/2026/issues/1/action-points/"
    leads = [personas.agency().pk]
    return path, shown(client, path, title="Train staff", lead_agencies=leads), ActionPoint.objects.exclude(number=1)


def outline(client: Client, person: User) -> Sent:
    path, text = "/agendas/2026/outline/", "7. Impact\n7.1 Measure it\n"
    pasted = client.post(path, {"text": text}, follow=True).context["pasted"]
    return path, {"do": "add", "version": pasted.version}, Issue.objects.filter(number=7)


def new_agenda(client: Client, person: User) -> Sent:
    path = "/new-agenda/"
    return path, shown(client, path, slug="2030", title="Agenda of 2030"), Agenda


def opening(client: Client, person: User) -> Sent:
    personas.action_point(personas.issue(personas.agenda("2030", state="draft", opened_on=None)))
    path = "/agendas/2030/set-up/opening/"
    return path, {"visible_to": "network"}, Agenda.objects.filter(slug="2030", state="open")


def saved_view(client: Client, person: User) -> Sent:
    return "/agendas/2026/views/", {"name": "Mine", "query": "q=x"}, SavedView


def bulk_edit(client: Client, person: User) -> Sent:
    path = "/agendas/2026/action-points/changes/"
    chosen = {"points": [ActionPoint.objects.get().pk], "kind": "add_lead", "agency": personas.agency("UNSSC").pk}
    return path, chosen, BulkEdit


def invitation(client: Client, person: User) -> Sent:
    path = "/people/invitations/"
    typed = shown(client, path, name="New", email="New@example.org", role="focal_point", agency=personas.agency().pk)
    return path, typed, User.objects.filter(email="new@example.org")


def schedule(client: Client, person: User) -> Sent:
    path = "/reminders/schedules/2026/"
    return path, shown(client, path, hour=9), ReminderSchedule


def reminder(client: Client, person: User) -> Sent:
    return f"{POINT}reminder/", {"message": "Please."}, Digest


def rollover(client: Client, person: User) -> Sent:
    return "/agendas/2026/roll-over/name/", {"slug": "2027", "title": "Agenda of 2027"}, Rollover


def planned_issue(client: Client, person: User) -> Sent:
    client.post(*rollover(client, person)[:2])
    path = "/agendas/2026/roll-over/issues/"
    return path, shown(client, path, title="Learning"), PlannedIssue.objects.exclude(number=1)


def decision(client: Client, person: User) -> Sent:
    client.post(*rollover(client, person)[:2])
    path = "/agendas/2026/roll-over/1.1/"
    return path, shown(client, path, kind="carry", reason="Still open."), Decision


def next_agenda(client: Client, person: User) -> Sent:
    path, sent, _made = decision(client, person)
    client.post(path, sent)
    return "/agendas/2026/roll-over/agenda/", {}, Agenda.objects.filter(slug="2027")


def hand_over(client: Client, person: User) -> Sent:
    successor = personas.person("successor@example.org", agency=personas.agency())
    predecessor = User.objects.get(email="focal.undp@example.org")
    path = f"/hand-overs/new/?predecessor={predecessor.pk}&successor={successor.pk}"
    return path, shown(client, path, reason="New post."), Handover


def hand_over_of_what_is_led(client: Client, person: User) -> Sent:
    personas.set_persons(ActionPoint.objects.get())
    return hand_over(client, person)


def deactivation(client: Client, person: User) -> Sent:
    personas.set_persons(ActionPoint.objects.get())
    personas.set_leads(ActionPoint.objects.get())
    path, sent, made = hand_over(client, person)
    return path, sent | {"deactivate": "on"}, made


def paragraph(client: Client, person: User) -> Sent:
    return "/agendas/2026/note/1.1/description/new/", {"text": "Staff are trained."}, SectionEdit


def publication(client: Client, person: User) -> Sent:
    path = "/agendas/2026/note/publication/"
    return path, shown(client, path, audience="network", unsigned_too="on"), NoteVersion


def sign_off(client: Client, person: User) -> Sent:
    point = ActionPoint.objects.get()
    focal_point = User.objects.get(email="focal.undp@example.org")
    personas.update(point, focal_point, agency=focal_point.agency)
    sign_in(client, focal_point)
    path = "/agendas/2026/note/1.1/sign-off/"
    return path, shown(client, path, answer="agree"), SignOff


def admin_agency(client: Client, person: User) -> Sent:
    sent = {"acronym": "ITC", "name": "International Training Centre", "kind": "un"}
    return "/admin/people/agency/add/", sent, Agency.objects.filter(acronym="ITC")


REDIRECTED = [
    *(milestone, progress, box, correction, withdrawal, snooze, issue, action_point, saved_view, invitation, schedule),
    *(reminder, rollover, planned_issue, decision, next_agenda, hand_over, hand_over_of_what_is_led, deactivation),
    *(paragraph, sign_off, outline, new_agenda, opening),
]
"""Forms whose second sending leads to where the first one leads."""
REFUSED: dict[Any, set[int]] = {bulk_edit: {200}, publication: {409}, admin_agency: {400}}
"""Forms whose second sending is shown once more, with what it finds."""
FORMS = [*REDIRECTED, *REFUSED]


@pytest.fixture
def person(db: None, admin: User, focal_point: User) -> User:
    """An admin, who may send every form, with an action point to send them about."""
    point = personas.action_point()
    personas.lead(point, personas.agency())
    personas.assign(point, focal_point)
    return admin


def count(made: Any) -> int:
    found = made._default_manager if isinstance(made, type) and issubclass(made, Model) else made
    return int(found.all().count())


@pytest.mark.parametrize("form", FORMS)
def test_form_sent_twice_counts_once(client: Client, person: User, form: Callable[[Client, User], Sent]):
    path, sent, made = form(sign_in(client, person), person)
    before, mails = count(made), len(mail.outbox)

    answers = [client.post(path, sent) for _ in range(2)]

    assert count(made) == before + 1
    assert answers[0].status_code == 302
    assert answers[1].status_code in REFUSED.get(form, {302})
    assert len(mail.outbox) - mails <= 1


@pytest.fixture
def send_at_once(client: Client, transactional_db: None, monkeypatch, admin: User, focal_point: User):
    """Send a form twice: both requests have checked it before either stores anything, unless a lock makes them take turns."""
    point = personas.action_point()
    personas.lead(point, personas.agency())
    personas.assign(point, focal_point)
    both_checked = threading.Barrier(2, timeout=0.5)
    save = models.Model.save_base

    def meet(*args: Any, **kwargs: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            both_checked.wait()
        save(*args, **kwargs)

    def post(path: str, sent: dict[str, Any]) -> int:
        browser = Client(raise_request_exception=False)
        browser.cookies = client.cookies
        try:
            return browser.post(path, sent).status_code
        finally:
            connection.close()

    def send(form: Callable[[Client, User], Sent]) -> tuple[list[int], int]:
        """The two statuses in order, and how many it made."""
        path, sent, made = form(sign_in(client, admin), admin)
        before = count(made)
        monkeypatch.setattr(models.Model, "save_base", meet)
        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(post, [path] * 2, [sent] * 2))
        return statuses, count(made) - before

    return send


one_writer_at_a_time = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")


@one_writer_at_a_time
@pytest.mark.parametrize("form", FORMS)
def test_form_sent_twice_at_once_counts_once(send_at_once, form):
    statuses, made = send_at_once(form)

    assert made == 1
    assert statuses[0] in {200, 302}
    assert statuses[1] in REFUSED.get(form, set()) | {302}


@one_writer_at_a_time
def test_form_sent_twice_at_once_fails_unless_lost_races_are_repeated(send_at_once, settings):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != "tracker.transactions.RepeatLostRaces"]

    assert send_at_once(schedule) == ([302, 500], 1)
