"""What the tallies add up to today."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import TruncMonth

from actions.models import ActionStatus
from actions.tallies.models import NEVER, Entry, LastUpdate, LedEntry, Tally
from issues.models import Agenda, Issue
from tracker.people.models import Agency

Kind = Tally.Kind


class Lead(NamedTuple):
    """An agency that leads action points."""

    acronym: str
    name: str


@dataclass(frozen=True, slots=True)
class Led:
    """What an agency leads under an issue."""

    count: int
    last: date | None
    """The day of the last report on any of them; None where nothing was ever reported."""


@dataclass(slots=True)
class Part:
    """Of the action points of an issue or agency."""

    statuses: Counter[str] = field(default_factory=Counter)
    showing: int = 0
    """How many show no progress."""


@dataclass(slots=True)
class Whole(Part):
    """Of those of an agenda."""

    silent: int = 0
    late: int = 0
    snoozed: int = 0
    unowned: int = 0
    silent_for: Mapping[int, int] = field(default_factory=dict)
    """How many open ones were last reported on so many days ago, or more; those never reported on apart."""


def whole(agenda: Agenda, today: date, silences: Iterable[int]) -> Whole:
    """One query."""
    is_open, silent = agenda.state == Agenda.State.OPEN, today - timedelta(days=agenda.silence_days)
    reported = {f"silent_{days}": Q(day__lte=today - timedelta(days=days)) for days in silences}
    sums: Any = (
        Tally.objects.filter(agenda=agenda, agency=None)
        .exclude(kind=Kind.STOOD)
        .values_list("kind", "status")
        .annotate(
            **{name: Sum("count", filter=condition, default=0) for name, condition in reported.items()},
            silent=Sum("count", filter=Q(day__lt=silent), default=0),
            before=Sum("count", filter=Q(day__lt=today), default=0),
            after=Sum("count", filter=Q(day__gt=today), default=0),
            total=Sum("count"),
        )
        .values("kind", "status", "silent", "before", "after", "total", *reported)
    )
    found, silent_for = Whole(), dict.fromkeys(reported, 0)
    for row in sums:
        if row["kind"] == Kind.STATUS:
            found.statuses[row["status"]] = row["total"]
        elif row["kind"] == Kind.UNOWNED:
            found.unowned = row["total"]
        elif not is_open:
            continue
        elif row["kind"] == Kind.SHOWS:
            found.showing = row["before"]
        elif row["kind"] == Kind.LATE:
            found.late = row["before"]
        elif row["kind"] == Kind.SNOOZED:
            found.snoozed = row["after"]
        else:
            found.silent, silent_for = row["silent"], {name: row[name] for name in reported}
    never = found.statuses[ActionStatus.NOT_REPORTED] if is_open else 0
    found.silent_for = {int(name.removeprefix("silent_")): count - never for name, count in silent_for.items()}
    return found


def totals() -> dict[int, int]:
    """How many action points each agenda has, by its id. One query."""
    counted = Tally.objects.filter(agency=None, kind=Kind.STATUS).values_list("agenda_id").annotate(total=Sum("count"))
    return dict(counted)


def of_agencies(agenda: Agenda, today: date) -> dict[tuple[str, str], Part]:
    """By acronym and name, in order of acronym. One query."""
    sums: Any = (
        Tally.objects.filter(agenda=agenda, agency__isnull=False)
        .values_list("agency__acronym", "agency__name", "kind", "status")
        .annotate(before=Sum("count", filter=Q(day__lt=today), default=0), total=Sum("count"))
        .order_by("agency__acronym")
    )
    found = defaultdict[tuple[str, str], Part](Part)
    for acronym, name, kind, status, before, total in sums:
        if kind == Kind.STATUS:
            found[acronym, name].statuses[status] += total
        elif agenda.state == Agenda.State.OPEN:
            found[acronym, name].showing = before
    return {agency: part for agency, part in found.items() if part.statuses.total()}


def of_issues(agenda: Agenda, issues: Iterable[Issue], today: date) -> dict[int, Part]:
    """By the number of the issue. One query, over the action points of just these issues."""
    shows = Q(shows_after__lt=today) if agenda.state == Agenda.State.OPEN else Q(pk__in=[])
    counted = (
        Entry.objects.filter(agenda=agenda, place__lt=_end(issues))
        .values_list(F("place") / 1000, "rank")
        .annotate(count=Count("pk"), showing=Count("pk", filter=shows))
    )
    found = defaultdict[int, Part](Part)
    for number, rank, count, showing in counted:
        found[number].statuses[ActionStatus.values[rank]] = count
        found[number].showing += showing
    return found


def of_cells(agenda: Agenda, issues: Iterable[Issue]) -> dict[tuple[Lead, int], Led]:
    """By agency and number of the issue. One query, over what is led under just these issues."""
    counted = (
        LedEntry.objects.filter(
            agenda=agenda, place__lt=_end(issues), agency__in=Agency.objects.order_by().values("pk")
        )
        .values_list("agency__acronym", "agency__name", F("place") / 1000)
        .annotate(count=Count("action_point"), last=Max("reported"))
    )
    return {
        (Lead(acronym, name), number): Led(count, last if last > NEVER else None)
        for acronym, name, number, count, last in counted
    }


def _end(issues: Iterable[Issue]) -> int:
    """The place after those of all of these issues, which are the first of their agenda."""
    return 1000 * (max((issue.number for issue in issues), default=0) + 1)


def stood(agenda: Agenda, until: date) -> dict[date, Counter[str]]:
    """By how many the number of those at each status grew or shrank, by the first day of each month in which it did. One query."""
    sums = (
        Tally.objects.filter(agenda=agenda, agency=None, kind=Kind.STOOD, day__lte=until)
        .values_list(TruncMonth("day"), "status")
        .annotate(total=Sum("count"))
    )
    found = defaultdict[date, Counter[str]](Counter)
    for month, status, total in sums:
        if total:
            found[month][status] += total
    return dict(sorted(found.items()))


def longest_silent(agenda: Agenda, today: date, limit: int) -> list[Entry]:
    """Those of open action points, those never reported on first. One query."""
    if agenda.state != Agenda.State.OPEN:
        return []
    silent = Entry.objects.filter(
        agenda=agenda, is_open=True, reported__lt=today - timedelta(days=agenda.silence_days)
    ).exclude(snoozed_until__gt=today)
    return list(silent.order_by("reported", "place")[:limit])


def recorded_last(agenda: Agenda, limit: int, since: datetime | None = None) -> tuple[list[int], datetime | None]:
    """Ids of the action points that have the newest updates (recorded `since`), and since when the last update of each is. One query."""
    told = LastUpdate.objects.filter(agenda=agenda).order_by("-recorded")
    if since:
        told = told.filter(recorded__gte=since)
    found = list(told.values_list("pk", "recorded")[:limit])
    return [pk for pk, _recorded in found], found[-1][1] if found else None
