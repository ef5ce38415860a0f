"""The rules of progress, read from the design alone: slow, obvious, and independent of `actions/rules.py`.

Every function reads a `Network` as it is after all events of `today`. A part is named by its lead agency; an action
point without a lead has one part, `None`, which every update covers.

Decided here where the rules leave it open:

- Lead: an agency leads on a day from the earliest day of `since` on, and up to the day before `until`.
- Became responsible: the earliest day of `since`, of the present term; earlier terms of the same agency do not count.
- Lead added again: the updates from its earlier terms still cover its part; persons and pauses start empty.
- Position: the report date, the recording and the time zone of the first version. A correction changes none of them.
- Ties: the first versions' recordings, then the first versions' numbers.
- Day of a position: the latest day of the report date or the local day of the first recording, whichever is earlier.
- Coverage looks at who leads today, not at who led when the update was made.
- Below: at any depth (the tracker allows two levels). A parent's update covers its own part only, if it has one.
- Participants: only the lead itself counts, neither an agency below it nor the one above.
- A parent and its sub-agency both leading: the sub-agency's update covers both parts, the parent's only its own.
- An update for the whole action point that is also a piece covers every part, and sets no status.
- A part with only pieces can never be completed or discontinued.
- No progress is a reason as soon as one part says so, even if the action point as a whole is under way.
- A part that is completed or discontinued needs no attention and nobody who is responsible; nor does an action point
  whose parts have all ended.
- Without a lead, "no progress" is still the answer of those who said so, and a milestone can be overdue.
- Update due does not ask whether the part has persons: a part can be due and have no one responsible.
- Carried over: only the action points it was carried over from directly; a merged one has several. Only an agency that
  leads there today has a part there.
- Opening: the day of the last opening or reopening. A draft has neither due parts nor reasons.
- Pause: paused while `today` is before `until`; the pause ends on `until`, or on the day it was resumed. A new pause
  replaces the one before, and only the last one counts.
- Milestone of an agency that does not lead: like one without an agency.
- Milestone without an agency: it concerns every part that is neither completed nor discontinued, and only those parts'
  persons are reminded of it. Paused parts' persons are not.
- Milestone due within 30 days: its latest day is at most 30 days after today.
- Recurring milestone: the next date is the first turn after the due date, counted from it, that does not end before the
  day on which the milestone is completed.
- Persons: named persons of any role and agency. Without an active one, the focal points (no coordinators) of the agency
  and of agencies below it.
- Answered in an earlier period: the update that sets the part's status (the last one of several pieces) was first
  recorded before the present period began. A correction is not a new answer.
- A part answered "no progress" in the present period is not listed even if an update is due (its report date is old).
- A person's agendas: the open ones in which a part belongs to the person, whatever its status.
- A digest with nothing to list is not sent.
- One's own updates, for corrections: those of one's agency or an agency below it, those of a part for which one is named,
  and those whose newest version one wrote.
- Merging agencies: everything of the old one is the new one's; where both lead, the new one's part keeps its pause and
  gets both agencies' persons and the earlier `since`. A new one that was below the old one moves up to its place.
"""

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.rules.events import COORDINATING, Event, Lead, Network, Update, end_of_day, local_day, replay

NO_PROGRESS, UPDATE_DUE = "no_progress", "update_due"
MILESTONE_OVERDUE, NO_ONE_RESPONSIBLE = "milestone_overdue", "no_one_responsible"
REASONS = (NO_PROGRESS, UPDATE_DUE, MILESTONE_OVERDUE, NO_ONE_RESPONSIBLE)
STATUSES = ("not_reported", "no_progress", "exploring", "under_way", "completed", "discontinued")
ENDED = ("completed", "discontinued")

Part = str | None
"""The acronym of the agency that leads; None is all of an action point without a lead."""


# Updates


def current_updates(network: Network, action_point: str) -> list[Update]:
    """Return the action point's updates that count, in the order of their position (rules 1 and 2)."""
    found = [
        update for update in network.updates.values() if update.action_point == action_point and not update.withdrawn
    ]
    return sorted(found, key=place_in_order)


def position(update: Update) -> datetime:
    """Return an update's position in time (rule 2)."""
    return min(end_of_day(update.newest.reported_on.latest, update.zone), update.recorded_at)


def place_in_order(update: Update) -> tuple[datetime, datetime, int]:
    """Return what orders updates: position, then recording, then number (rule 2)."""
    return position(update), update.recorded_at, update.number


def day_of(update: Update) -> date:
    """Return the day of an update's position, as its author's calendar shows it (rule 2)."""
    return min(update.newest.reported_on.latest, local_day(update.recorded_at, update.zone))


def is_below(network: Network, agency: str | None, above: str) -> bool:
    """Return whether the agency is below the other one, at any depth (rule 3)."""
    while agency is not None:
        agency = network.parents[agency]
        if agency == above:
            return True
    return False


def covers(network: Network, update: Update, part: Part) -> bool:
    """Return whether an update covers a part (rule 3)."""
    report = update.newest
    if part is None:
        return True
    if report.agency is None or report.covers_all:
        return True
    if report.agency == part or is_below(network, report.agency, part):
        return True
    return part in report.participants


def covering(network: Network, action_point: str, part: Part) -> list[Update]:
    """Return the current updates that cover the part, the latest one last (rules 1 to 3)."""
    return [update for update in current_updates(network, action_point) if covers(network, update, part)]


# Parts and their status


def leads(network: Network, action_point: str, today: date) -> list[Lead]:
    """Return the terms of the agencies that lead the action point today."""
    return [
        lead
        for lead in network.leads
        if lead.action_point == action_point
        and lead.since.earliest <= today
        and (lead.until is None or today < lead.until)
    ]


def parts(network: Network, action_point: str, today: date) -> list[Part]:
    """Return the action point's parts: one a lead agency, or one without an agency (rule 3)."""
    return [lead.agency for lead in leads(network, action_point, today)] or [None]


def lead_of(network: Network, action_point: str, part: Part, today: date) -> Lead:
    """Return today's term of the part's agency."""
    [lead] = [lead for lead in leads(network, action_point, today) if lead.agency == part]
    return lead


def deciding_update(network: Network, action_point: str, part: Part) -> Update | None:
    """Return the update that a part's status comes from; of several pieces the latest (rule 4)."""
    reports = covering(network, action_point, part)
    whole = [update for update in reports if not update.newest.is_piece]
    if whole:
        return whole[-1]
    return reports[-1] if reports else None


def status_of_part(network: Network, action_point: str, part: Part) -> str:
    """Return the status of a part (rule 4)."""
    update = deciding_update(network, action_point, part)
    if update is None:
        return "not_reported"
    if not update.newest.is_piece:
        return update.newest.status
    said = [piece.newest.status for piece in covering(network, action_point, part)]
    if "under_way" in said or "completed" in said:
        return "under_way"
    if "exploring" in said:
        return "exploring"
    return "no_progress"


def status_of_action_point(network: Network, action_point: str, today: date) -> str:
    """Return the status of an action point (rule 5)."""
    statuses = [status_of_part(network, action_point, part) for part in parts(network, action_point, today)]
    others = [status for status in statuses if status != "discontinued"]
    if not others:
        return "discontinued"
    if all(status == "completed" for status in others):
        return "completed"
    if "under_way" in others or "completed" in others:
        return "under_way"
    if "exploring" in others:
        return "exploring"
    if "no_progress" in others:
        return "no_progress"
    return "not_reported"


# Needs attention


def is_open(network: Network, action_point: str) -> bool:
    """Return whether the action point's agenda is open (rule 6)."""
    return network.agendas[network.action_points[action_point].agenda].state == "open"


def is_paused(network: Network, action_point: str, part: Part, today: date) -> bool:
    """Return whether reminders about the part are paused (rule 11)."""
    if part is None:
        return False
    pauses = lead_of(network, action_point, part, today).pauses
    return bool(pauses) and today < pauses[-1]


def last_allowed_day(network: Network, action_point: str, part: Part, today: date) -> date | None:
    """Return the last day on which the part is not due yet; None if it is never due as things are (rule 7)."""
    if part is None or not is_open(network, action_point):
        return None
    if status_of_part(network, action_point, part) in ENDED or is_paused(network, action_point, part, today):
        return None
    agenda = network.agendas[network.action_points[action_point].agenda]
    lead = lead_of(network, action_point, part, today)
    days = [network.action_points[action_point].added_on, lead.since.earliest]
    if agenda.opened_on:
        days.append(agenda.opened_on)
    if lead.pauses:
        days.append(lead.pauses[-1])
    predecessors_led = [
        name for name in network.action_points[action_point].carried_from if part in parts(network, name, today)
    ]
    for reported_on in [action_point, *predecessors_led]:
        reports = covering(network, reported_on, part)
        if reports:
            days.append(day_of(reports[-1]))
    return max(days) + timedelta(days=agenda.silence_days)


def is_update_due(network: Network, action_point: str, part: Part, today: date) -> bool:
    """Return whether the part's update is due: from the day after the last allowed one (rule 7)."""
    allowed = last_allowed_day(network, action_point, part, today)
    return allowed is not None and today > allowed


def persons(network: Network, action_point: str, part: Part, today: date) -> set[str]:
    """Return the active persons that the part belongs to (rule 9)."""
    if part is None:
        return set()
    named = {name for name in lead_of(network, action_point, part, today).persons if network.people[name].is_active}
    if named:
        return named
    return {
        name
        for name, person in network.people.items()
        if person.is_active
        and person.role == "focal_point"
        and (person.agency == part or is_below(network, person.agency, part))
    }


def parts_of_milestone(network: Network, milestone: str, today: date) -> list[Part]:
    """Return the unfinished parts that the milestone concerns (rule 10)."""
    action_point, agency = network.milestones[milestone].action_point, network.milestones[milestone].agency
    led = parts(network, action_point, today)
    concerned = [agency] if agency is not None and agency in led else led
    return [part for part in concerned if status_of_part(network, action_point, part) not in ENDED]


def latest_day_of(network: Network, milestone: str, today: date) -> date | None:
    """Return the last day for a milestone that is still to be reached; None if no day is awaited (rule 10)."""
    aim = network.milestones[milestone]
    if aim.done_on or aim.dropped or aim.due is None:
        return None
    return aim.due.latest if parts_of_milestone(network, milestone, today) else None


def is_overdue(network: Network, milestone: str, today: date) -> bool:
    """Return whether the milestone is overdue: from the day after its latest day (rule 10)."""
    latest = latest_day_of(network, milestone, today)
    return latest is not None and today > latest


def overdue_milestones(network: Network, action_point: str, today: date) -> list[str]:
    """Return the action point's overdue milestones (rule 10)."""
    return [
        name
        for name, milestone in network.milestones.items()
        if milestone.action_point == action_point and is_overdue(network, name, today)
    ]


def part_reasons(network: Network, action_point: str, part: Part, today: date) -> set[str]:
    """Return the reasons to look at a part (rule 6)."""
    if not is_open(network, action_point) or status_of_part(network, action_point, part) in ENDED:
        return set()
    reasons = set()
    if status_of_part(network, action_point, part) == "no_progress":
        reasons.add(NO_PROGRESS)
    if is_update_due(network, action_point, part, today):
        reasons.add(UPDATE_DUE)
    if any(
        part in parts_of_milestone(network, milestone, today)
        for milestone in overdue_milestones(network, action_point, today)
    ):
        reasons.add(MILESTONE_OVERDUE)
    if not persons(network, action_point, part, today):
        reasons.add(NO_ONE_RESPONSIBLE)
    return reasons


def attention_reasons(network: Network, action_point: str, today: date) -> set[str]:
    """Return the reasons to look at an action point: those of all its parts (rule 6)."""
    reasons = set()
    for part in parts(network, action_point, today):
        reasons |= part_reasons(network, action_point, part, today)
    return reasons


@dataclass(frozen=True)
class Figures:
    """The figures of an agenda; each counts action points (rule 6)."""

    statuses: Counter[str]
    reasons: Counter[str]
    needing_attention: int


def figures(network: Network, agenda: str, today: date) -> Figures:
    """Count the agenda's action points by status and by reason (rule 6); predecessors do not count (rule 8)."""
    names = [name for name, action_point in network.action_points.items() if action_point.agenda == agenda]
    reasons = [attention_reasons(network, name, today) for name in names]
    return Figures(
        statuses=Counter(status_of_action_point(network, name, today) for name in names),
        reasons=Counter(reason for several in reasons for reason in several),
        needing_attention=sum(1 for several in reasons if several),
    )


def parts_by_agency(network: Network, agenda: str, today: date) -> dict[str, Counter[str]]:
    """Count the statuses of each agency's parts in an agenda: the one figure that counts parts (rule 6)."""
    counts: dict[str, Counter[str]] = {}
    for name, action_point in network.action_points.items():
        if action_point.agenda == agenda:
            for part in parts(network, name, today):
                if part is not None:
                    counts.setdefault(part, Counter())[status_of_part(network, name, part)] += 1
    return counts


def last_reports(network: Network, agenda: str, today: date) -> dict[str, date | None]:
    """Return the earliest of the last reports of each agency's parts; None if a part was never reported on."""
    days: dict[str, list[date | None]] = {}
    for name, action_point in network.action_points.items():
        if action_point.agenda == agenda:
            for lead in leads(network, name, today):
                reports = covering(network, name, lead.agency)
                days.setdefault(lead.agency, []).append(day_of(reports[-1]) if reports else None)
    return {agency: None if None in found else min(day for day in found if day) for agency, found in days.items()}


def predecessors(network: Network, action_point: str, reader: str | None, today: date) -> dict[str, str]:
    """Return the status of each action point it was carried over from, as far as the reader may see it (rule 8)."""
    return {
        name: status_of_action_point(network, name, today)
        for name in network.action_points[action_point].carried_from
        if may_read(network, reader, network.action_points[name].agenda)
    }


def as_reported(network: Network, day: date) -> Network:
    """Return the network with what had been reported by the day, in its newest version (rule 13)."""
    past = copy.deepcopy(network)
    past.updates = {name: update for name, update in past.updates.items() if day_of(update) <= day}
    for milestone in past.milestones.values():
        if milestone.done_on and milestone.done_on > day:
            milestone.done_on = None
    return past


def as_recorded(events: Sequence[Event], day: date) -> Network:
    """Return the network with what had been recorded by the day (rule 13). A lead counts from `since`, whenever it was added."""
    past = replay(events)
    past.updates = replay(events, day).updates
    return past


# Digests


@dataclass(frozen=True)
class Waiting:
    """What waits for a person: parts to report on, and milestones."""

    reports: tuple[tuple[str, Part], ...] = ()
    milestones: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.reports or self.milestones)


def parts_of_person(network: Network, person: str, today: date) -> list[tuple[str, Part]]:
    """Return the action points of open agendas, with the agency, whose parts belong to the person (rule 9)."""
    return [
        (action_point, lead.agency)
        for action_point in network.action_points
        if is_open(network, action_point)
        for lead in leads(network, action_point, today)
        if person in persons(network, action_point, lead.agency, today)
    ]


def period_start(network: Network, action_point: str, today: date) -> date | None:
    """Return the day on which the present period of the action point's agenda began (rule 11)."""
    agenda = network.agendas[network.action_points[action_point].agenda]
    return max((start for start in agenda.period_starts if start <= today), default=None)


def is_asked_about(network: Network, action_point: str, part: Part, today: date) -> bool:
    """Return whether a digest asks for a report on the part (rule 11)."""
    if is_paused(network, action_point, part, today):
        return False
    answer = deciding_update(network, action_point, part)
    if answer and status_of_part(network, action_point, part) == "no_progress":
        start = period_start(network, action_point, today)
        return start is not None and local_day(answer.recorded_at, answer.zone) < start
    return is_update_due(network, action_point, part, today)


def waiting_for(network: Network, person: str, today: date) -> Waiting:
    """Return what a person's digest would list today (rule 11)."""
    own = parts_of_person(network, person, today)
    return Waiting(
        reports=tuple((name, part) for name, part in own if is_asked_about(network, name, part, today)),
        milestones=tuple(name for name in network.milestones if is_reminded_of(network, name, own, today)),
    )


def is_reminded_of(network: Network, milestone: str, own: list[tuple[str, Part]], today: date) -> bool:
    """Return whether a digest lists the milestone to the person with these parts (rules 10 and 11)."""
    latest = latest_day_of(network, milestone, today)
    if latest is None or latest > today + timedelta(days=30):
        return False
    action_point = network.milestones[milestone].action_point
    return any(
        (action_point, part) in own and not is_paused(network, action_point, part, today)
        for part in parts_of_milestone(network, milestone, today)
    )


def digest(network: Network, person: str, today: date) -> Waiting | None:
    """Return what is mailed to a person today; None if no mail goes out (rule 11)."""
    if not network.people[person].is_active or (person, today) in network.digests:
        return None
    agendas = {network.action_points[name].agenda for name, _ in parts_of_person(network, person, today)}
    if not any(today in network.agendas[agenda].period_starts for agenda in agendas):
        return None
    return waiting_for(network, person, today) or None


# Who may what


def role_of(network: Network, person: str | None) -> str:
    """Return the role of an active person; everybody else is a visitor."""
    if person is None or not network.people[person].is_active:
        return "visitor"
    return network.people[person].role


def may_read(network: Network, person: str | None, agenda: str) -> bool:
    """Return whether somebody may read an agenda; drafts are the coordinators' (who may what)."""
    role = role_of(network, person)
    if role in COORDINATING:
        return True
    if network.agendas[agenda].state == "draft":
        return False
    return role == "focal_point" or network.agendas[agenda].visible_to == "everybody"


def speaks_for(network: Network, person: str, agency: str | None) -> bool:
    """Return whether it is the person's agency or one below it (who may what)."""
    own = network.people[person].agency
    return agency is not None and own is not None and (agency == own or is_below(network, agency, own))


def own_parts(network: Network, person: str, action_point: str, today: date) -> list[str]:
    """Return the agencies of the person's own parts: assigned, or led by the person's agency or one below (who may what)."""
    return [
        lead.agency
        for lead in leads(network, action_point, today)
        if person in persons(network, action_point, lead.agency, today) or speaks_for(network, person, lead.agency)
    ]


def may_log(network: Network, person: str | None, action_point: str, today: date) -> bool:
    """Return whether somebody may log progress, milestones and evidence, or pause reminders (who may what)."""
    role = role_of(network, person)
    if network.agendas[network.action_points[action_point].agenda].state == "closed":
        return False
    if role in COORDINATING:
        return True
    if person is None or role != "focal_point" or not is_open(network, action_point):
        return False
    return bool(own_parts(network, person, action_point, today))


def may_correct(network: Network, person: str | None, update: str, today: date) -> bool:
    """Return whether somebody may correct or withdraw an update (rule 9, who may what)."""
    action_point, agency = network.updates[update].action_point, network.updates[update].newest.agency
    author = network.updates[update].author
    role = role_of(network, person)
    if network.agendas[network.action_points[action_point].agenda].state == "closed":
        return False
    if role in COORDINATING:
        return True
    if person is None or role != "focal_point" or not is_open(network, action_point):
        return False
    if speaks_for(network, person, agency) or author == person:
        return True
    assigned = [lead.agency for lead in leads(network, action_point, today) if person in lead.persons]
    return agency in assigned


def may_coordinate(network: Network, person: str | None) -> bool:
    """Return whether somebody may change agendas, action points, owners and schedules (who may what)."""
    return role_of(network, person) in COORDINATING
