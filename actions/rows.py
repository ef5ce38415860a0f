"""Action points as rows of a list: with what a reader wants to know of each at a glance, as plain data.

A row holds nothing else: of two rows that are equal, templates make the same (`{% drawn %}`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import F, Value

from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus
from actions.tallies.models import Entry, LedEntry
from issues.models import Agenda
from tracker.partial_dates import PartialDate


class Lead(NamedTuple):
    """An agency that leads an action point."""

    acronym: str
    name: str


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
        found.append(_row(point, today, agencies, people, late=late))
    return found


def rows_of_entries(entries: Sequence[Entry | LedEntry], agenda: Agenda, today: date) -> list[Row]:
    """The same today, of entries of the agenda, in their order. Two queries, none where there are no entries."""
    pks = [entry.action_point_id for entry in entries]
    if not pks:
        return []
    points = ActionPoint.objects.filter(pk__in=pks).select_related("issue").defer("description", "issue__rationale")
    known = {point.pk: point for point in points}
    agencies, people = _owners(pks)
    found = []
    for entry in entries:
        if point := known.get(entry.action_point_id):
            point.issue.agenda = agenda
            late = entry.milestone_due is not None and entry.milestone_due < today
            found.append(_row(point, today, tuple(agencies[point.pk]), tuple(people[point.pk]), late=late))
    return found


def _owners(pks: Sequence[int]) -> tuple[dict[int, list[Lead]], dict[int, list[str]]]:
    """Of these action points the lead agencies and the names of the focal points, in their orders. One query."""
    led = ActionPoint.lead_agencies.through.objects.filter(actionpoint__in=pks)
    assigned = ActionPoint.focal_points.through.objects.filter(actionpoint__in=pks)
    owners = led.values_list("actionpoint_id", F("agency__acronym"), F("agency__name"), Value(0)).union(
        assigned.values_list("actionpoint_id", F("user__name"), F("user__email"), Value(1)), all=True
    )
    agencies: dict[int, list[Lead]] = defaultdict(list)
    people: dict[int, list[str]] = defaultdict(list)
    for pk, first, second, is_person in sorted(owners):
        if is_person:
            people[pk].append(first or second)
        else:
            agencies[pk].append(Lead(first, second))
    return agencies, people


def _row(point: ActionPoint, today: date, agencies: tuple[Lead, ...], people: tuple[str, ...], *, late: bool) -> Row:
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
    )


def status_counts(found: Iterable[Row]) -> list[StatusCount]:
    """One for every status, in their order, those with none included. No query."""
    counted = Counter(row.status for row in found)
    return [StatusCount(status, counted[status]) for status in ActionStatus]
