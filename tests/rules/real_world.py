"""Do in the tracker what a ledger says, with its own verbs and with the ledger's days as the clock."""

import functools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from actions import responsibilities
from actions.models import ActionPoint, Milestone, ProgressUpdate, Responsibility
from actions.progress import Progress, correct, log_progress, withdraw
from actions.reminders.models import ReminderSchedule
from actions.reminders.periods import Rhythm
from issues.models import Agenda, Issue
from tests import personas
from tests.rules import events as ev
from tests.rules.events import Network, Report, Span
from tests.rules.story import COORDINATOR
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User


class RealWorld:
    """The rows of a ledger in the database, by the names that the ledger has for them, and the network that follows from the ledger."""

    def __init__(self) -> None:
        self.network = Network()
        self.agencies: dict[str, Agency] = {}
        self.people: dict[str, User] = {}
        self.agendas: dict[str, Agenda] = {}
        self.action_points: dict[str, ActionPoint] = {}
        self.updates: dict[str, ProgressUpdate] = {}
        """The newest version of each."""
        self.milestones: dict[str, Milestone] = {}
        """Those that are stored."""

    def play(self, event: ev.Event) -> None:
        """Do what happened, in the network and in the tracker."""
        ev.apply(event, self.network)
        self._do(event)

    def part(self, action_point: str, agency: str) -> Responsibility:
        """Return the agency's part, as it is stored."""
        parts = self.action_points[action_point].responsibilities
        return parts.current().get(agency=self.agencies[agency])

    def agency_named(self, name: str | None) -> Agency | None:
        return self.agencies[name] if name else None

    @functools.singledispatchmethod
    def _do(self, event: ev.Event) -> None:
        raise NotImplementedError(event)

    # People and agencies

    @_do.register
    def _(self, event: ev.AgencyAdded) -> None:
        self.agencies[event.agency] = personas.agency(event.agency, parent=self.agency_named(event.parent))

    @_do.register
    def _(self, event: ev.PersonJoined) -> None:
        fields: dict[str, Any] = {
            "agency": self.agency_named(event.agency),
            "role": event.role,
            "time_zone": event.zone,
        }
        if event.person not in self.people:
            self.people[event.person] = personas.person(f"{event.person}@example.org", **fields)
            return
        person = self.people[event.person]
        for name, value in (fields | {"is_active": True}).items():
            setattr(person, name, value)
        person.save()

    @_do.register
    def _(self, event: ev.PersonLeft) -> None:
        self.people[event.person].is_active = False
        self.people[event.person].save()

    # Agendas and action points

    @_do.register
    def _(self, event: ev.AgendaAdded) -> None:
        agenda = Agenda.objects.create(
            slug=event.agenda, title=event.agenda, silence_days=event.silence_days, visible_to=event.visible_to
        )
        Issue.objects.create(agenda=agenda, number=1, title="Issue")
        if event.period_starts:
            schedule(agenda, event.period_starts)
        self.agendas[event.agenda] = agenda

    @_do.register
    def _(self, event: ev.AgendaOpened) -> None:
        """Open or reopen it. `Agenda.save` takes the day from the clock, which the ledger's day replaces."""
        agenda = self.agendas[event.agenda]
        agenda.state = Agenda.State.OPEN
        agenda.save()
        agenda.opened_on = event.day
        agenda.save(update_fields=["opened_on"])

    @_do.register
    def _(self, event: ev.AgendaClosed) -> None:
        agenda = self.agendas[event.agenda]
        agenda.state = Agenda.State.CLOSED
        agenda.save()

    @_do.register
    def _(self, event: ev.ActionPointAdded) -> None:
        agenda = self.agendas[event.agenda]
        issue = agenda.issues.get()
        point = ActionPoint.objects.create(
            issue=issue,
            number=issue.action_points.count() + 1,
            title=event.action_point,
            added_on=event.day if agenda.state == Agenda.State.OPEN else None,
        )
        point.carried_from.set(self.action_points[name] for name in event.carried_from)
        self.action_points[event.action_point] = point

    # Responsibilities

    @_do.register
    def _(self, event: ev.LeadAdded) -> None:
        point, agency = self.action_points[event.action_point], self.agencies[event.agency]
        part = responsibilities.add_lead(point, agency, since=partial_date(event.since))
        responsibilities.name_persons(part, [self.people[name] for name in event.persons])

    @_do.register
    def _(self, event: ev.LeadEnded) -> None:
        point, agency = self.action_points[event.action_point], self.agencies[event.agency]
        assert responsibilities.end_lead(point, agency, until=event.until)

    @_do.register
    def _(self, event: ev.PersonsNamed) -> None:
        part = self.part(event.action_point, event.agency)
        responsibilities.name_persons(part, [self.people[name] for name in event.persons])

    @_do.register
    def _(self, event: ev.RemindersPaused) -> None:
        responsibilities.pause(self.part(event.action_point, event.agency), event.until, "Talks begin later.")

    @_do.register
    def _(self, event: ev.RemindersResumed) -> None:
        responsibilities.resume(self.part(event.action_point, event.agency), today=event.day)

    # Updates

    @_do.register
    def _(self, event: ev.UpdateLogged) -> None:
        self.updates[event.update] = log_progress(
            self.action_points[event.action_point],
            self._progress(event.report),
            author=self.people[event.author],
            now=event.recorded_at,
            reported_on=partial_date(event.report.reported_on),
        )

    @_do.register
    def _(self, event: ev.UpdateCorrected) -> None:
        self.updates[event.update] = correct(
            self.updates[event.update],
            self._progress(event.report),
            author=self.people[event.author],
            now=event.recorded_at,
        )

    @_do.register
    def _(self, event: ev.UpdateWithdrawn) -> None:
        """Withdraw it late on that day: the ledger does not say when."""
        now = datetime.combine(event.day, time(23), UTC)
        withdraw(self.updates[event.update], by=self.people[COORDINATOR], reason="A mistake.", now=now)

    def _progress(self, report: Report) -> Progress:
        return Progress(
            status=report.status,
            narrative="What happened.",
            reason="Why there is no progress.",
            is_piece=report.is_piece,
            covers_all=report.covers_all,
            agency=self.agency_named(report.agency),
            participants=[self.agencies[name] for name in report.participants],
        )

    # Milestones

    @_do.register
    def _(self, event: ev.MilestoneAdded) -> None:
        self._add_milestone(event.milestone)

    @_do.register
    def _(self, event: ev.MilestoneMoved) -> None:
        if milestone := self.milestones.get(event.milestone):
            milestone.due = partial_date(event.due)
            milestone.save()
        else:
            self._add_milestone(event.milestone)

    @_do.register
    def _(self, event: ev.MilestoneCompleted) -> None:
        if milestone := self.milestones.get(event.milestone):
            milestone.mark_done(PartialDate.day(event.day))

    @_do.register
    def _(self, event: ev.MilestoneDropped) -> None:
        if milestone := self.milestones.pop(event.milestone, None):
            milestone.remove(by=self.people[COORDINATOR], reason="Not needed any more.")

    def _add_milestone(self, name: str) -> None:
        """Store the milestone; if it has no date yet and does not recur, only once it has one, as the tracker asks for it."""
        milestone = self.network.milestones[name]
        if milestone.due or milestone.every_months:
            self.milestones[name] = Milestone.objects.create(
                action_point=self.action_points[milestone.action_point],
                agency=self.agency_named(milestone.agency),
                title=name,
                due=partial_date(milestone.due) if milestone.due else None,
                repeats_every_months=milestone.every_months,
            )


def schedule(agenda: Agenda, starts: Sequence[date]) -> None:
    """Let periods of one or two weeks begin on these days. Nothing is escalated."""
    every_week = starts[1] - starts[0] == timedelta(days=7)
    ReminderSchedule.objects.create(
        agenda=agenda,
        rhythm=Rhythm.WEEKLY if every_week else Rhythm.FORTNIGHTLY,
        weekdays=[starts[0].weekday()],
        starts_on=starts[0],
        escalate_after=None,
    )


def partial_date(span: Span) -> PartialDate:
    return PartialDate.parse(span.text)
