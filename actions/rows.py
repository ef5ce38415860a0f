"""Prepare action points as plain rows for lists."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions import rules
from actions.as_of_history import past_issue_titles, past_titles
from actions.models import ActionPoint, ActionStatus, AttentionReason
from actions.states import ActionPointState, PartState
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
class PartRow:
    """One lead agency's part of an action point, as displayed."""

    pk: int | None
    """Id of the responsibility; None for the part of an action point without a lead."""
    agency: Lead | None
    status: ActionStatus
    last_reported: PartialDate | None
    days_since_report: int | None
    attention: tuple[AttentionReason, ...]
    """The reasons why it needs attention; empty if it does not."""
    people: tuple[User, ...]
    """The persons named for it, with names and roles only."""
    due_since: date | None
    """The first day on which an update was due; None if none is due."""
    next_update_by: date | None
    """The last day on which no update is due yet; None if one is due, or none will be."""
    paused_until: date | None
    """The day until which its reminders are paused; None if they are not, or it has ended."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the labels of the reasons why it needs attention."""
        return tuple(str(reason.label) for reason in self.attention)

    @property
    def dated_reasons(self) -> list[str]:
        """Return the labels of the reasons, with the day since which an update has been due."""
        dated = _("Update due since %(day)s") % {"day": date_format(self.due_since)} if self.due_since else ""
        return [
            dated if dated and reason == AttentionReason.UPDATE_DUE else str(reason.label) for reason in self.attention
        ]


@dataclass(frozen=True, slots=True)
class ActionPointRow:
    pk: int
    slug: str
    """The slug of its agenda."""
    language: str
    """The language of its agenda."""
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
    parts: tuple[PartRow, ...]
    """One for each lead agency, in order of acronym; at least one."""
    recorded_later: bool
    """Whether an update that counts on this past date was recorded after it; False for today."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the labels of the reasons why it needs attention."""
        return tuple(str(reason.label) for reason in self.attention)

    @property
    def attention(self) -> tuple[AttentionReason, ...]:
        """Return the reasons why it needs attention, as `rules.attention_reasons` does; empty if it does not."""
        reasons = {reason for part in self.parts for reason in part.attention}
        return tuple(reason for reason in AttentionReason if reason in reasons)

    @property
    def agencies(self) -> tuple[Lead, ...]:
        """Return its lead agencies."""
        return tuple(part.agency for part in self.parts if part.agency)

    @property
    def people(self) -> tuple[User, ...]:
        """Return the persons named for its parts, in order of name."""
        return tuple(sorted({person for part in self.parts for person in part.people}, key=str))

    @property
    def is_joint(self) -> bool:
        """Return whether several agencies lead it, each with its part."""
        return len(self.parts) > 1

    @property
    def issue(self) -> str:
        return f"{self.issue_number}. {self.issue_title}"


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: ActionStatus
    count: int


def rows_of(states: Sequence[ActionPointState], today: date, *, with_people: bool = True) -> list[ActionPointRow]:
    """Return one row for each state, in the same order. `today` is the day of the states. `with_people` loads the persons of the parts.

    Three queries, two without people; two more for a past date, none without states.
    """
    if not states:
        return []
    points = ActionPoint.objects.filter(pk__in=[state.pk for state in states]).order_by()
    titles = {pk: (title, issue) for pk, title, issue in points.values_list("pk", "title", "issue__title")}
    past, past_issues = past_titles(states), past_issue_titles(states)
    titles = {pk: (past.get(pk, title), past_issues.get(pk, issue)) for pk, (title, issue) in titles.items()}
    agencies = _agencies(states)
    people = _people(states) if with_people else {}
    addresses = {state.agenda.pk: state.agenda.get_absolute_url() for state in states}
    return [
        _row(state, today, addresses[state.agenda.pk], *titles[state.pk], agencies, people)
        for state in states
        if state.pk in titles  # skip action points that were removed in the meantime
    ]


def count_statuses(states: Iterable[ActionPointState]) -> list[StatusCount]:
    """Return one count for every status, including zeros, in the order of the statuses. No query."""
    counted = Counter(state.status for state in states)
    return [StatusCount(status, counted[status]) for status in ActionStatus]


def _agencies(states: Iterable[ActionPointState]) -> dict[int, Lead]:
    """Return the lead agencies by id, in order of acronym."""
    pks = {part.agency for state in states for part in state.parts if part.agency}
    agencies = Agency.objects.filter(pk__in=pks).order_by("acronym").values_list("pk", "acronym", "name")
    address = reverse("agency_list")
    return {pk: Lead(pk, acronym, name, f"{address}{acronym}/") for pk, acronym, name in agencies}


def _people(states: Iterable[ActionPointState]) -> dict[int, User]:
    """Return the persons by id, in order of name, with names and roles only."""
    pks = {pk for state in states for part in state.parts for pk in part.persons}
    people = User.objects.filter(pk__in=pks).order_by("name", "email").only("name", "email", "role")
    return {person.pk: person for person in people}


def _row(
    state: ActionPointState,
    today: date,
    agenda_address: str,
    title: str,
    issue_title: str,
    agencies: dict[int, Lead],
    people: dict[int, User],
) -> ActionPointRow:
    return ActionPointRow(
        pk=state.pk,
        slug=state.agenda.slug,
        language=state.agenda.language,
        issue_number=state.issue,
        issue_title=issue_title,
        number=state.number,
        code=state.code,
        reference=state.reference,
        address=f"{agenda_address}{state.code}/",
        title=title,
        status=ActionStatus(state.status),
        last_happened=state.last_happened,
        last_reported=state.last_reported,
        days_since_report=rules.days_since_report(state, today),
        parts=tuple(_part(state, part, today, agencies, people) for part in state.parts),
        recorded_later=state.recorded_later,
    )


def _part(
    state: ActionPointState, part: PartState, today: date, agencies: dict[int, Lead], people: dict[int, User]
) -> PartRow:
    due_since = rules.due_since(state, part, today)
    return PartRow(
        pk=part.pk,
        agency=agencies.get(part.agency) if part.agency else None,
        status=ActionStatus(part.status),
        last_reported=part.last_reported,
        days_since_report=rules.days_since_report(part, today),
        attention=tuple(rules.part_reasons(state, part, today)),
        people=tuple(person for pk, person in people.items() if pk in part.persons),
        due_since=due_since,
        next_update_by=None if due_since or not rules.is_open(state) else rules.allowed_until(state, part),
        paused_until=part.paused_until if rules.is_going_on(part) and rules.is_paused(part, today) else None,
    )
