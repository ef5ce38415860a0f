"""Functions that create people, agendas and action points with sensible defaults, and fixtures for each role."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from actions import responsibilities
from actions.as_of import AsOf
from actions.models import ActionPoint, Milestone, ProgressUpdate, ReportedStatus, Responsibility
from actions.note.models import NoteVersion
from actions.note.publishing import next_version, publish
from actions.progress import Progress, log_progress
from actions.reader import state_of
from actions.reminders.content import add_texts
from actions.reminders.models import Digest, PlannedUntil, ReminderSchedule
from actions.reminders.models.digest import new_message_id
from actions.reminders.selection import part_entry
from actions.rules import part_reasons
from issues.models import Agenda, Issue
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, Role, User

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = date(2020, 1, 1)
"""The day from which agendas are open and agencies lead, unless a test says another."""


def agency(acronym: str = "UNDP", **fields: Any) -> Agency:
    return Agency.objects.get_or_create(acronym=acronym, defaults={"name": f"{acronym} in full"} | fields)[0]


def person(email: str, role: str = Role.FOCAL_POINT, **fields: Any) -> User:
    return User.objects.create_user(email, None, **({"name": email.partition("@")[0].title(), "role": role} | fields))


def agenda(slug: str = "2026", **fields: Any) -> Agenda:
    defaults = {"title": f"{slug} action agenda", "state": Agenda.State.OPEN, "opened_on": LONG_AGO} | fields
    return Agenda.objects.get_or_create(slug=slug, defaults=defaults)[0]


def issue(of: Agenda | None = None, number: int = 1, **fields: Any) -> Issue:
    defaults = {"title": f"Issue {number}"} | fields
    return Issue.objects.get_or_create(agenda=of or agenda(), number=number, defaults=defaults)[0]


def action_point(of: Issue | None = None, number: int = 1, **fields: Any) -> ActionPoint:
    return ActionPoint.objects.create(
        issue=of or issue(), number=number, **({"title": f"Action point {number}"} | fields)
    )


def lead(of: ActionPoint, *agencies: Agency, persons: Iterable[User] = (), since: date = LONG_AGO) -> Responsibility:
    """Make these agencies lead an action point too, with the same persons, and return the last part."""
    for each in agencies:
        part = responsibilities.add_lead(of, each, since=PartialDate.day(since))
        if persons:
            responsibilities.name_persons(part, persons)
    return part


def set_leads(of: ActionPoint, *agencies: Agency) -> None:
    """Make these agencies, and no others, lead an action point."""
    for each in leads(of):
        if each not in agencies:
            responsibilities.end_lead(of, each, until=LONG_AGO)
    for each in agencies:
        lead(of, each)


def assign(of: ActionPoint, *people: User) -> None:
    """Name these people for their parts of an action point; somebody without a part or an agency for that of UNDP."""
    for each in people:
        if responsibilities.part_for(of, each) is None and not (each.agency is None and of.parts):
            lead(of, each.agency or agency())
        responsibilities.assign(of, each, today=LONG_AGO)


def set_persons(of: ActionPoint, *people: User) -> None:
    """Name these people, and no others, for the parts of an action point."""
    for person_named in persons(of):
        responsibilities.release(of, person_named)
    assign(of, *people)


def leads(of: ActionPoint) -> list[Agency]:
    return [part.agency for part in of.responsibilities.current().with_people()]


def persons(of: ActionPoint) -> list[User]:
    """Return the persons named for any part of an action point, by name."""
    return list(User.objects.filter(responsibilities__in=of.responsibilities.current()).distinct())


def pause(of: ActionPoint, until: date, reason: str) -> None:
    """Pause the reminders of all parts of an action point; without a lead it gets UNDP's."""
    if not of.responsibilities.current():
        lead(of, agency())
    for part in of.responsibilities.current():
        responsibilities.pause(part, until, reason)


def milestone(of: ActionPoint, **fields: Any) -> Milestone:
    return Milestone.objects.create(action_point=of, **({"title": "Course", "due": "2099"} | fields))


def progress(**fields: Any) -> Progress:
    return Progress(**({"status": ReportedStatus.UNDER_WAY, "narrative": "Something moved."} | fields))


def update(of: ActionPoint, author: User | None = None, now: datetime = NOW, **fields: Any) -> ProgressUpdate:
    """Log progress; `fields` are those of `Progress`."""
    return log_progress(of, progress(**fields), author=author, now=now)


def digest(of: User, *points: ActionPoint, day: date = TODAY, **fields: Any) -> Digest:
    """Create a digest that is due to be sent, with the parts of these action points in it."""
    entries = []
    for point in points:
        state = state_of(point, AsOf(TODAY))
        for part in state.parts:
            reasons = [reason.value for reason in part_reasons(state, part, TODAY)]
            entries.append(part_entry(state, part, TODAY) | {"reasons": reasons})
    add_texts([(of.pk, entries)])
    defaults = {"created_at": NOW, "next_attempt_at": NOW, "message_id": new_message_id(), "snapshot": entries} | fields
    return Digest.objects.create(recipient=of, day=day, **defaults)


def schedule_due(of: Agenda, *people: User) -> ReminderSchedule:
    """Create a schedule of which a period has begun for these people since their digests were planned."""
    long_before = timezone.now() - timedelta(days=30)
    PlannedUntil.objects.record([each.pk for each in people], long_before)
    return ReminderSchedule.objects.create(agenda=of, starts_on=long_before.date())


def note_version(of: Agenda, by: User, **fields: Any) -> NoteVersion:
    """Publish the note of the agenda as it is today."""
    version = next_version(of, TODAY)
    publish(version, by=by, now=NOW, **({"audience": Agenda.Audience.NETWORK, "remark": ""} | fields))
    return version


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def focal_point(db: None) -> User:
    return person("focal.undp@example.org", agency=agency("UNDP"))


@pytest.fixture
def other_focal_point(db: None) -> User:
    return person("focal.unssc@example.org", agency=agency("UNSSC"))


@pytest.fixture
def coordinator(db: None) -> User:
    return person("coordinator@example.org", Role.COORDINATOR)


@pytest.fixture
def admin(db: None) -> User:
    return person("admin@example.org", Role.ADMIN)


@pytest.fixture
def visitor() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture
def as_focal_point(client: Client, focal_point: User) -> Client:
    return sign_in(client, focal_point)


@pytest.fixture
def as_coordinator(client: Client, coordinator: User) -> Client:
    return sign_in(client, coordinator)


@pytest.fixture
def as_admin(client: Client, admin: User) -> Client:
    return sign_in(client, admin)
