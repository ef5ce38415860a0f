"""Prepare action points as plain rows for lists."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.urls import reverse

from actions import rules
from actions.models import ActionPoint, ActionStatus
from actions.states import ActionPointState
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User

PAGE_SIZE = 50
"""Rows on a page of a list."""


class Lead(NamedTuple):
    """An agency that leads action points."""

    pk: int
    acronym: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ActionPointRow:
    pk: int
    slug: str
    """The slug of its agenda."""
    issue_number: int
    issue_title: str
    number: int
    code: str
    reference: str
    address: str
    title: str
    status: ActionStatus
    last_happened: PartialDate | None
    last_reported: PartialDate | None
    days_since_report: int | None
    reasons: tuple[str, ...]
    """Labels of the reasons why it needs attention; empty if it does not."""
    agencies: tuple[Lead, ...]
    people: tuple[User, ...]
    """Its focal points, with names and roles only."""
    recorded_later: bool
    """Whether an update that counts on this past date was recorded after it; False for today."""

    @property
    def issue(self) -> str:
        return f"{self.issue_number}. {self.issue_title}"


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: ActionStatus
    count: int


def rows_of(states: Sequence[ActionPointState], today: date) -> list[ActionPointRow]:
    """Return one row for each state, in the same order. `today` is the day of the states. Three queries, none without states."""
    if not states:
        return []
    points = ActionPoint.objects.filter(pk__in=[state.pk for state in states]).order_by()
    titles = {pk: (title, issue) for pk, title, issue in points.values_list("pk", "title", "issue__title")}
    agencies = _agencies(states)
    people = _people(states)
    return [
        _row(state, today, *titles[state.pk], agencies, people)
        for state in states
        if state.pk in titles  # skip action points that were removed in the meantime
    ]


def count_statuses(states: Iterable[ActionPointState]) -> list[StatusCount]:
    """Return one count for every status, including zeros, in the order of the statuses. No query."""
    counted = Counter(state.status for state in states)
    return [StatusCount(status, counted[status]) for status in ActionStatus]


def _agencies(states: Iterable[ActionPointState]) -> dict[int, Lead]:
    """Return the lead agencies by id, in order of acronym."""
    pks = {pk for state in states for pk in state.leads}
    agencies = Agency.objects.filter(pk__in=pks).order_by("acronym").values_list("pk", "acronym", "name")
    return {pk: Lead(pk, acronym, name, reverse("agency", args=[acronym])) for pk, acronym, name in agencies}


def _people(states: Iterable[ActionPointState]) -> dict[int, User]:
    """Return the focal points by id, in order of name."""
    pks = {pk for state in states for pk in state.focal_points}
    people = User.objects.filter(pk__in=pks).order_by("name", "email").only("name", "email", "role")
    return {person.pk: person for person in people}


def _row(
    state: ActionPointState,
    today: date,
    title: str,
    issue_title: str,
    agencies: dict[int, Lead],
    people: dict[int, User],
) -> ActionPointRow:
    return ActionPointRow(
        pk=state.pk,
        slug=state.agenda.slug,
        issue_number=state.issue,
        issue_title=issue_title,
        number=state.number,
        code=state.code,
        reference=state.reference,
        address=reverse("action_point", args=[state.agenda.slug, state.issue, state.number]),
        title=title,
        status=ActionStatus(state.status),
        last_happened=state.last_happened,
        last_reported=state.last_reported,
        days_since_report=rules.days_since_report(state, today),
        reasons=tuple(str(reason.label) for reason in rules.attention_reasons(state, today)),
        agencies=tuple(agency for pk, agency in agencies.items() if pk in state.leads),
        people=tuple(person for pk, person in people.items() if pk in state.focal_points),
        recorded_later=state.recorded_later,
    )
