"""What can happen in a small network, as a list of dated events, and the network that follows from it.

Agencies, people, agendas, action points, updates and milestones are known by name. Nothing here knows the database.
"""

import calendar
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

COORDINATING = ("coordinator", "admin")


@dataclass(frozen=True)
class Span:
    """A partial date: its earliest and its latest day."""

    earliest: date
    latest: date

    @classmethod
    def day(cls, day: date) -> "Span":
        return cls(day, day)

    @classmethod
    def month(cls, day: date) -> "Span":
        """Return the month around the day."""
        return cls(day.replace(day=1), day.replace(day=days_in_month(day)))

    @classmethod
    def year(cls, day: date) -> "Span":
        """Return the year around the day."""
        return cls(date(day.year, 1, 1), date(day.year, 12, 31))

    def later(self, months: int) -> "Span":
        """Return the date so many months later; whole months stay whole months."""
        whole = self.earliest.day == 1 and self.latest.day == days_in_month(self.latest)
        latest = months_later(self.latest, months)
        return Span(months_later(self.earliest, months), latest.replace(day=days_in_month(latest)) if whole else latest)

    @property
    def text(self) -> str:
        """Return the date as EDTF."""
        if self.earliest == self.latest:
            return self.earliest.isoformat()
        if self == Span.month(self.earliest):
            return f"{self.earliest:%Y-%m}"
        if self == Span.year(self.earliest):
            return f"{self.earliest:%Y}"
        return f"{self.earliest.isoformat()}/{self.latest.isoformat()}"


def days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day if it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, days_in_month(first)))


# What can happen. `day` is the local day of the person who does it.


@dataclass(frozen=True)
class Event:
    day: date


@dataclass(frozen=True)
class AgencyAdded(Event):
    agency: str
    parent: str | None = None


@dataclass(frozen=True)
class AgenciesMerged(Event):
    """`agency` is no more; whatever was its own is `into`'s."""

    agency: str
    into: str


@dataclass(frozen=True)
class PersonJoined(Event):
    """Somebody joins, returns, or gets another agency, role or time zone."""

    person: str
    agency: str | None
    role: str = "focal_point"
    zone: str = "UTC"


@dataclass(frozen=True)
class PersonLeft(Event):
    person: str


@dataclass(frozen=True)
class AgendaAdded(Event):
    agenda: str
    silence_days: int
    period_starts: tuple[date, ...] = ()
    visible_to: str = "network"


@dataclass(frozen=True)
class AgendaOpened(Event):
    """A draft is opened, or a closed agenda reopened."""

    agenda: str


@dataclass(frozen=True)
class AgendaClosed(Event):
    agenda: str


@dataclass(frozen=True)
class ActionPointAdded(Event):
    """`carried_from` has several action points after a merger; two action points with the same one come from a split."""

    action_point: str
    agenda: str
    carried_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeadAdded(Event):
    action_point: str
    agency: str
    since: Span
    persons: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeadEnded(Event):
    action_point: str
    agency: str
    until: date


@dataclass(frozen=True)
class PersonsNamed(Event):
    action_point: str
    agency: str
    persons: tuple[str, ...]


@dataclass(frozen=True)
class RemindersPaused(Event):
    action_point: str
    agency: str
    until: date


@dataclass(frozen=True)
class RemindersResumed(Event):
    action_point: str
    agency: str


@dataclass(frozen=True)
class Report:
    """What an update, or a correction of it, says."""

    status: str
    reported_on: Span
    agency: str | None = None
    participants: tuple[str, ...] = ()
    is_piece: bool = False
    covers_all: bool = False


@dataclass(frozen=True)
class UpdateLogged(Event):
    update: str
    action_point: str
    author: str
    recorded_at: datetime
    report: Report


@dataclass(frozen=True)
class UpdateCorrected(Event):
    update: str
    author: str
    recorded_at: datetime
    report: Report


@dataclass(frozen=True)
class UpdateWithdrawn(Event):
    update: str


@dataclass(frozen=True)
class MilestoneAdded(Event):
    milestone: str
    action_point: str
    due: Span | None
    agency: str | None = None
    every_months: int | None = None


@dataclass(frozen=True)
class MilestoneCompleted(Event):
    milestone: str


@dataclass(frozen=True)
class MilestoneDropped(Event):
    milestone: str


@dataclass(frozen=True)
class MilestoneMoved(Event):
    milestone: str
    due: Span


@dataclass(frozen=True)
class DigestSent(Event):
    person: str


# What follows from it.


@dataclass
class Person:
    agency: str | None
    role: str
    zone: ZoneInfo
    is_active: bool = True


@dataclass
class Agenda:
    silence_days: int
    period_starts: tuple[date, ...]
    visible_to: str
    state: str = "draft"
    opened_on: date | None = None


@dataclass
class ActionPoint:
    agenda: str
    added_on: date
    carried_from: tuple[str, ...]


@dataclass
class Lead:
    action_point: str
    agency: str
    since: Span
    persons: tuple[str, ...]
    until: date | None = None
    pauses: list[date] = field(default_factory=list)
    """The first day after each pause, in the order in which people paused."""


@dataclass
class Update:
    action_point: str
    author: str
    """Who wrote the newest version."""
    number: int
    zone: ZoneInfo
    recorded_at: datetime
    versions: list[Report]
    withdrawn: bool = False

    @property
    def newest(self) -> Report:
        return self.versions[-1]


@dataclass
class Milestone:
    action_point: str
    due: Span | None
    agency: str | None
    every_months: int | None
    done_on: date | None = None
    dropped: bool = False


@dataclass
class Network:
    parents: dict[str, str | None] = field(default_factory=dict)
    """Each agency's parent."""
    people: dict[str, Person] = field(default_factory=dict)
    agendas: dict[str, Agenda] = field(default_factory=dict)
    action_points: dict[str, ActionPoint] = field(default_factory=dict)
    leads: list[Lead] = field(default_factory=list)
    updates: dict[str, Update] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    digests: set[tuple[str, date]] = field(default_factory=set)


def replay(events: Iterable[Event], until: date = date.max) -> Network:
    """Return the network as it was at the end of the day, from all that had happened by then."""
    network = Network()
    for event in events:
        if event.day <= until:
            apply(event, network)
    return network


@functools.singledispatch
def apply(event: Event, network: Network) -> None:
    """Change the network as the event says."""
    raise NotImplementedError(event)


@apply.register
def _(event: AgencyAdded, network: Network) -> None:
    network.parents[event.agency] = event.parent


@apply.register
def _(event: AgenciesMerged, network: Network) -> None:
    old, new = event.agency, event.into
    _merge_parents(network, old, new)
    for person in network.people.values():
        person.agency = new if person.agency == old else person.agency
    for milestone in network.milestones.values():
        milestone.agency = new if milestone.agency == old else milestone.agency
    for update in network.updates.values():
        update.versions = [_renamed(report, old, new) for report in update.versions]
    _merge_leads(network, old, new, event.day)


def _merge_parents(network: Network, old: str, new: str) -> None:
    above = [new]
    while parent := network.parents[above[-1]]:
        above.append(parent)
    if old in above:
        network.parents[new] = network.parents[old]
    for agency, parent in network.parents.items():
        if parent == old and agency != new:
            network.parents[agency] = new
    del network.parents[old]


def _renamed(report: Report, old: str, new: str) -> Report:
    participants = tuple(dict.fromkeys(new if agency == old else agency for agency in report.participants))
    return replace(report, agency=new if report.agency == old else report.agency, participants=participants)


def _merge_leads(network: Network, old: str, new: str, day: date) -> None:
    """Rename the leads; where both agencies led at one time, one part is left, with the longer term and the present persons of both."""
    for lead in [lead for lead in network.leads if lead.agency == old]:
        lead.agency = new
        both = [
            other
            for other in network.leads
            if other is not lead
            and (other.action_point, other.agency) == (lead.action_point, new)
            and _overlap(other, lead)
        ]
        for other in both:
            present = [term.persons for term in (other, lead) if _has_not_ended(term, day)]
            lead.persons = tuple(dict.fromkeys(person for persons in present for person in persons))
            lead.since = min(other.since, lead.since, key=lambda since: since.earliest)
            lead.until = None if other.until is None or lead.until is None else max(other.until, lead.until)
            lead.pauses = other.pauses if _has_not_ended(other, day) else lead.pauses
            network.leads.remove(other)


def _overlap(one: Lead, other: Lead) -> bool:
    """Return whether there is a day on which both of them lead."""
    return all(
        earlier.until is None or later.since.earliest < earlier.until for earlier, later in [(one, other), (other, one)]
    )


def _has_not_ended(lead: Lead, day: date) -> bool:
    return lead.until is None or lead.until > day


@apply.register
def _(event: PersonJoined, network: Network) -> None:
    network.people[event.person] = Person(event.agency, event.role, ZoneInfo(event.zone))


@apply.register
def _(event: PersonLeft, network: Network) -> None:
    network.people[event.person].is_active = False


@apply.register
def _(event: AgendaAdded, network: Network) -> None:
    network.agendas[event.agenda] = Agenda(event.silence_days, event.period_starts, event.visible_to)


@apply.register
def _(event: AgendaOpened, network: Network) -> None:
    network.agendas[event.agenda].state = "open"
    network.agendas[event.agenda].opened_on = event.day


@apply.register
def _(event: AgendaClosed, network: Network) -> None:
    network.agendas[event.agenda].state = "closed"


@apply.register
def _(event: ActionPointAdded, network: Network) -> None:
    network.action_points[event.action_point] = ActionPoint(event.agenda, event.day, event.carried_from)


@apply.register
def _(event: LeadAdded, network: Network) -> None:
    network.leads.append(Lead(event.action_point, event.agency, event.since, event.persons))


def _newest_lead(network: Network, action_point: str, agency: str) -> Lead:
    """Return the newest of the times for which the agency led the action point."""
    return [lead for lead in network.leads if (lead.action_point, lead.agency) == (action_point, agency)][-1]


@apply.register
def _(event: LeadEnded, network: Network) -> None:
    _newest_lead(network, event.action_point, event.agency).until = event.until


@apply.register
def _(event: PersonsNamed, network: Network) -> None:
    _newest_lead(network, event.action_point, event.agency).persons = event.persons


@apply.register
def _(event: RemindersPaused, network: Network) -> None:
    _newest_lead(network, event.action_point, event.agency).pauses.append(event.until)


@apply.register
def _(event: RemindersResumed, network: Network) -> None:
    pauses = _newest_lead(network, event.action_point, event.agency).pauses
    if pauses and pauses[-1] > event.day:
        pauses[-1] = event.day


@apply.register
def _(event: UpdateLogged, network: Network) -> None:
    network.updates[event.update] = Update(
        event.action_point,
        event.author,
        len(network.updates) + 1,
        network.people[event.author].zone,
        event.recorded_at,
        [event.report],
    )


@apply.register
def _(event: UpdateCorrected, network: Network) -> None:
    """Add a version of the update; its report date stays."""
    update = network.updates[event.update]
    update.versions.append(replace(event.report, reported_on=update.newest.reported_on))
    update.author = event.author


@apply.register
def _(event: UpdateWithdrawn, network: Network) -> None:
    network.updates[event.update].withdrawn = True


@apply.register
def _(event: MilestoneAdded, network: Network) -> None:
    network.milestones[event.milestone] = Milestone(event.action_point, event.due, event.agency, event.every_months)


@apply.register
def _(event: MilestoneCompleted, network: Network) -> None:
    """Complete a milestone; a recurring one is due again at the first later turn that does not end before today (rule 10)."""
    milestone = network.milestones[event.milestone]
    if not milestone.every_months:
        milestone.done_on = event.day
    elif milestone.due:
        turn = 1
        while milestone.due.later(turn * milestone.every_months).latest < event.day:
            turn += 1
        milestone.due = milestone.due.later(turn * milestone.every_months)


@apply.register
def _(event: MilestoneDropped, network: Network) -> None:
    network.milestones[event.milestone].dropped = True


@apply.register
def _(event: MilestoneMoved, network: Network) -> None:
    network.milestones[event.milestone].due = event.due


@apply.register
def _(event: DigestSent, network: Network) -> None:
    network.digests.add((event.person, event.day))


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which the day ends in the time zone."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone)
