"""Describe a day by the names of a ledger: once as the obvious model has it, once as the tracker does."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from actions import rules
from actions.as_of import AsOf
from actions.dashboard.counts import AgendaCounts, count
from actions.models import ActionPoint
from actions.own import read_own
from actions.reader import loaded_state, read_agenda, state_of
from actions.reminders.models import Digest
from actions.reminders.models.entry import DigestEntry, Kind
from actions.states import ActionPointState, PartState
from issues.models import Agenda
from tests.rules import obvious_model as model
from tests.rules.events import Network
from tests.rules.real_world import RealWorld
from tracker.people.models import Role, User
from tracker.people.permissions import Owned, Right, may

Names = frozenset[str]
Place = tuple[str, model.Part]
"""The names of an action point and of a lead agency."""
Waiting = dict[str, frozenset[Place]]
"""Own parts by person."""
Past = tuple[dict[str, str], dict[Place, tuple[str, date | None]]]
"""The status of each action point, and the status and the day of the last report of each part."""

Content = tuple[set[Place], set[str]]
"""The parts that a digest asks about, and the milestones that it lists."""
Digests = dict[str, Content]
"""By person."""


@dataclass(frozen=True)
class PartPicture:
    status: str
    last_report: date | None
    reasons: Names
    last_allowed_day: date | None
    persons: Names
    own: Names
    """The active people whose own part it is."""


@dataclass(frozen=True)
class PointPicture:
    status: str
    reasons: Names
    own: Names
    """The active people who have an own part."""


@dataclass(frozen=True)
class Picture:
    """What the rules say about a day."""

    parts: dict[Place, PartPicture]
    action_points: dict[str, PointPicture]
    figures: dict[str, model.Figures]
    by_agency: dict[str, dict[str, dict[str, int]]]
    """The statuses of each agency's parts in each agenda."""
    last_reports: dict[str, dict[str, date | None]]
    """The earliest of the last reports of each agency's parts in each agenda."""


def modelled(network: Network, today: date) -> Picture:
    """Return the obvious model's picture of the day."""
    places = [(name, part) for name in network.action_points for part in model.parts(network, name, today)]
    own = {
        name: {person: model.own_parts(network, person, name, today) for person in active(network)}
        for name in network.action_points
    }
    return Picture(
        parts={place: _modelled_part(network, own[place[0]], place, today) for place in places},
        action_points={
            name: PointPicture(
                model.status_of_action_point(network, name, today),
                frozenset(model.attention_reasons(network, name, today)),
                frozenset(person for person, agencies in own[name].items() if agencies),
            )
            for name in network.action_points
        },
        figures={agenda: model.figures(network, agenda, today) for agenda in network.agendas},
        by_agency={agenda: dict(model.parts_by_agency(network, agenda, today)) for agenda in network.agendas},
        last_reports={agenda: model.last_reports(network, agenda, today) for agenda in network.agendas},
    )


def _modelled_part(network: Network, own: dict[str, list[str]], place: Place, today: date) -> PartPicture:
    reports = model.covering(network, *place)
    return PartPicture(
        model.status_of_part(network, *place),
        model.day_of(reports[-1]) if reports else None,
        frozenset(model.part_reasons(network, *place, today)),
        model.last_allowed_day(network, *place, today),
        frozenset(model.persons(network, *place, today)),
        frozenset(person for person, agencies in own.items() if place[1] in agencies),
    )


def modelled_waiting(network: Network, today: date, people: Iterable[str]) -> Waiting:
    """Return the own parts of these people that are going on in open agendas."""
    return {
        person: frozenset(
            (name, agency)
            for name in network.action_points
            if model.is_open(network, name)
            for agency in model.own_parts(network, person, name, today)
            if model.status_of_part(network, name, agency) not in model.ENDED
        )
        for person in people
    }


def modelled_past(network: Network, day: date, existing: Collection[str]) -> Past:
    """Return the statuses as of a past date, from what had been reported, or recorded, by then, of the action points that existed."""
    names = [name for name in network.action_points if name in existing]
    places = [(name, part) for name in names for part in model.parts(network, name, day)]
    reports = {place: model.covering(network, *place) for place in places}
    return (
        {name: model.status_of_action_point(network, name, day) for name in names},
        {
            place: (model.status_of_part(network, *place), model.day_of(found[-1]) if found else None)
            for place, found in reports.items()
        },
    )


def modelled_digests(network: Network, today: date) -> Digests:
    """Return what is mailed to each focal point today."""
    focal_points = [name for name in active(network) if network.people[name].role == Role.FOCAL_POINT]
    mailed = {name: model.digest(network, name, today) for name in focal_points}
    return {name: (set(waiting.reports), set(waiting.milestones)) for name, waiting in mailed.items() if waiting}


def active(network: Network) -> list[str]:
    return [name for name, person in network.people.items() if person.is_active]


class Tracker:
    """Read from the database, and answer by the names of the ledger."""

    def __init__(self, world: RealWorld) -> None:
        self.world = world
        self.people = {user.pk: name for name, user in world.people.items()}
        self.agencies = {agency.pk: name for name, agency in world.agencies.items()}
        self.points = {point.pk: name for name, point in world.action_points.items()}
        stored = User.objects.active().select_related("agency").in_bulk()
        self.users = {self.people[pk]: user for pk, user in stored.items()}
        """The active people, as a new request reads them."""

    def picture(self, today: date) -> Picture:
        """Return the tracker's picture of the day, read as its pages read it."""
        agendas = {agenda.slug: agenda for agenda in Agenda.objects.all()}
        states = {slug: read_agenda(agenda, AsOf(today)) for slug, agenda in agendas.items()}
        every = [state for of_agenda in states.values() for state in of_agenda]
        counts = {slug: count(of_agenda, today) for slug, of_agenda in states.items()}
        return Picture(
            parts={self._place(state, part): self._part(state, part, today) for state in every for part in state.parts},
            action_points={self.points[state.pk]: self._point(state, today) for state in every},
            figures={slug: _figures(counted) for slug, counted in counts.items()},
            by_agency={
                slug: {self.agencies[pk]: dict(statuses) for pk, statuses in counted.leads.items() if pk is not None}
                for slug, counted in counts.items()
            },
            last_reports={slug: self._last_reports(counted) for slug, counted in counts.items()},
        )

    def waiting(self, today: date, people: Iterable[str]) -> Waiting:
        """Return the own parts of these active people that are going on in open agendas, as each person's page reads them."""
        return {name: frozenset(self._place(*own) for own in read_own(self.users[name], today)) for name in people}

    def _place(self, state: ActionPointState, part: PartState) -> Place:
        return self.points[state.pk], None if part.agency is None else self.agencies[part.agency]

    def _part(self, state: ActionPointState, part: PartState, today: date) -> PartPicture:
        is_expected = state.agenda.state == Agenda.State.OPEN and not rules.is_paused(part, today)
        return PartPicture(
            part.status,
            part.last_reported_day,
            frozenset(reason.value for reason in rules.part_reasons(state, part, today)),
            rules.allowed_until(state, part) if is_expected else None,
            frozenset(self.people[pk] for pk in part.people),
            self._those(lambda user: rules.is_own_part(part, user)),
        )

    def _point(self, state: ActionPointState, today: date) -> PointPicture:
        return PointPicture(
            state.status,
            frozenset(reason.value for reason in rules.attention_reasons(state, today)),
            self._those(lambda user: rules.is_own(state, user)),
        )

    def _last_reports(self, counted: AgendaCounts) -> dict[str, date | None]:
        return {
            self.agencies[agency]: parts.oldest_report
            for (agency, _issue), parts in counted.cells.items()
            if agency is not None
        }

    def _those(self, does_apply: Callable[[User], bool]) -> Names:
        return frozenset(name for name, user in self.users.items() if does_apply(user))

    def _those_who_may(self, right: Right, thing: Owned) -> Names:
        return self._those(lambda user: may(user, right, thing))

    # Other ways to the same answers

    def own_by_page(self) -> dict[str, Names]:
        """Return the people who have an own part of each action point, as its page decides it."""
        points = ActionPoint.objects.with_context()
        return {self.points[point.pk]: self._those(point.is_own) for point in points}

    def own_by_query(self) -> dict[str, Names]:
        """Return the people who have an own part of each action point, as lists decide it."""
        own = {
            name: set(ActionPoint.objects.own(user).values_list("pk", flat=True)) for name, user in self.users.items()
        }
        return {point: frozenset(name for name, pks in own.items() if pk in pks) for pk, point in self.points.items()}

    def states_read_twice(self, today: date) -> list[tuple[ActionPointState, ActionPointState]]:
        """Return the state of each action point as its page has it, and as lists have it."""
        points = ActionPoint.objects.with_context().prefetch_related("milestones")
        return [(loaded_state(point), state_of(point, AsOf(today))) for point in points]

    def who_may_log(self) -> dict[str, Names]:
        """Return the active people who may log progress, by action point of open agendas."""
        points = ActionPoint.objects.with_context().filter(issue__agenda__state=Agenda.State.OPEN)
        return {self.points[point.pk]: self._those_who_may(Right.LOG_PROGRESS, point) for point in points}

    def who_may_correct(self) -> dict[str, Names]:
        """Return the active people who may correct each update of open agendas that was not withdrawn."""
        points = {point.pk: point for point in ActionPoint.objects.with_context()}
        found = {}
        for name, update in self.world.updates.items():
            update.action_point = points[update.action_point_id]
            if update.action_point.issue.agenda.state == Agenda.State.OPEN and not update.is_withdrawn:
                found[name] = self._those_who_may(Right.CORRECT, update)
        return found

    def digests(self, today: date) -> Digests:
        """Return what the digests planned for the day ask of each person for the person's own parts; coordinators left out."""
        planned = Digest.objects.filter(day=today, asked_about=None, recipient__role=Role.FOCAL_POINT)
        snapshots = planned.values_list("recipient", "snapshot")
        return {self.people[pk]: self._content(snapshot) for pk, snapshot in snapshots}

    def _content(self, snapshot: list[DigestEntry]) -> Content:
        asked = [entry for entry in snapshot if entry["kind"] == Kind.REPORT]
        listed = [entry["milestone"] for entry in snapshot if entry["kind"] == Kind.MILESTONE]
        milestones = {milestone.pk: name for name, milestone in self.world.milestones.items()}
        return (
            {(self.points[entry["action_point"]], self.agencies[entry["agency"] or 0]) for entry in asked},
            {milestones[pk or 0] for pk in listed},
        )

    def existing(self, day: date) -> set[str]:
        """Return the action points that were part of their agenda on the day: all but those that were added to an open agenda later."""
        added = dict(ActionPoint.objects.values_list("pk", "added_on"))
        return {name for pk, name in self.points.items() if (on := added[pk]) is None or on <= day}

    def past(self, day: date, basis: str) -> Past:
        """Return the statuses as of a past date."""
        as_of = AsOf(day, is_past=True, basis=basis)
        states = [state for agenda in Agenda.objects.all() for state in read_agenda(agenda, as_of)]
        parts = [(state, part) for state in states for part in state.parts]
        return (
            {self.points[state.pk]: state.status for state in states},
            {self._place(state, part): (part.status, part.last_reported_day) for state, part in parts},
        )


def _figures(counts: AgendaCounts) -> model.Figures:
    reasons = Counter({reason.value: len(found) for reason, found in counts.reasons.items() if found})
    return model.Figures(counts.statuses, reasons, counts.attention)
