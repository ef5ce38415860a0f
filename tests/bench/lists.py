"""How the list and the dashboard cost with many action points: `python -m tests.bench.lists --rows 100000`.

Fills a scratch database (SQLite, or a new one on the server of DATABASE_URL), which is thrown away afterwards, and times everything side by
side in one run: the median of RUNS, in milliseconds, with the part that the database took until it had its first rows.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from tests.bench.scratch import DatabaseClock, scratch_database

# isort: split
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from actions.as_of import AsOf
from actions.dashboard.figures import ISSUES, figures
from actions.dashboard.views import ORDERS, PAGE_SIZE
from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate
from issues.models import Agenda, Issue
from tests import personas
from tracker.partial_dates import PartialDate
from tracker.people.models import Role

RUNS = 5
AGENCIES = 40
POINTS_OF_AN_ISSUE = 900
MOST_ISSUES = 999
"""What the database takes in one agenda."""
BATCH = 5_000


def fill(rows: int) -> Agenda:
    """One agenda with so many action points: 15 in 16 were reported on, 1 in 5 has a milestone, 1 in 10 has no lead agency."""
    agenda = personas.agenda("2026")
    agencies = [personas.agency(f"A{number}") for number in range(AGENCIES)]
    issues = Issue.objects.bulk_create(
        Issue(agenda=agenda, number=number, title=f"Issue {number}")
        for number in range(1, (rows - 1) // POINTS_OF_AN_ISSUE + 2)
    )
    for begin in range(0, rows, BATCH):
        numbers = range(begin, min(begin + BATCH, rows))
        points = ActionPoint.objects.bulk_create(_point(issues[n // POINTS_OF_AN_ISSUE], n) for n in numbers)
        ActionPoint.lead_agencies.through.objects.bulk_create(
            ActionPoint.lead_agencies.through(actionpoint=point, agency=agencies[n % AGENCIES])
            for n, point in zip(numbers, points, strict=True)
            if n % 10
        )
        Milestone.objects.bulk_create(
            Milestone(action_point=point, title="Course", due=_day(n % 400 - 200))
            for n, point in zip(numbers, points, strict=True)
            if n % 5 == 0
        )
        ProgressUpdate.objects.bulk_create(
            ProgressUpdate(
                action_point=point,
                number=1,
                status=point.status,
                narrative="Something moved.",
                reason="No money." if point.status == ActionStatus.NO_PROGRESS else "",
                reported_on=point.last_reported,
                recorded_at=timezone.now() - timedelta(days=n % 1000),
            )
            for n, point in zip(numbers, points, strict=True)
            if point.last_reported
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return agenda


def _point(issue: Issue, n: int) -> ActionPoint:
    reported = n % 16 != 0
    status = ActionStatus.values[1 + n % 5] if reported else ActionStatus.NOT_REPORTED
    return ActionPoint(
        issue=issue,
        number=n % POINTS_OF_AN_ISSUE + 1,
        title=f"Action point {n}",
        description="What the network agreed to do, in about as many words as it takes to say so.",
        status=status,
        last_reported=_day(-(n % 1000)) if reported else None,
    )


def _day(distance: int) -> PartialDate:
    return PartialDate.day(timezone.localdate() + timedelta(days=distance))


def measure(task: Callable[[], Any]) -> tuple[float, float]:
    """The medians of the whole time and of the database's part, in milliseconds, after one run to warm up."""
    task()
    whole, database = [], []
    for _ in range(RUNS):
        clock = DatabaseClock()
        begin = time.perf_counter()
        with connection.execute_wrapper(clock):
            task()
        whole.append(1000 * (time.perf_counter() - begin))
        database.append(clock.spent)
    return statistics.median(whole), statistics.median(database)


def tasks(agenda: Agenda, rows: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    points = ActionPoint.objects.filter(issue__agenda=agenda)
    deep = max(rows * 9 // 10 - 1, 0)
    for name in ("reference", "silence"):
        order = ORDERS[name][1]
        listed = points.select_related("issue__agenda").order_by(
            *(column.order(backwards=False) for column in order.columns)
        )
        place = order.place(listed[deep])
        found = points.select_related("issue__agenda")
        yield f"{name}: first page", partial(order.page, found, PAGE_SIZE)
        yield f"{name}: page at 90 %, keyset", partial(order.page, found, PAGE_SIZE, after=place)
        yield f"{name}: page at 90 %, OFFSET", partial(_at_offset, listed, deep + 1)
    yield "count of the list", points.count
    yield (
        "figures of the dashboard",
        partial(figures, agenda, list(agenda.issues.order_by("number")[:ISSUES]), AsOf(timezone.localdate())),
    )
    client = personas.sign_in(Client(), personas.person("coordinator@example.org", Role.COORDINATOR))
    for label, address in {
        "list, whole answer": "action-points/",
        "list, silent, whole answer": "action-points/?attention=silent&sort=silence",
        "list, one agency, whole answer": "action-points/?agency=A7",
        "list, words, whole answer": "action-points/?q=point+99",
        "dashboard, whole answer": "dashboard/",
    }.items():
        yield label, partial(_get, client, f"{agenda.get_absolute_url()}{address}")


def _at_offset(listed: QuerySet[ActionPoint], offset: int) -> list[ActionPoint]:
    return list(listed[offset : offset + PAGE_SIZE])


def _get(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the list and the dashboard with many action points.")
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    if not 1 <= rows <= POINTS_OF_AN_ISSUE * MOST_ISSUES:
        parser.error(f"--rows is from 1 to {POINTS_OF_AN_ISSUE * MOST_ISSUES:,}")
    with scratch_database():
        begin = time.perf_counter()
        agenda = fill(rows)
        print(f"{rows:,} action points on {connection.vendor}, made in {time.perf_counter() - begin:.0f} s")
        print(f"{'':<34}{'ms':>10}{'of it SQL':>12}")
        for label, task in tasks(agenda, rows):
            whole, database = measure(task)
            print(f"{label:<34}{whole:>10.1f}{database:>12.1f}", flush=True)


if __name__ == "__main__":
    main()
