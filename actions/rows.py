"""Action points as rows of a list: with what a reader wants to know of each at a glance, as plain data.

A row holds nothing else: of two rows that are equal, templates make the same (`{% drawn %}`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, Protocol

from django.db.models import BigIntegerField, CharField, ExpressionWrapper, F, IntegerField, OuterRef, Subquery, Value
from django.db.models.lookups import In
from django.utils.translation import get_language

from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus
from actions.tallies.reading import Lead
from issues.models import Agenda, Issue
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.prepared import Param, PreparedSelect

MOST = 50
"""So many rows a page of a list has at most."""
LISTED = ("action_point_id", "place", "rank", "reported", "milestone_due", "snoozed_until")
"""What a list reads of its entries: what it is ordered by, and what rows want."""


class Listed(Protocol):
    """An entry, or as much of it as rows want."""

    @property
    def action_point_id(self) -> int: ...
    @property
    def place(self) -> int: ...
    @property
    def milestone_due(self) -> date | None: ...
    @property
    def snoozed_until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Row:
    issue_id: int
    issue: str
    """In words: with its number."""
    code: str
    reference: str
    address: str
    title: str
    status: ActionStatus
    last_happened: PartialDate | None
    last_reported: PartialDate | None
    days_silent: int | None
    reasons: tuple[str, ...]
    """Why it shows no progress, in words; empty where it shows some."""
    agencies: tuple[Lead, ...]
    people: tuple[str, ...]
    """The names of its focal points."""
    is_late: bool = False
    """On a day that has gone by: whether something that counts was recorded after it."""

    @property
    def is_unowned(self) -> bool:
        return not (self.agencies or self.people)


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: ActionStatus
    count: int


def rows(action_points: ActionPointQuerySet, today: date) -> list[Row]:
    """In the order of the query. Four queries, whatever their number."""
    return rows_of(action_points.with_context().prefetch_related("milestones"), today)


def rows_of(action_points: Iterable[ActionPoint], today: date) -> list[Row]:
    """Costs queries unless they come with their context and milestones. `today` is the day for which they were asked (`as_of`)."""
    found = []
    for point in action_points:
        if hasattr(point, "status_then"):
            point.stand_as(point)
        agencies = tuple(Lead(agency.acronym, agency.name) for agency in point.lead_agencies.all())
        people = tuple(str(person) for person in point.focal_points.all())
        late = any(milestone.is_passed(today) for milestone in point.milestones.all())
        is_late = bool(getattr(point, "recorded_late_then", None))
        found.append(_row(point, today, agencies, people, late=late, is_late=is_late))
    return found


def rows_of_entries(entries: Sequence[Listed], agenda: Agenda, today: date) -> list[Row]:
    """The same today, of MOST entries of the agenda at most, in their order. One query, none where there are no entries."""
    if not entries:
        return []
    ids = [entry.action_point_id for entry in entries]
    asked = {f"id{place}": ids[min(place, len(ids) - 1)] for place in range(MOST)}
    using = agenda._state.db or "default"
    texts: dict[int, tuple[Any, ...]] = {}
    agencies: dict[int, tuple[Lead, ...]] = defaultdict(tuple)
    people: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for kind, pk, first, second, *shown in sorted(_PARTS.rows(using, **asked), key=itemgetter(0, 1, 2, 3)):
        if kind == _TEXTS:
            texts[pk] = first, second, *shown
        elif kind == _LED:
            agencies[pk] += (Lead(first, second),)
        else:
            people[pk] += (first or second,)
    at = get_language(), agenda.slug, agenda.state, agenda.silence_days, today
    return [
        _remembered(at, entry.place, texts[pk], entry.milestone_due, entry.snoozed_until, agencies[pk], people[pk])
        for entry, pk in zip(entries, ids, strict=True)
        if pk in texts
    ]


@lru_cache(maxsize=5000)
def _remembered(
    at: tuple[str | None, str, str, int, date],
    place: int,
    texts: tuple[Any, ...],
    milestone_due: date | None,
    snoozed_until: date | None,
    agencies: tuple[Lead, ...],
    people: tuple[str, ...],
) -> Row:
    """A row of all that it follows from. `at`: the language, and what matters of the agenda and the day."""
    _language, slug, state, silence_days, today = at
    issue_title, title, issue_id, status, last_reported, last_happened = texts
    issue_number, number = divmod(place, 1000)
    agenda = Agenda(slug=slug, state=state, silence_days=silence_days)
    point = ActionPoint(
        issue=Issue(pk=issue_id, agenda=agenda, number=issue_number, title=issue_title),
        number=number,
        title=title,
        status=status,
        last_reported=PartialDate.parse(last_reported) if last_reported else None,
        last_happened=PartialDate.parse(last_happened) if last_happened else None,
        snoozed_until=snoozed_until,
    )
    late = milestone_due is not None and milestone_due < today
    return _row(point, today, agencies, people, late=late)


def _parts_query() -> Any:
    """All that rows show in one query: kind, action point, two texts, and of _TEXTS what else there is."""
    # Subqueries, as for a join PostgreSQL would read all issues and all people.
    issue = Issue.objects.filter(pk=OuterRef("issue")).order_by()
    person = User.objects.filter(pk=OuterRef("user")).order_by()
    points = ActionPoint.objects.filter(pk__in=_ids()).order_by()
    # Wrapped, as a filter by a foreign key takes no parameters.
    shown = In(ExpressionWrapper(F("actionpoint"), BigIntegerField()), _ids())
    led = ActionPoint.lead_agencies.through.objects.filter(shown)
    assigned = ActionPoint.focal_points.through.objects.filter(shown)
    more = "issue", "status", "last_reported", "last_happened"
    nothing = [Value(None, IntegerField())] + [Value(None, CharField())] * 3
    return points.values_list(Value(_TEXTS), "pk", Subquery(issue.values("title")), "title", *more).union(
        led.values_list(Value(_LED), "actionpoint", "agency__acronym", "agency__name", *nothing),
        assigned.values_list(
            Value(_ASSIGNED), "actionpoint", Subquery(person.values("name")), Subquery(person.values("email")), *nothing
        ),
        all=True,
    )


def _ids() -> list[Param]:
    return [Param(f"id{place}", ActionPoint._meta.pk) for place in range(MOST)]


_TEXTS, _LED, _ASSIGNED = range(3)
_PARTS = PreparedSelect(_parts_query)


def _row(
    point: ActionPoint,
    today: date,
    agencies: tuple[Lead, ...],
    people: tuple[str, ...],
    *,
    late: bool,
    is_late: bool = False,
) -> Row:
    """`late`: a milestone has passed; `is_late` as in Row."""
    return Row(
        issue_id=point.issue_id,
        issue=str(point.issue),
        code=point.code,
        reference=point.reference,
        address=point.get_absolute_url(),
        title=point.title,
        status=ActionStatus(point.status),
        last_happened=point.last_happened,
        last_reported=point.last_reported,
        days_silent=point.days_silent(today),
        reasons=tuple(str(reason.label) for reason in point.no_progress_reasons(today, late=late)),
        agencies=agencies,
        people=people,
        is_late=is_late,
    )


def status_counts(found: Iterable[Row]) -> list[StatusCount]:
    """One for every status, in their order, those with none included. No query."""
    counted = Counter(row.status for row in found)
    return [StatusCount(status, counted[status]) for status in ActionStatus]
