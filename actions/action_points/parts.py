"""Prepare the parts of an action point for its page: one lead agency's status, persons and dates beside the others'."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions import rules
from actions.models import ActionStatus, AttentionReason, Responsibility
from actions.states import ActionPointState, PartState
from tracker.dates.value import PartialDate
from tracker.enumerations import comma_separated
from tracker.people.models import User


@dataclass(frozen=True, slots=True)
class PartCard:
    """One lead agency's part, as displayed."""

    part: Responsibility
    status: ActionStatus
    last_reported: PartialDate | None
    reasons: tuple[str, ...]
    """Why it needs attention, the most important reason first; empty if it does not."""
    next_update_by: date | None
    """The last day on which no update is due yet; None if an update is due, or none will be."""
    persons: tuple[User, ...]
    """The active persons named for it."""
    is_for_all_focal_points: bool
    """Whether it belongs to all focal points of the agency and of those below it, because no active person is named."""
    paused_until: date | None
    """The day until which its reminders are paused; None if they are not."""

    @property
    def is_up_to_date(self) -> bool:
        return self.next_update_by is not None and not self.reasons


def part_cards(
    state: ActionPointState,
    parts: Iterable[Responsibility],
    people: Sequence[User],
    today: date,
) -> list[PartCard]:
    """Return a card for each of these parts, which have their agencies loaded. `people` has the persons named for them. No query."""
    states = {part.pk: part for part in state.parts}
    return [_card(state, states[part.pk], part, people, today) for part in parts if part.pk in states]


def _card(
    state: ActionPointState,
    part_state: PartState,
    part: Responsibility,
    people: Sequence[User],
    today: date,
) -> PartCard:
    is_due = rules.is_update_due(state, part_state, today)
    is_paused = rules.is_paused(part_state, today)
    persons = tuple(person for person in people if person.pk in part_state.persons and person.is_active)
    return PartCard(
        part=part,
        status=ActionStatus(part_state.status),
        last_reported=part_state.last_reported,
        reasons=tuple(_reasons(state, part_state, today)),
        next_update_by=rules.allowed_until(state, part_state) if rules.is_open(state) and not is_due else None,
        persons=persons,
        is_for_all_focal_points=bool(part_state.people) and not persons,
        paused_until=part_state.paused_until if is_paused else None,
    )


def _reasons(state: ActionPointState, part: PartState, today: date) -> Iterator[str]:
    due_since = rules.due_since(state, part, today)
    for reason in rules.part_reasons(state, part, today):
        if reason == AttentionReason.UPDATE_DUE and due_since:
            yield _("Update due since %(day)s") % {"day": date_format(due_since)}
        else:
            yield str(reason.label)


def whole_reasons(state: ActionPointState, acronyms: dict[int, str], today: date) -> list[str]:
    """Return why the action point needs attention, with the agencies behind a reason that not all of them have. No query.

    `acronyms` has those of its lead agencies by id.
    """
    by_part = [(part, rules.part_reasons(state, part, today)) for part in state.parts]
    shown = []
    for reason in rules.attention_reasons(state, today):
        parts = [part for part, reasons in by_part if reason in reasons]
        names = comma_separated(acronyms[part.agency] for part in parts if part.agency in acronyms)
        is_for_some = len(parts) < len(by_part) and names
        shown.append(f"{reason.label} ({names})" if is_for_some else str(reason.label))
    return shown
