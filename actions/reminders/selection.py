"""Select what each person's digest lists, from action points as plain data."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from actions import rules
from actions.models.status import AttentionReason
from actions.reminders.models.declined_responsibility import DeclinedResponsibility
from actions.reminders.models.entry import MILESTONE_AHEAD, DigestEntry, Kind, OtherReport
from actions.reminders.models.reminder_count import Reminders
from actions.reminders.periods import DigestRules
from actions.reminders.reading import Fault, leave_out
from actions.states import ActionPointState, OpenMilestone, PartState
from tracker.people.models import Role, User

Entries = dict[int, list[DigestEntry]]
"""The entries of each person's digest, by the id of the person."""

_KINDS = list(Kind)
MAX_OTHERS = 3
"""Later reports on other agencies' parts that an entry names."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The people whose digests are selected, and what decides who else would get something."""

    recipients: Collection[int]
    accepting: Mapping[int, str]
    """The roles of all people who accept digests, by id."""
    focal_points: Mapping[int, Collection[int]]
    """Those of them who are focal points, by their agency."""
    declined: Collection[tuple[int, int]]
    """Pairs of person and action point: "not mine"."""

    def responsible(self, state: ActionPointState, part: PartState) -> set[int]:
        """Return the people who accept digests and to whom the part belongs, without those who declined it."""
        return {pk for pk in part.people if pk in self.accepting and (pk, state.pk) not in self.declined}

    def colleagues(self, state: ActionPointState, part: PartState) -> set[int]:
        """Return the focal points of the lead agency, without those who declined it."""
        of_agency = self.focal_points.get(part.agency, ()) if part.agency else ()
        return {pk for pk in of_agency if (pk, state.pk) not in self.declined}

    def coordinators(self) -> list[int]:
        return [pk for pk in self.recipients if self.accepting.get(pk) == Role.COORDINATOR]


def read_audience(recipients: Collection[int], today: date) -> Audience:
    """Return the audience on that day. Two queries."""
    accepting: dict[int, str] = {}
    focal_points: dict[int, set[int]] = defaultdict(set)
    for pk, role, agency in User.objects.accepting_digests(today).values_list("pk", "role", "agency_id"):
        accepting[pk] = role
        if agency and role == Role.FOCAL_POINT:
            focal_points[agency].add(pk)
    declined = set(DeclinedResponsibility.objects.unresolved().values_list("person_id", "action_point_id"))
    return Audience(frozenset(recipients), accepting, focal_points, declined)


def select(
    states: Iterable[ActionPointState],
    digest_rules: DigestRules,
    audience: Audience,
    reminders: Mapping[int, Reminders],
    faults: set[Fault],
) -> Entries:
    """Return what the digests of the recipients list of these action points of one agenda. No query.

    People get the parts that belong to them; an agency's other focal points what is escalated; coordinators what nobody who accepts
    digests is responsible for, and what is escalated twice. An action point for which this fails is left out.
    """
    entries: Entries = defaultdict(list)
    for state in states:
        try:
            found = list(_of_action_point(state, digest_rules, audience, reminders))
        except Exception as error:
            leave_out(Fault(state.pk), error, faults)
            continue
        for person, entry in found:
            entries[person].append(entry)
    return entries


def in_order(entries: Iterable[DigestEntry]) -> list[DigestEntry]:
    """Return the entries in the order of the mail: by kind, the newest agenda first, then by reference."""
    by_reference = sorted(entries, key=lambda entry: (entry["issue"], entry["number"]))
    by_agenda = sorted(by_reference, key=lambda entry: entry["slug"], reverse=True)
    return sorted(by_agenda, key=lambda entry: _KINDS.index(Kind(entry["kind"])))


def people_of(states: Iterable[ActionPointState]) -> set[int]:
    """Return the people to whom any part belongs: it is their agenda."""
    return {pk for state in states for part in state.parts for pk in part.people}


def _of_action_point(
    state: ActionPointState, digest_rules: DigestRules, audience: Audience, reminders: Mapping[int, Reminders]
) -> Iterator[tuple[int, DigestEntry]]:
    """Iterate over the recipients whose digests list the action point, each with an entry."""
    for part in state.parts:
        yield from _of_part(state, part, digest_rules, audience, reminders)
    for milestone in state.milestones:
        yield from _of_milestone(state, milestone, digest_rules.today, audience)


def _of_part(
    state: ActionPointState,
    part: PartState,
    digest_rules: DigestRules,
    audience: Audience,
    reminders: Mapping[int, Reminders],
) -> Iterator[tuple[int, DigestEntry]]:
    today, responsible = digest_rules.today, audience.responsible(state, part)
    listed_for: dict[int, Kind] = {}
    entry, escalations = part_entry(state, part, today), 0
    if rules.is_asked_about(state, part, today, digest_rules.period_start):
        listed_for = dict.fromkeys(responsible, Kind.REPORT)
        before = reminders.get(part.pk or 0)
        reminded = before.unanswered(part, digest_rules.period_start) if before else 0
        entry["reminded"] = reminded
        entry["reasons"] = [_reason_of_question(part)]
        escalations = reminded // digest_rules.escalate_after if digest_rules.escalate_after and responsible else 0
    if escalations > 0:
        listed_for = dict.fromkeys(audience.colleagues(state, part), Kind.ESCALATED) | listed_for
    if escalations > 1:
        listed_for = dict.fromkeys(audience.coordinators(), Kind.ESCALATED) | listed_for
    for person, kind in listed_for.items():
        if person in audience.recipients:
            yield person, entry | {"kind": kind.value}
    if not any(person in audience.accepting for person in part.people) and (
        reasons := _open_reasons(state, part, digest_rules)
    ):
        for person in audience.coordinators():
            yield person, entry | {"kind": Kind.UNANSWERED.value, "reasons": reasons}


def _reason_of_question(part: PartState) -> str:
    is_answer = part.status == AttentionReason.NO_PROGRESS
    return AttentionReason.NO_PROGRESS.value if is_answer else AttentionReason.UPDATE_DUE.value


def _open_reasons(state: ActionPointState, part: PartState, digest_rules: DigestRules) -> list[str]:
    """Return why a part that nobody answers for needs attention; nothing while it is paused, or was answered in this period."""
    if rules.is_paused(part, digest_rules.today):
        return []
    reasons = rules.part_reasons(state, part, digest_rules.today)
    if not rules.is_asked_about(state, part, digest_rules.today, digest_rules.period_start):
        reasons = [each for each in reasons if each != AttentionReason.NO_PROGRESS]
    return [reason.value for reason in reasons]


def _of_milestone(
    state: ActionPointState, milestone: OpenMilestone, today: date, audience: Audience
) -> Iterator[tuple[int, DigestEntry]]:
    listed_for: dict[int, PartState] = {}
    for part in state.parts:
        if rules.is_reminded_of(state, part, milestone, today):
            for person in audience.responsible(state, part) & set(audience.recipients):
                listed_for.setdefault(person, part)
    is_overdue = rules.is_past_due(milestone.due_latest, today)
    reason = AttentionReason.MILESTONE_OVERDUE.value if is_overdue else MILESTONE_AHEAD
    for person, part in listed_for.items():
        entry = part_entry(state, part, today)
        entry["agency"] = milestone.agency if milestone.agency in state.leads else None
        yield person, entry | {"kind": Kind.MILESTONE.value, "reasons": [reason], "milestone": milestone.pk}


def part_entry(state: ActionPointState, part: PartState, today: date) -> DigestEntry:
    """Return an entry for a part without its reasons. No query."""
    due_since = rules.due_since(state, part, today)
    return {
        "kind": Kind.REPORT.value,
        "agenda": state.agenda.pk,
        "slug": state.agenda.slug,
        "action_point": state.pk,
        "issue": state.issue,
        "number": state.number,
        "part": part.pk,
        "agency": part.agency,
        "reasons": [],
        "due_since": due_since.isoformat() if due_since else None,
        "days_since_report": rules.days_since_report(part, today),
        "reminded": 0,
        "others": _later_reports(state, part),
        "milestone": _next_milestone(state, part, today),
    }


def _later_reports(state: ActionPointState, part: PartState) -> list[OtherReport]:
    """Return the reports on other agencies' parts since the last one on this part."""
    last = part.last_reported_day or date.min
    return [
        OtherReport(agency=other.agency, reported=other.last_reported.text)
        for other in state.parts
        if other.agency and other.last_reported and other.last_reported_day and other.last_reported_day > last
    ][:MAX_OTHERS]


def _next_milestone(state: ActionPointState, part: PartState, today: date) -> int | None:
    """Return the id of the part's next milestone that the digest does not list by itself."""
    for milestone in state.milestones:
        is_later = not rules.is_reminded_of(state, part, milestone, today)
        if is_later and part in rules.parts_of_milestone(state, milestone):
            return milestone.pk
    return None
