"""Test the size of every page that people read, for an agenda of 500 action points in a network of 5,000 people."""

import functools
import gzip
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from actions.handover.models import Handover
from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate, Responsibility
from actions.note import builder, reviews
from actions.note.views import publishing, reading
from actions.reminders.models import DeclinedResponsibility, Digest
from actions.rollover.decisions import carry_open_forward
from actions.rollover.models import Rollover
from actions.rollover.plan import start
from actions.setup.models import PastedText
from issues.models import Agenda, Issue
from tests import personas
from tests.test_permissions import PEOPLE, READ, address, client_of
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, Role, User
from tracker.searchable import rebuild

pytestmark = pytest.mark.one_database  # how large a page is does not depend on the database

MAX_BYTES, MAX_COMPRESSED_BYTES = 200_000, 20_000
COMPRESSED_FROM = 200
"""The bytes from which Django compresses a page."""
ACTION_POINTS = 500
ISSUES, UPDATES, AGENCIES, PERSONS = 20, 3, 40, 5000

FILES = (
    "note_markdown",
    "note_word",
    "note_pdf",
    "note_version_",
    "export",
    "updates_file",
    "agencies_file",
    "people_file",
    "note_file",
    "chart_file",
)
"""Beginnings of the names of routes that answer with a file."""
MORE_PAGES = [
    "/agendas/2026/action-points/?columns=status&columns=owner&columns=reported&columns=silence&columns=attention",
    "/agendas/2026/?page=5",
    "/agendas/2026/dashboard/?as_of=2026-01-01",
    "/agendas/2026/changes/?since=2006-03-01",
    "/agendas/2026/note/?page=2",
    "/agendas/2026/note/?at=issue-20",
    "/agendas/2026/roll-over/?show=undecided",
    "/agendas/2030/outline/",
    "/agendas/2030/outline/?page=2",
    "/people/?page=3",
    "/people/suggestions/?q=e",
    "/agencies/A1/",
    "/search/?q=the",
]
FOR_VISITORS = ["agenda", "action_point_list", "dashboard", "note_version", "agency"]
FOR_FOCAL_POINTS = ["my_action_points", "note_sign_offs", "handover", "agency"]


def baseline_words() -> list[str]:
    rows = json.loads((settings.BASE_DIR / "fixtures/baseline_2005.json").read_text())
    texts = [row["fields"].get("narrative") or row["fields"].get("description") or "" for row in rows]
    return " ".join(texts).split()


WORDS, RANDOM = baseline_words(), random.Random(2005)


def text(count: int) -> str:
    """Return that many words of the baseline in random order: they compress no better than what people write."""
    return " ".join(RANDOM.choices(WORDS, k=count))


def fill(agenda: Agenda, focal_point: User) -> list[ActionPoint]:
    """Add action points with updates and milestones. The agency of the focal point leads a quarter of them; a fifth are joint."""
    agencies = Agency.objects.bulk_create(Agency(acronym=f"A{n}", name=text(6)) for n in range(AGENCIES))
    people = User.objects.bulk_create(
        User(email=f"{n}.person@example.org", name=text(2), agency=agencies[n % AGENCIES]) for n in range(PERSONS)
    )
    issues = Issue.objects.bulk_create(
        Issue(agenda=agenda, number=n, title=text(6), rationale=text(60)) for n in range(1, ISSUES + 1)
    )
    points = ActionPoint.objects.bulk_create(_action_point(issues, n) for n in range(ACTION_POINTS))
    leads = [focal_point.agency if n % 4 == 0 else agencies[n % AGENCIES] for n in range(ACTION_POINTS)]
    persons = [focal_point if n % 4 == 0 else people[n % PERSONS] for n in range(ACTION_POINTS)]
    parts = Responsibility.objects.bulk_create(
        [_part(point, agency) for point, agency in zip(points, leads, strict=True)]
        + [_part(point, agencies[(n + 1) % AGENCIES]) for n, point in enumerate(points) if n % 5 == 0]
    )
    assigned = Responsibility.persons.through
    assigned.objects.bulk_create(
        assigned(responsibility=part, user=user) for part, user in zip(parts, persons, strict=False)
    )
    Milestone.objects.bulk_create(
        Milestone(action_point=point, title=text(5), due=_day(200 - n % 400)) for n, point in enumerate(points)
    )
    ProgressUpdate.objects.bulk_create(
        _update(point, n, number, agency)
        for n, (point, agency) in enumerate(zip(points, leads, strict=True))
        for number in range(1, UPDATES + 1)
    )
    rebuild(ActionPoint)
    return points


def paste_text(draft: Agenda, coordinator: User) -> None:
    """Add a pasted text, of which many agencies are unknown and many passages doubtful."""
    lines = [f"- Train {text(15)} [A1, N{n}X]\n  - It was {text(30)}\n- The office was {text(20)}" for n in range(150)]
    PastedText.objects.create(
        agenda=draft, text="\n".join(["Issue 21: Learning", *lines]), saved_by=coordinator, saved_at=timezone.now()
    )


def _day(days_ago: int) -> PartialDate:
    return PartialDate.day(timezone.localdate() - timedelta(days=days_ago))


def _action_point(issues: list[Issue], n: int) -> ActionPoint:
    age = n * 37 % 300
    return ActionPoint(
        issue=issues[n % ISSUES],
        number=n // ISSUES + 1,
        title=text(9),
        description=text(25),
        status=ActionStatus.values[1 + n % 5],
        last_reported=_day(age),
        last_reported_day=timezone.localdate() - timedelta(days=age),
    )


def _part(point: ActionPoint, agency: Agency | None) -> Responsibility:
    columns = {name: getattr(point, name) for name in ("status", "last_reported", "last_reported_day")}
    return Responsibility(action_point=point, agency=agency, since=_day(1000), **columns)


def _update(point: ActionPoint, n: int, number: int, agency: Agency | None) -> ProgressUpdate:
    now = timezone.now() - timedelta(days=n * 37 % 300 + 30 * (UPDATES - number))
    status = point.status if number == UPDATES else ActionStatus.EXPLORING
    return ProgressUpdate(
        action_point=point,
        number=number,
        agency=agency,
        status=status,
        narrative=text(35),
        reason="No money." if status == ActionStatus.NO_PROGRESS else "",
        reported_on=PartialDate.day(now.date()),
        recorded_at=now,
        recorded_day=now.date(),
        first_recorded_at=now,
        first_recorded_day=now.date(),
        position=now,
        position_day=now.date(),
    )


def fill_draft(agenda: Agenda) -> None:
    """Add as many action points, each led by an agency, to an agenda that is being set up."""
    agencies = list(Agency.objects.filter(acronym__startswith="A"))
    issues = Issue.objects.bulk_create(
        Issue(agenda=agenda, number=n, title=text(6), rationale=text(60)) for n in range(1, ISSUES + 1)
    )
    points = ActionPoint.objects.bulk_create(
        ActionPoint(issue=issues[n % ISSUES], number=n // ISSUES + 1, title=text(9), description=text(25))
        for n in range(ACTION_POINTS)
    )
    Responsibility.objects.bulk_create(
        Responsibility(action_point=point, agency=agencies[n % AGENCIES], since=_day(1))
        for n, point in enumerate(points)
    )


@pytest.fixture
def world(db: None) -> dict[str, Any]:
    """Fill the database; return what `tests.test_permissions.address` and `client_of` need."""
    agenda = personas.agenda("2026", visible_to="everybody")
    focal_point = personas.person("focal.undp@example.org", agency=personas.agency("UNDP"))
    coordinator = personas.person("coordinator@example.org", Role.COORDINATOR)
    points = fill(agenda, focal_point)
    personas.note_version(agenda, coordinator, audience=Agenda.Audience.EVERYBODY)
    ActionPoint.objects.update(description=text(25))
    draft = personas.agenda("2030", state=Agenda.State.DRAFT)
    fill_draft(draft)
    paste_text(draft, coordinator)
    rollover = start(Rollover(source=agenda, slug="2027", title="2027 action agenda"), coordinator, personas.NOW)
    carry_open_forward(rollover, "Still open.", by=coordinator, now=personas.NOW)
    by = {"created_by": coordinator, "created_at": personas.NOW}
    handover = Handover.objects.create(predecessor=coordinator, successor=focal_point, reason="Moved on.", **by)
    handover.action_points.set(points)
    DeclinedResponsibility.objects.bulk_create(
        DeclinedResponsibility(person=focal_point, action_point=point, reason="Moved on.", made_at=personas.NOW)
        for point in points
    )
    digest = personas.digest(focal_point, points[0])
    Digest.objects.update(snapshot=digest.snapshot * 100)
    milestone = Milestone.objects.get(action_point=points[0])
    people = {"visitor": None, "own": focal_point, "coordinator": coordinator}
    return {"milestone": milestone.pk, "digest": digest.pk, "handover": handover.pk, "people": people}


def readers_and_pages(world: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return who reads each page, and its address."""
    for route, (_kwargs, answers) in READ.items():
        if answers[PEOPLE.index("coordinator")] == 200 and not route.startswith(FILES):
            yield "coordinator", address(world, route)
    yield from (("coordinator", path) for path in MORE_PAGES)
    yield from (("visitor", address(world, route)) for route in FOR_VISITORS)
    yield from (("own", address(world, route)) for route in FOR_FOCAL_POINTS)


@pytest.fixture
def note_built_once(world: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Build the note once for each kind of reader, since nothing here changes it: building takes longer than showing a page of it."""
    build = functools.cache(builder.NoteBuilder)
    for module in (builder, reviews, publishing, reading):
        monkeypatch.setattr(module, "NoteBuilder", build)


def test_no_page_is_too_large(world, note_built_once):
    clients = {reader: client_of(world, reader) for reader in ("visitor", "own", "coordinator")}
    too_large = {}
    for reader, path in readers_and_pages(world):
        response = clients[reader].get(path, headers={"accept-encoding": "gzip"})
        assert response.status_code == 200, (reader, path)
        is_compressed = response.headers.get("content-encoding") == "gzip"
        assert is_compressed or len(response.content) < COMPRESSED_FROM, path
        page = gzip.decompress(response.content) if is_compressed else response.content
        sizes = len(page), len(response.content)
        if sizes[0] > MAX_BYTES or sizes[1] > MAX_COMPRESSED_BYTES:
            too_large[path] = sizes

    assert too_large == {}
