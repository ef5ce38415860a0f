"""Make up what happens in a network, one step at a time, so that people only do what they may do.

A story takes its decisions from a `Chooser`: Hypothesis for small ledgers, a seeded random number for a whole year.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from tests.rules import events as ev
from tests.rules import obvious_model as model
from tests.rules.events import Span

T = TypeVar("T")

START = date(2006, 1, 9)
COORDINATOR = "coordinator"
ZONES = ("UTC", "Africa/Nairobi", "America/New_York", "Pacific/Auckland")
ZONES_OF_SAME_DAYS, HOURS_OF_SAME_DAYS = ("UTC", "Africa/Nairobi", "America/New_York"), (9, 12)
"""At these hours of these time zones all people have the same date, which is that of UTC, too."""
REPORTABLE = model.STATUSES[1:]
SILENCE_DAYS = (14, 30, 90)
PERIOD_DAYS = (7, 14)


class Chooser(Protocol):
    def one_of(self, options: Sequence[T]) -> T: ...

    def number(self, low: int, high: int) -> int:
        """Return a number between both, which may be returned, too."""
        ...

    def chance(self, percent: int) -> bool: ...


class Story:
    """A ledger that is being written: its events, the network that follows from them, and the present day."""

    def __init__(self, choose: Chooser, *, zones: Sequence[str] = ZONES, hours: tuple[int, int] = (0, 23)) -> None:
        """Start an empty ledger for people of these time zones who write in these hours of their local day."""
        self.choose, self.zones, self.hours = choose, zones, hours
        self.events: list[ev.Event] = []
        self.network = ev.Network()
        self.day = START
        self.now = datetime.combine(START, time(8), UTC)

    def add(self, event: ev.Event) -> None:
        self.events.append(event)
        ev.apply(event, self.network)

    def some(self, options: Iterable[T], most: int) -> tuple[T, ...]:
        """Return some of the options, none twice, in their order."""
        options, chosen = list(options), []
        for _ in range(self.choose.number(0, min(most, len(options)))):
            chosen.append(self.choose.one_of([option for option in options if option not in chosen]))
        return tuple(option for option in options if option in chosen)

    def wait(self, days: int) -> None:
        self.day += timedelta(days=days)

    def moment(self, zone: ZoneInfo) -> datetime:
        """Return a moment of the present day in the time zone, after all earlier moments.

        If the day is over there, the next day becomes the present one.
        """
        midnight = datetime.combine(self.day, time(), zone)
        drawn = datetime.combine(self.day, time(self.choose.number(*self.hours)), zone)
        self.now = max(drawn, midnight, self.now + timedelta(minutes=1)).astimezone(UTC)
        self.day = max(self.day, ev.local_day(self.now, zone))
        return self.now

    # People and agencies

    def add_agencies(self, names: Sequence[str], percent_with_parent: int) -> None:
        """Add agencies, some of them as parts of others. An agency that has a parent is no other one's parent."""
        for name in names:
            above = [agency for agency, parent in self.network.parents.items() if parent is None]
            has_parent = above and self.choose.chance(percent_with_parent)
            self.add(ev.AgencyAdded(self.day, name, self.choose.one_of(above) if has_parent else None))

    def add_coordinator(self) -> None:
        self.add(ev.PersonJoined(self.day, COORDINATOR, None, "coordinator"))

    def add_person(self) -> None:
        name = f"person{len(self.network.people)}"
        agency = self.choose.one_of(list(self.network.parents))
        self.add(ev.PersonJoined(self.day, name, agency, zone=self.choose.one_of(self.zones)))

    def change_people(self) -> None:
        """Let a focal point leave or return, or a new one join."""
        focal_points = {name: person for name, person in self.network.people.items() if person.role == "focal_point"}
        present = [name for name, person in focal_points.items() if person.is_active]
        gone = [name for name, person in focal_points.items() if not person.is_active]
        options = {"leave": present, "return": gone, "join": [""]}
        kind = self.choose.one_of([kind for kind, names in options.items() if names])
        name = self.choose.one_of(options[kind])
        if kind == "join":
            self.add_person()
        elif kind == "leave":
            self.add(ev.PersonLeft(self.day, name))
        else:
            person = focal_points[name]
            self.add(ev.PersonJoined(self.day, name, person.agency, person.role, person.zone.key))

    def merge_agencies(self) -> None:
        agencies = list(self.network.parents)
        if len(agencies) > 1:
            old = self.choose.one_of(agencies)
            into = self.choose.one_of([agency for agency in agencies if agency != old])
            self.add(ev.AgenciesMerged(self.day, old, into))

    # Agendas and action points

    def add_agenda(self, agenda: str, silence_days: int | None = None) -> None:
        every = self.choose.one_of(PERIOD_DAYS)
        first = self.day + timedelta(days=self.choose.number(0, every - 1))
        starts = tuple(first + timedelta(days=every * turn) for turn in range(800 // every))
        self.add(ev.AgendaAdded(self.day, agenda, silence_days or self.choose.one_of(SILENCE_DAYS), starts))

    def add_action_point(self, agenda: str, carried_from: tuple[str, ...] = ()) -> str:
        name = f"ap{len(self.network.action_points) + 1}"
        self.add(ev.ActionPointAdded(self.day, name, agenda, carried_from))
        return name

    def add_action_point_late(self) -> None:
        """Add an action point with a lead to an open agenda."""
        if agendas := [name for name, agenda in self.network.agendas.items() if agenda.state == "open"]:
            self.add_lead(self.add_action_point(self.choose.one_of(agendas)))

    def change_agenda(self) -> None:
        """Close an open agenda, or open one that is a draft or closed."""
        agenda = self.choose.one_of(list(self.network.agendas))
        if self.network.agendas[agenda].state == "open":
            self.add(ev.AgendaClosed(self.day, agenda))
        else:
            self.add(ev.AgendaOpened(self.day, agenda))

    def carry_over(self, agenda: str, following: str) -> None:
        """Prepare the next agenda as a draft: action points are carried over as they are, merged, split or left out."""
        self.add_agenda(following)
        left = [name for name, action_point in self.network.action_points.items() if action_point.agenda == agenda]
        while left:
            name, how = left.pop(0), self.choose.one_of(["carry", "carry", "carry", "merge", "split", "drop"])
            if how == "drop":
                continue
            old = (name, left.pop(0)) if how == "merge" and left else (name,)
            for _ in range(2 if how == "split" else 1):
                self._take_over_leads(old, self.add_action_point(following, old))

    def _take_over_leads(self, old: tuple[str, ...], new: str) -> None:
        agencies: dict[str, tuple[str, ...]] = {}
        for name in old:
            for lead in model.leads(self.network, name, self.day):
                agencies[lead.agency] = tuple(dict.fromkeys(agencies.get(lead.agency, ()) + lead.persons))
        for agency, persons in agencies.items():
            self.add(ev.LeadAdded(self.day, new, agency, Span.day(self.day), persons))

    def open_action_points(self) -> list[str]:
        return [name for name in self.network.action_points if model.is_open(self.network, name)]

    # Responsibilities

    def add_lead(self, action_point: str | None = None) -> None:
        name = action_point or self.one_open_action_point()
        if not name:
            return
        terms = [lead for lead in self.network.leads if lead.action_point == name]
        leading = [lead.agency for lead in terms if lead.until is None or lead.until > self.day]
        free = [agency for agency in self.network.parents if agency not in leading]
        if free:
            agency = self.choose.one_of(free)
            again = any(lead.agency == agency for lead in terms)
            since = Span.day(self.day) if again else self.past_date(self.day)
            self.add(ev.LeadAdded(self.day, name, agency, since, self.some(self.network.people, 2)))

    def one_open_action_point(self) -> str | None:
        names = self.open_action_points()
        return self.choose.one_of(names) if names else None

    def one_part(self) -> tuple[str, str] | None:
        """Return the action point and agency of one of today's parts."""
        found = [
            (name, lead.agency)
            for name in self.open_action_points()
            for lead in model.leads(self.network, name, self.day)
            if lead.until is None
        ]
        return self.choose.one_of(found) if found else None

    def end_lead(self) -> None:
        if part := self.one_part():
            self.add(ev.LeadEnded(self.day, *part, self.day))

    def name_persons(self) -> None:
        if part := self.one_part():
            self.add(ev.PersonsNamed(self.day, *part, self.some(self.network.people, 2)))

    def pause(self) -> None:
        if part := self.one_part():
            self.add(ev.RemindersPaused(self.day, *part, self.day + timedelta(days=self.choose.number(1, 60))))

    def resume(self) -> None:
        if (part := self.one_part()) and model.is_paused(self.network, *part, self.day):
            self.add(ev.RemindersResumed(self.day, *part))

    # Updates

    def past_date(self, day: date) -> Span:
        """Return a date that does not begin after the day."""
        around = day - timedelta(days=self.choose.one_of([0, 0, 1, 5, 40, 200]))
        return self.choose.one_of([Span.day, Span.month, Span.year])(around)

    def log_progress(self) -> None:
        if not (name := self.one_open_action_point()):
            return
        authors = [person for person in self.network.people if model.may_log(self.network, person, name, self.day)]
        author = self.choose.one_of(authors)
        moment = self.moment(self.network.people[author].zone)
        report = self.report(name, author)
        update = f"update{len(self.network.updates) + 1}"
        self.add(ev.UpdateLogged(self.day, update, name, author, moment, report))

    def report(self, action_point: str, author: str) -> ev.Report:
        is_focal_point = self.network.people[author].role == "focal_point"
        agencies = list(self.network.parents)
        return ev.Report(
            self.choose.one_of(REPORTABLE),
            self.past_date(self.day),
            self.choose.one_of(self.agencies_to_report_for(action_point, author)),
            self.some(agencies, 2) if self.choose.chance(40) else (),
            is_piece=self.choose.chance(25),
            covers_all=not is_focal_point and self.choose.chance(40),
        )

    def agencies_to_report_for(self, action_point: str, author: str) -> list[str | None]:
        """Return whom an update can be for: a focal point's own agency or parts, or anybody for a coordinator."""
        person = self.network.people[author]
        if person.role != "focal_point":
            return [None, *self.network.parents]
        parts = model.parts(self.network, action_point, self.day)
        return [
            person.agency,
            *(part for part in parts if author in model.persons(self.network, action_point, part, self.day)),
        ]

    def one_update(self) -> tuple[str, str] | None:
        """Return an update that can be corrected, and somebody who may."""
        names = [
            name
            for name, update in self.network.updates.items()
            if not update.withdrawn and model.is_open(self.network, update.action_point)
        ]
        if not names:
            return None
        name = self.choose.one_of(names)
        people = [person for person in self.network.people if model.may_correct(self.network, person, name, self.day)]
        return name, self.choose.one_of(people)

    def correct(self) -> None:
        """Correct an update: its status, and now and then whom it is for."""
        if not (found := self.one_update()):
            return
        name, author = found
        update = self.network.updates[name]
        moment = self.moment(self.network.people[author].zone)
        is_coordinator = self.network.people[author].role != "focal_point"
        if is_coordinator and self.choose.chance(30):
            report = replace(self.report(update.action_point, author), reported_on=update.newest.reported_on)
        else:
            report = replace(update.newest, status=self.choose.one_of(REPORTABLE))
        self.add(ev.UpdateCorrected(self.day, name, author, moment, report))

    def withdraw(self) -> None:
        if found := self.one_update():
            self.add(ev.UpdateWithdrawn(self.day, found[0]))

    # Milestones

    def add_milestone(self) -> None:
        if not (name := self.one_open_action_point()):
            return
        agencies = [lead.agency for lead in model.leads(self.network, name, self.day)]
        self.add(
            ev.MilestoneAdded(
                self.day,
                f"milestone{len(self.network.milestones) + 1}",
                name,
                None if self.choose.chance(10) else self.due_date(),
                self.choose.one_of([None, *agencies]),
                self.choose.one_of([None, None, 1, 3]),
            )
        )

    def due_date(self) -> Span:
        """Return a date of the year."""
        around = self.day + timedelta(days=self.choose.number(-30, 150))
        return self.choose.one_of([Span.day, Span.month])(around)

    def change_milestone(self) -> None:
        names = [
            name
            for name, milestone in self.network.milestones.items()
            if milestone.done_on is None
            and not milestone.dropped
            and model.is_open(self.network, milestone.action_point)
        ]
        if names:
            name = self.choose.one_of(names)
            self.add(
                self.choose.one_of(
                    [
                        ev.MilestoneCompleted(self.day, name),
                        ev.MilestoneDropped(self.day, name),
                        ev.MilestoneMoved(self.day, name, self.due_date()),
                    ]
                )
            )


Step = Callable[[Story], None]

EVERYDAY_STEPS: list[Step] = [
    *[Story.log_progress] * 6,
    *[Story.correct] * 2,
    Story.withdraw,
    Story.add_milestone,
    Story.change_milestone,
    Story.add_lead,
    Story.end_lead,
    Story.name_persons,
    Story.pause,
    Story.resume,
    Story.change_people,
]
