"""Measure what pages cost, as ratios to a bare Django page: `python -m tests.bench.pages` (with DATABASE_URL on PostgreSQL).

Fills a scratch database, which is thrown away afterwards, with an agenda of each size, measures the pages, fills the database up with
closed agendas and measures again. A number is the CPU time of application and database together, right after progress was logged in the
agenda, divided by that of `tests.bench.bare` a moment before, since the speed of a machine changes; the median of some runs.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.scratch import scratch_database

# isort: split
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate, Responsibility
from actions.summaries import position_of
from issues.models import Agenda, Issue
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, Role, User

AGENCIES, PEOPLE, ISSUES = 40, 1000, 20
BACKGROUND = 500
"""Action points in each agenda that only fills the database."""

_Assigned = Responsibility.persons.through


def fill(slug: str, points: int, updates: int, **fields: Any) -> Agenda:
    """Create an agenda with this many action points and updates on each. One in ten has no lead, one in five two leads,
    and one in three an open milestone.
    """
    agenda = personas.agenda(slug, **fields)
    agencies = list(Agency.objects.filter(acronym__startswith="A").order_by("pk"))
    people = list(User.objects.filter(email__startswith="p").order_by("pk"))
    issues = Issue.objects.bulk_create(
        Issue(agenda=agenda, number=number, title=f"Issue {number}") for number in range(1, min(ISSUES, points) + 1)
    )
    action_points = ActionPoint.objects.bulk_create(_point(issues[n % len(issues)], n) for n in range(points))
    parts = Responsibility.objects.bulk_create(
        _part(point, agencies[(n + place) % AGENCIES])
        for n, point in enumerate(action_points)
        for place in range(0 if n % 10 == 0 else 2 if n % 5 == 1 else 1)
    )
    _Assigned.objects.bulk_create(
        _Assigned(responsibility=part, user=people[n % PEOPLE]) for n, part in enumerate(parts) if n % 4 == 0
    )
    Milestone.objects.bulk_create(
        Milestone(action_point=point, title="Course", due=_day(n * 7 % 400 - 200))
        for n, point in enumerate(action_points)
        if n % 3 == 0
    )
    ProgressUpdate.objects.bulk_create(
        (
            _update(point, n, number, agencies[n % AGENCIES], updates)
            for n, point in enumerate(action_points)
            if point.last_reported
            for number in range(1, updates + 1)
        ),
        batch_size=2000,
    )
    return agenda


def _point(issue: Issue, n: int) -> ActionPoint:
    is_reported = n % 16 != 0
    return ActionPoint(
        issue=issue,
        number=n // ISSUES + 1,
        title=f"Action point {n}",
        description="What the network agreed to do, in about as many words as it takes to write it down.",
        status=ActionStatus.values[1 + n % 5] if is_reported else ActionStatus.NOT_REPORTED,
        last_reported=_day(-_age(n)) if is_reported else None,
        last_reported_day=_day(-_age(n)).latest if is_reported else None,
    )


def _part(point: ActionPoint, agency: Agency) -> Responsibility:
    columns = {name: getattr(point, name) for name in ("status", "last_reported", "last_reported_day")}
    return Responsibility(action_point=point, agency=agency, since=_day(-1000), **columns)


def _update(point: ActionPoint, n: int, number: int, agency: Agency, updates: int) -> ProgressUpdate:
    age = _age(n) + 30 * (updates - number)
    status = point.status if number == updates else ActionStatus.EXPLORING
    reported_on, recorded_at = _day(-age), timezone.now() - timedelta(days=age, minutes=n)
    position, position_day = position_of(reported_on, recorded_at, UTC)
    return ProgressUpdate(
        action_point=point,
        number=number,
        agency=agency,
        status=status,
        narrative="Something moved, and here is what it was, in about as many words as people use for that.",
        reason="No money." if status == ActionStatus.NO_PROGRESS else "",
        reported_on=reported_on,
        recorded_at=recorded_at,
        recorded_day=recorded_at.date(),
        first_recorded_at=recorded_at,
        first_recorded_day=recorded_at.date(),
        position=position,
        position_day=position_day,
    )


def _age(n: int) -> int:
    return n * 37 % 700


def _day(distance: int) -> PartialDate:
    return PartialDate.day(timezone.localdate() + timedelta(days=distance))


def copy(template: Agenda, slugs: list[str]) -> None:
    """Copy the template and all that belongs to it to new closed agendas, with one statement for each table."""
    template.refresh_from_db()
    Agenda.objects.bulk_create(Agenda(slug=slug, title=slug, state="closed") for slug in slugs)
    new = Agenda.objects.filter(slug__in=slugs)
    titles = template.issues.values_list("number", "title")
    Issue.objects.bulk_create(Issue(agenda=agenda, number=n, title=t) for agenda in new for n, t in titles)
    pairs = (
        " JOIN issues_issue oi ON oi.id = {0}.issue_id AND oi.agenda_id = %s"
        " JOIN issues_issue ni ON ni.number = oi.number AND ni.agenda_id = ANY(%s)"
    )
    _copy(ActionPoint, {"issue_id": "ni.id"}, pairs.format("old"), template, new)
    twins = (
        " JOIN actions_actionpoint op ON op.id = old.{0}"
        + pairs.format("op")
        + " JOIN actions_actionpoint np ON np.issue_id = ni.id AND np.number = op.number"
    )
    for model in (Responsibility, Milestone, ProgressUpdate):
        _copy(model, {"action_point_id": "np.id"}, twins.format("action_point_id"), template, new)
    of_parts = (
        " JOIN actions_responsibility opart ON opart.id = old.responsibility_id"
        + twins.replace("old.{0}", "opart.action_point_id")
        + " JOIN actions_responsibility npart ON npart.action_point_id = np.id AND npart.agency_id = opart.agency_id"
    )
    _copy(_Assigned, {"responsibility_id": "npart.id"}, of_parts, template, new)


def _copy(model: Any, changed: dict[str, str], joins: str, template: Agenda, new: Any) -> None:
    names = [str(field.column) for field in model._meta.concrete_fields if field.column != "id"]
    values = ", ".join(changed.get(name, f"old.{name}") for name in names)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} old {joins}",
            [template.pk, list(new.values_list("pk", flat=True))],
        )


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def database_seconds() -> float:
    """Return the CPU time of this connection's PostgreSQL process; 0 on SQLite, which runs in this process."""
    if connection.vendor != "postgresql":
        return 0
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def cost(task: Callable[[], Any]) -> float:
    """Return the CPU time of the task in milliseconds."""
    begin, database = time.process_time(), database_seconds()
    task()
    return 1000 * (time.process_time() - begin + database_seconds() - database)


class Site:
    """Requests to the pages of the measured agendas by people who work on them."""

    def __init__(self, agendas: list[Agenda]) -> None:
        self.agendas = agendas
        self.coordinator = personas.sign_in(Client(), personas.person("c@example.org", Role.COORDINATOR))
        self.focal_points = {
            rows: personas.sign_in(Client(), personas.person(f"f{rows}@example.org", agency=self._agency(rows)))
            for rows in (5, 60)
        }
        self.change = 0

    def _agency(self, rows: int) -> Agency:
        """Create an agency that leads this many open action points of the second agenda."""
        agency = personas.agency(f"B{rows}")
        agenda = self.agendas[min(1, len(self.agendas) - 1)]
        open_ones = ActionPoint.objects.filter(issue__agenda=agenda, status="under_way")[:rows]
        for point in open_ones:
            personas.lead(point, agency)
        return agency

    def pages(self) -> Iterator[tuple[str, Agenda, Client, str]]:
        """Yield the label, the agenda, the client and the address of each page."""
        for agenda in self.agendas:
            base = agenda.get_absolute_url()
            last = -(-ActionPoint.objects.filter(issue__agenda=agenda).count() // 50)
            for label, path in (
                ("dashboard", "dashboard/"),
                ("list", "action-points/"),
                ("list, last page", f"action-points/?page={last}"),
                ("list, oldest update", "action-points/?sort=silence"),
                ("list, an agency's", "action-points/?agency=A7"),
                ("list, needs attention", "action-points/?attention=any"),
                ("list, words", "action-points/?q=point+9"),
                ("list, past date", f"action-points/?as_of={timezone.localdate() - timedelta(days=200)}"),
                ("agenda page", ""),
                ("issue page", "issues/1/"),
                ("action point", "1.1/"),
                ("log form", "1.1/updates/"),
            ):
                yield label, agenda, self.coordinator, f"{base}{path}"
        for rows, client in self.focal_points.items():
            yield f"my action points, {rows}", self.agendas[0], client, "/my/"
        yield "agencies", self.agendas[0], self.coordinator, "/agencies/"
        yield "agendas", self.agendas[0], self.coordinator, "/agendas/"

    def log(self, agenda: Agenda) -> None:
        """Log progress on one of ten action points of the agenda, in turn, but not on the one whose page is measured."""
        self.change += 1
        points = ActionPoint.objects.filter(issue__agenda=agenda, number=1, issue__number__gt=1)
        point = points.order_by("issue__number")[self.change % 10]
        personas.update(point, now=timezone.now())

    def post(self, agenda: Agenda) -> None:
        answer = self.coordinator.post(
            f"{agenda.get_absolute_url()}1.1/updates/", {"status": "under_way", "narrative": "So.", "do": "publish"}
        )
        if answer.status_code != 302:
            raise RuntimeError(f"logging answered {answer.status_code}")

    def measure(self, runs: int) -> dict[tuple[str, str], tuple[float, int]]:
        """Return the ratio to the bare page and the bytes of the response, by label and agenda."""
        bare = statistics.median(cost(self.get_bare) for _run in range(4 * runs))
        print(f"{ActionPoint.objects.count():,} action points, {ProgressUpdate.objects.count():,} updates", end="")
        print(f" ({connection.vendor}); bare page {bare:.1f} ms", flush=True)
        results = {}
        for label, agenda, client, path in self.pages():
            ratio = self.ratio(partial(_get, client, path), runs, before=partial(self.log, agenda))
            results[label, agenda.slug] = ratio, _get(client, path)
        for agenda in self.agendas:
            results["logging an update", agenda.slug] = self.ratio(partial(self.post, agenda), runs), 0
        return results

    def ratio(self, task: Callable[[], Any], runs: int, before: Callable[[], Any] = lambda: None) -> float:
        """Return the median cost of the task in bare pages, after two runs to warm up."""
        ratios = []
        for _run in range(runs + 2):
            bare = cost(self.get_bare)
            before()
            ratios.append(cost(task) / bare)
        return statistics.median(ratios[2:])

    def get_bare(self) -> int:
        return _get(self.coordinator, "/bare/")


def _get(client: Client, address: str) -> int:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return len(response.content)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pages as ratios to a bare Django page.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[17, 500, 2000], help="action points of the agendas")
    parser.add_argument("--total", type=int, default=100_000, help="action points in the large database; 0 for none")
    parser.add_argument("--updates", type=int, default=10, help="updates on each action point")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with scratch_database(), override_settings(ROOT_URLCONF="tests.bench.bare"):
        for number in range(AGENCIES):
            personas.agency(f"A{number}")
        User.objects.bulk_create(User(email=f"p{n}@example.org", name=f"Person {n}") for n in range(PEOPLE))
        site = Site([fill(str(2030 + n), size, options.updates) for n, size in enumerate(options.sizes)])
        for n in range(20):
            fill(f"19{n:02}", 3, options.updates, state="closed")
        analyze()
        gc.freeze()  # as the web processes do
        small = site.measure(options.runs)
        large = {}
        if options.total:
            template = fill("template", BACKGROUND, options.updates, state="closed")
            copy(template, [f"b{n}" for n in range((options.total - sum(options.sizes)) // BACKGROUND)])
            analyze()
            large = site.measure(options.runs)
        sizes = dict(zip([agenda.slug for agenda in site.agendas], options.sizes, strict=True))
        print(f"{'page':<26}{'agenda':>8}{'of bare':>9}{'in the large database':>23}{'kB':>7}")
        for (label, slug), (ratio, size) in small.items():
            large_column = f"{large[label, slug][0]:>16.1f} ({large[label, slug][0] / ratio:.2f})" if large else ""
            print(f"{label:<26}{sizes[slug]:>8}{ratio:>9.1f}{large_column:>23}{size / 1000:>7.0f}")


if __name__ == "__main__":
    main()
