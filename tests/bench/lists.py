"""How dashboard and lists cost with many action points: `python -m tests.bench.lists --issues 999 --points 999`.

Fills a scratch database (SQLite, or a new one on the server of DATABASE_URL), which is thrown away afterwards, with one agenda of 1,000
action points and a large one, each action point with five progress updates. The pages of both take turns with a list of 50 rows as any
Django project has it (`tests.bench.bare`). "Made anew" is the first answer after progress was logged on an action
point of the first page; the others show what was made. What writers added is folded before each page is timed, as a worker does it every
ten minutes.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any

from tests.bench.scratch import DatabaseClock, scratch_database

# isort: split
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate
from actions.tallies.rebuilding import differences, fold, rebuild
from actions.tallies.triggers import ensure_triggers, remove_triggers
from issues.models import Agenda, Issue
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Role, User

RUNS = 15
WRITTEN = 100
AGENCIES, PEOPLE = 40, 1000
UPDATES = 5
SMALL = (20, 50)
COMPARED = ("dashboard", "list", "list, page at 90 %")
MOST = 999
"""So many issues an agenda may have, and so many action points an issue."""


def shape(rows: int) -> tuple[int, int]:
    """How many issues with how many action points each make about so many."""
    issues = -(-rows // MOST)
    return issues, -(-rows // issues)


def fill(slug: str, issues: int, points: int) -> Agenda:
    """An agenda, with the tallies made at the end. Prints what that took."""
    begin = time.perf_counter()
    remove_triggers(connection)
    agenda = _fill(slug, issues, points)
    ensure_triggers(connection)
    filled = time.perf_counter()
    rebuild(connection)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(
        f"{issues * points:,} action points filled in {filled - begin:.0f} s ({ProgressUpdate.objects.count():,} updates);"
        f" entries, moves and tallies made in {time.perf_counter() - filled:.0f} s"
    )
    return agenda


def _fill(slug: str, issues: int, points: int) -> Agenda:
    """Of the action points 15 in 16 were reported on, 1 in 7 has a milestone, 9 in 10 have a lead agency, 1 in 10 a focal point.

    The first issue is written by Django, the others are copied by the database.
    """
    agenda = personas.agenda(slug)
    agencies = [personas.agency(f"A{number}") for number in range(AGENCIES)]
    first, *others = Issue.objects.bulk_create(
        Issue(agenda=agenda, number=number, title=f"Issue {number}") for number in range(1, issues + 1)
    )
    made = ActionPoint.objects.bulk_create(_point(first, n) for n in range(points))
    ActionPoint.lead_agencies.through.objects.bulk_create(
        ActionPoint.lead_agencies.through(actionpoint=point, agency=agencies[n % AGENCIES])
        for n, point in enumerate(made)
        if n % 10
    )
    Milestone.objects.bulk_create(
        Milestone(action_point=point, title="Course", due=_day(n * 7 % 400 - 200))
        for n, point in enumerate(made)
        if n % 7 == 0
    )
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(
            action_point=point,
            number=number,
            status=point.status if number == UPDATES else ActionStatus.EXPLORING,
            narrative="Something moved, and here is told in about as many words as people use what it was.",
            reason="No money." if point.status == ActionStatus.NO_PROGRESS else "",
            reported_on=_day(-_age(n) - 30 * (UPDATES - number)),
            recorded_at=timezone.now() - timedelta(days=_age(n) + 30 * (UPDATES - number), minutes=n),
        )
        for n, point in enumerate(made)
        if point.last_reported
        for number in range(1, UPDATES + 1)
    )
    for issue in others:
        _copy(first, issue)
    _assign(agenda)
    return agenda


def _assign(agenda: Agenda) -> None:
    """One action point in ten to one of PEOPLE, in turn."""
    User.objects.bulk_create((User(email=f"p{n}@example.org") for n in range(PEOPLE)), ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO actions_actionpoint_focal_points (actionpoint_id, user_id) SELECT p.id, u.id FROM actions_actionpoint p"
            " JOIN issues_issue i ON i.id = p.issue_id AND i.agenda_id = %s"
            " JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM people_user WHERE email LIKE 'p%%@example.org') u"
            " ON u.n = (i.number * 100 + p.number / 10) %% %s WHERE p.number %% 10 = 4",
            [agenda.pk, PEOPLE],
        )


def _copy(first: Issue, issue: Issue) -> None:
    """What is below the first issue, below another."""
    twin = (
        "JOIN actions_actionpoint first ON first.id = old.{0} AND first.issue_id = %s"
        " JOIN actions_actionpoint twin ON twin.issue_id = %s AND twin.number = first.number"
    )
    with connection.cursor() as cursor:
        for model, link in (
            (ActionPoint, ""),
            (ActionPoint.lead_agencies.through, "actionpoint_id"),
            (Milestone, "action_point_id"),
            (ProgressUpdate, "action_point_id"),
        ):
            names = [str(field.column) for field in model._meta.concrete_fields if field.column != "id"]
            values = [{"issue_id": "%s", link: "twin.id"}.get(name, f"old.{name}") for name in names]
            source = twin.format(link) if link else "WHERE old.issue_id = %s"
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)}"
                f" FROM {model._meta.db_table} old {source}",
                [first.pk, issue.pk] if link else [issue.pk, first.pk],
            )


def _point(issue: Issue, n: int) -> ActionPoint:
    reported = n % 16 != 0
    return ActionPoint(
        issue=issue,
        number=n + 1,
        title=f"Action point {n}",
        description="What the network agreed to do, in about as many words as it takes to say so.",
        status=ActionStatus.values[1 + n % 5] if reported else ActionStatus.NOT_REPORTED,
        last_reported=_day(-_age(n)) if reported else None,
    )


def _age(n: int) -> int:
    return n * 37 % 1000


def _day(distance: int) -> PartialDate:
    return PartialDate.day(timezone.localdate() + timedelta(days=distance))


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians in milliseconds, of the whole and of the database's part, and the number of queries."""

    whole: float
    database: float
    queries: int


def measure(*tasks: Callable[[], Any], before: Callable[[], Any] = lambda: None, runs: int = RUNS) -> list[Cost]:
    """Of each of the tasks, which take turns, after two turns to warm up. `before` is done before each, untimed."""
    taken: list[list[Cost]] = [[] for _ in tasks]
    for _turn in range(runs + 2):
        for task, costs in zip(tasks, taken, strict=True):
            before()
            clock = DatabaseClock()
            begin = time.perf_counter()
            with connection.execute_wrapper(clock):
                task()
            costs.append(Cost(1000 * (time.perf_counter() - begin), clock.spent, clock.queries))
    return [
        Cost(
            statistics.median(cost.whole for cost in costs[2:]),
            statistics.median(cost.database for cost in costs[2:]),
            costs[-1].queries,
        )
        for costs in taken
    ]


def pages(agenda: Agenda) -> Iterator[tuple[str, str]]:
    deep = ActionPoint.objects.filter(issue__agenda=agenda).count() * 9 // 10
    place = list(
        ActionPoint.objects.filter(entry__agenda=agenda)
        .order_by("entry__place")
        .values_list("entry__place", flat=True)[deep : deep + 1]
    )
    yield "dashboard", "dashboard/"
    yield "list", "action-points/"
    yield "list, page at 90 %", f"action-points/?after={place[0]}"
    for query in (
        "sort=silence",
        "sort=status",
        "sort=reported",
        "status=exploring",
        "agency=A7",
        "issue=1",
        "attention=no_progress",
        "attention=silent&sort=silence",
        "attention=milestone_passed",
        "attention=snoozed",
        "owner=nobody",
        "silent_for=700",
        "agency=A7&status=exploring",
        f"focal_point={User.objects.get(email='p7@example.org').pk}",
        "due_to=2100-01-01",
        "agency=A7&attention=no_progress",
        "agency=A7&attention=milestone_passed",
        "q=point+9",
    ):
        yield f"list, {query}", f"action-points/?{query}"


def time_pages(client: Client, small: Agenda, large: Agenda, change: Callable[[], Any]) -> None:
    sizes = [f"{ActionPoint.objects.filter(issue__agenda=agenda).count():,}" for agenda in (small, large)]
    print(f"\n{ActionPoint.objects.count():,} action points ({connection.vendor}); ms of the whole and of the database")
    print(f"{'':<48}{sizes[0]:>16}{sizes[1]:>16}{'queries':>9}{'ratio':>7}{'of bare':>9}")
    bare = partial(_get, client, "/bare/")
    for (label, address), (_label, deep) in zip(pages(small), pages(large), strict=True):
        gets = [
            partial(_get, client, f"{small.get_absolute_url()}{address}"),
            partial(_get, client, f"{large.get_absolute_url()}{deep}"),
        ]
        fold()
        if label in COMPARED:
            show(label, measure(bare, *gets))
        show(f"{label}, made anew", measure(bare, *gets, before=change))


def show(label: str, costs: list[Cost]) -> None:
    bare, small, large = costs
    both = "".join(f"{cost.whole:>9.1f}{cost.database:>7.1f}" for cost in (small, large))
    ratios = f"{large.whole / small.whole:>7.2f}{large.whole / bare.whole:>9.2f}"
    print(f"{label:<48}{both}{large.queries:>9}{ratios}", flush=True)


def time_writing(agenda: Agenda) -> None:
    """Each progress update is the first that day on its action point, so that this comes to stand elsewhere."""
    author = personas.person("writer@example.org")
    points = ActionPoint.objects.filter(issue__agenda=agenda).order_by("pk").iterator(chunk_size=100)

    def insert() -> None:
        ProgressUpdate.objects.create(
            action_point=next(points),
            number=999,
            status="exploring",
            narrative="So.",
            reported_on=_day(0),
            author=author,
        )

    def log() -> None:
        next(points).log_progress(personas.progress(), author=author, now=timezone.now())

    kept, logging = measure(insert, log, runs=WRITTEN)
    remove_triggers(connection)
    bare = measure(insert, runs=WRITTEN)[0]
    ensure_triggers(connection)
    rebuild(connection)
    print(
        f"a bare insert of an update {1000 / bare.whole:,.0f}/s, with what is kept beside it {1000 / kept.whole:,.0f}/s;"
        f" logging progress {1000 / logging.whole:,.0f}/s ({bare.whole / logging.whole:.2f} and {kept.whole / logging.whole:.2f} of them)"
    )


def _get(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the dashboard and the lists with many action points.")
    parser.add_argument("--issues", type=int, default=100)
    parser.add_argument("--points", type=int, default=MOST)
    asked = parser.parse_args()
    if not (1 <= asked.issues <= MOST and 1 <= asked.points <= MOST):
        parser.error(f"--issues and --points are from 1 to {MOST}")
    with scratch_database(), override_settings(ROOT_URLCONF="tests.bench.bare"):
        client = personas.sign_in(Client(), personas.person("coordinator@example.org", Role.COORDINATOR))

        small, large = fill("2025", *SMALL), fill("2026", asked.issues, asked.points)
        shown = cycle(ActionPoint.objects.filter(issue__agenda__in=[small, large], issue__number=1, number__lte=50))

        def change() -> None:
            personas.update(next(shown), now=timezone.now())

        time_pages(client, small, large, change)
        time_writing(large)
        begin = time.perf_counter()
        print(f"  folding: {fold():,} rows in {1000 * (time.perf_counter() - begin):.0f} ms")
        print(f"  differences between the kept tables and their sources: {differences(connection)}")


if __name__ == "__main__":
    main()
