"""What needs a coordinator now: a figure for each reason, which action points or agencies, and what to do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from actions import rules
from actions.as_of import AsOf
from actions.dashboard.counts import AgendaCounts
from actions.models import AttentionReason
from actions.reminders.models import DeclinedResponsibility
from issues.models import Agenda
from tracker.people.models import Agency, User

EXAMPLES = 3
"""The most action points or agencies that are named."""


@dataclass(frozen=True, slots=True)
class Concern:
    """The action points that need attention for one reason."""

    reason: AttentionReason
    count: int
    label: str
    query: str
    """The query of the list of just these."""
    examples: Sequence[tuple[str, str]]
    """The label and address of each action point or agency, at most EXAMPLES."""
    more: int
    """How many more there are."""
    action: str = ""
    """What to do, and the address where it is done; both empty if there is nothing to do, or the reader may not."""
    address: str = ""
    is_primary: bool = False


def concerns(
    agenda: Agenda, counted: AgendaCounts, agencies: Mapping[int, Agency], as_of: AsOf, *, may_coordinate: bool
) -> list[Concern]:
    """Return one concern for each reason, with what the reader can do about it. Two queries at most.

    At most one action is primary: to remind people or, if nobody can be reminded, to assign somebody.
    """
    found = [_concern(agenda, reason, counted, agencies, as_of) for reason in AttentionReason]
    if not may_coordinate:
        return found
    people = _people_to_remind(agenda, counted, as_of.day)
    bulk, reminders = (reverse(name, args=[agenda.slug]) for name in ("change_many", "remind_many"))

    def with_action(concern: Concern) -> Concern:
        if concern.reason == AttentionReason.UPDATE_DUE and people:
            words = ngettext("Remind %(count)s person", "Remind %(count)s people", people) % {"count": people}
            return replace(concern, action=words, address=f"{reminders}?{concern.query}", is_primary=True)
        if concern.reason == AttentionReason.NO_ONE_RESPONSIBLE and concern.count:
            address = f"{bulk}?{concern.query}&kind=add_focal_point&points=all"
            return replace(concern, action=_("Assign"), address=address, is_primary=not people)
        return concern

    return [with_action(concern) for concern in found]


def _concern(
    agenda: Agenda, reason: AttentionReason, counted: AgendaCounts, agencies: Mapping[int, Agency], as_of: AsOf
) -> Concern:
    points, query = counted.reasons[reason], f"attention={reason.value}"
    address = f"{reverse('action_point_list', args=[agenda.slug])}?{query}{as_of.addition}"
    if reason == AttentionReason.UPDATE_DUE:
        due = dict.fromkeys(part.agency for part in counted.due if part.agency in agencies)
        examples = [(agencies[pk].acronym, f"{address}&agency={quote(agencies[pk].acronym)}") for pk in due if pk]
    else:
        base = agenda.get_absolute_url()
        examples = [(point.code, f"{base}{point.code}/{as_of.suffix}") for point in points]
    action, read_at = _to_read(agenda, reason, as_of) if points else ("", "")
    return Concern(
        reason,
        len(points),
        _label(reason, len(points)),
        query,
        examples[:EXAMPLES],
        max(len(examples) - EXAMPLES, 0),
        action,
        read_at or (address if action else ""),
    )


def _label(reason: AttentionReason, count: int) -> str:
    return {
        AttentionReason.NO_ONE_RESPONSIBLE: ngettext("has no one responsible", "have no one responsible", count),
        AttentionReason.UPDATE_DUE: ngettext("has an update due", "have an update due", count),
        AttentionReason.MILESTONE_OVERDUE: ngettext("has a milestone overdue", "have a milestone overdue", count),
        AttentionReason.NO_PROGRESS: ngettext("reports no progress", "report no progress", count),
    }[reason]


def _to_read(agenda: Agenda, reason: AttentionReason, as_of: AsOf) -> tuple[str, str]:
    """Return the action that everybody may do, with its address, if that is not the list. Empty if there is none."""
    if reason == AttentionReason.MILESTONE_OVERDUE:
        return pgettext("link", "Open"), ""
    if reason == AttentionReason.NO_PROGRESS:
        return _("Read why"), f"{reverse('no_progress', args=[agenda.slug])}{as_of.suffix}"
    return "", ""


def _people_to_remind(agenda: Agenda, counted: AgendaCounts, today: date) -> int:
    """Return how many people a reminder about the action points with an update due would go to. Two queries, none without any."""
    asked = {
        (person, state.pk)
        for state in counted.reasons[AttentionReason.UPDATE_DUE]
        for part in state.parts
        if rules.is_reminded_by_hand(state, part, today)
        for person in part.people
    }
    if not asked:
        return 0
    declined = DeclinedResponsibility.objects.unresolved().filter(action_point__issue__agenda=agenda)
    left = asked - set(declined.values_list("person_id", "action_point_id"))
    return User.objects.accepting_digests(today).filter(pk__in={person for person, _point in left}).count()
