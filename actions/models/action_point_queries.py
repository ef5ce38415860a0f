"""What is asked of action points: the vocabulary of their QuerySet, today and on a day that has gone by."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from actions.models.status import ENDED, ActionStatus, ReportedStatus
from issues.models import Agenda
from tracker.people.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from actions.models.action_point import ActionPoint  # noqa: F401


class Basis(models.TextChoices):
    """What counts on a day that has gone by."""

    REPORTED = "reported"
    """What had been reported by then, also where it was recorded later."""
    RECORDED = "recorded"
    """What the tracker knew then: without later entries, with versions that were corrected or withdrawn later."""


@dataclass(frozen=True, slots=True)
class StandingColumns:
    """Where a query finds the standing: in the action point's own columns, or in annotations of a day that has gone by."""

    status: str = "status"
    reported: str = "last_reported_latest"
    until: datetime | None = None
    """The first instant after that day; None today."""

    @property
    def is_past(self) -> bool:
        return self.until is not None


class ActionPointQuerySet(models.QuerySet["ActionPoint"]):
    standing = StandingColumns()

    def _clone(self) -> "ActionPointQuerySet":
        clone: ActionPointQuerySet = super()._clone()  # type: ignore[misc] # carries the columns along
        clone.standing = self.standing
        return clone

    def visible_to(self, user: "User | AnonymousUser") -> "ActionPointQuerySet":
        return self.filter(issue__agenda__in=Agenda.objects.visible_to(user))

    def as_of(self, day: date, basis: str) -> "ActionPointQuerySet":
        """As they stood at the end of that day, of agendas as open as they were then. Wording, owners and milestones are today's; a snooze
        holds nothing back.
        """
        until = end_of(day)
        reports = reports_then(day, basis).filter(action_point=OuterRef("pk"))
        newest = reports.order_by("-reported_on_latest", "-number")
        last_dated = reports.exclude(happened=None).order_by("-happened_latest", "-happened_earliest")
        moved = Q(status__in=[ReportedStatus.UNDER_WAY, ReportedStatus.COMPLETED])
        parts = reports.annotate(
            stands=Case(
                When(moved, then=Value(ActionStatus.UNDER_WAY)),
                When(status=ReportedStatus.EXPLORING, then=Value(ActionStatus.EXPLORING)),
                default=Value(ActionStatus.NO_PROGRESS),
                output_field=models.CharField(),
            ),
            weight=Case(When(moved, then=2), When(status=ReportedStatus.EXPLORING, then=1), default=0),
        ).order_by("-weight")
        # Rows of subqueries, and no EXISTS: PostgreSQL would look through all updates for a page of fifty.
        found = self.annotate(
            status_then=Coalesce(
                Subquery(newest.filter(part_only=False).values("status")[:1], output_field=models.CharField()),
                Subquery(parts.values("stands")[:1], output_field=models.CharField()),
                Value(ActionStatus.NOT_REPORTED),
            ),
            reported_then=Subquery(newest.values("reported_on_latest")[:1], output_field=models.DateField()),
            reported_text_then=Subquery(newest.values("reported_on")[:1], output_field=models.CharField()),
            happened_text_then=Subquery(last_dated.values("happened")[:1], output_field=models.CharField()),
            recorded_late_then=Subquery(reports.filter(recorded_at__gte=until).order_by().values("pk")[:1]),
            agenda_open_then=Exists(Agenda.objects.open_before(until).filter(pk=OuterRef("issue__agenda"))),
        )
        found.standing = StandingColumns("status_then", "reported_then", until)
        return found

    def with_status(self, *statuses: str) -> "ActionPointQuerySet":
        return self.filter(**{f"{self.standing.status}__in": statuses})

    def with_status_rank(self) -> "ActionPointQuerySet":
        """`status_rank`: the place of the status among all, from silence to the end."""
        ranks = [When(**{self.standing.status: status}, then=rank) for rank, status in enumerate(ActionStatus.values)]
        return self.annotate(status_rank=Case(*ranks, output_field=models.IntegerField()))

    def open(self) -> "ActionPointQuerySet":
        """Of an open agenda, and neither completed nor discontinued."""
        found = self.exclude(**{f"{self.standing.status}__in": ENDED})
        if until := self.standing.until:
            return found.filter(issue__agenda__in=Agenda.objects.open_before(until))
        return found.filter(issue__agenda__state=Agenda.State.OPEN)

    def own(self, user: User) -> "ActionPointQuerySet":
        """Assigned to the user, or led by the user's agency or a part of it."""
        assigned = self.model.focal_points.through.objects.filter(user=user)
        led = self.model.lead_agencies.through.objects.filter(agency_id__in=user.agency_ids)
        return self.filter(pk__in=assigned.values("actionpoint").union(led.values("actionpoint")))

    def unowned(self) -> "ActionPointQuerySet":
        """With neither a lead agency nor a focal point."""
        assigned = self.model.focal_points.through.objects.filter(actionpoint=OuterRef("pk"))
        led = self.model.lead_agencies.through.objects.filter(actionpoint=OuterRef("pk"))
        return self.filter(~Exists(assigned), ~Exists(led))

    def silent(self, today: date) -> "ActionPointQuerySet":
        """Whose last report is older than its agenda's days of silence; never reported counts too. Costs one query for agendas."""
        return self.filter(_silent(today, self.standing))

    def with_passed_milestone(self, today: date) -> "ActionPointQuerySet":
        return self.filter(_with_passed_milestone(today))

    def with_milestone_ahead(self, today: date) -> "ActionPointQuerySet":
        """With one that is still to come, or that recurs."""
        ahead = Q(due_latest__gte=today) | Q(repeats_every_months__isnull=False)
        return self.filter(Exists(_milestones().filter(ahead, done_on=None, action_point=OuterRef("pk"))))

    def snoozed(self, today: date) -> "ActionPointQuerySet":
        return self.filter(snoozed_until__gt=today)

    def showing_no_progress(self, today: date) -> "ActionPointQuerySet":
        """Open ones that a reminder is due for (design: "shows no progress"); a snooze holds them back."""
        found = self.open().filter(shows_no_progress(today, self.standing))
        return found if self.standing.is_past else found.exclude(snoozed_until__gt=today)

    def in_order(self) -> "ActionPointQuerySet":
        return self.order_by("issue__agenda__slug", "issue__number", "number")

    def with_context(self) -> "ActionPointQuerySet":
        """With what a list shows: issue, agenda, owners. Two queries more, whatever the number of rows."""
        return self.select_related("issue__agenda").prefetch_related("lead_agencies", "focal_points")


def shows_no_progress(today: date, standing: StandingColumns = ActionPointQuerySet.standing) -> Q:
    """What an open action point shows no progress by, a snooze apart. One query for agendas."""
    unmoved = Q(**{f"{standing.status}__in": [ActionStatus.NOT_REPORTED, ActionStatus.NO_PROGRESS]})
    return unmoved | _silent(today, standing) | Q(_with_passed_milestone(today))


def milestone_passed(today: date, via: str = "") -> Q:
    """A milestone due before today and not done. A recurring one has no day on which it is over. `via` as in `milestones__`."""
    return Q(**{f"{via}done_on": None, f"{via}repeats_every_months": None, f"{via}due_latest__lt": today})


def _silent(today: date, standing: StandingColumns) -> Q:
    """One query for the days of silence of each agenda."""
    silent = Q(**{standing.reported: None})
    for agenda_id, days in Agenda.objects.values_list("id", "silence_days"):
        silent |= Q(**{"issue__agenda": agenda_id, f"{standing.reported}__lt": today - timedelta(days=days)})
    return silent


def _with_passed_milestone(today: date) -> Exists:
    return Exists(_milestones().filter(milestone_passed(today), action_point=OuterRef("pk")))


def _milestones() -> Any:
    return apps.get_model("actions", "Milestone")._default_manager


def end_of(day: date) -> datetime:
    """The first instant after that day (UTC)."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def reports_then(day: date, basis: str) -> Any:
    """The versions of progress updates that were in force at the end of that day (UTC)."""
    updates: Any = apps.get_model("actions", "ProgressUpdate")._default_manager
    if basis == Basis.REPORTED:
        return updates.in_force().filter(reported_on_latest__lte=day)
    end = end_of(day)
    replaced = updates.filter(supersedes=OuterRef("pk"), recorded_at__lt=end)
    standing = Q(withdrawn_at=None) | Q(withdrawn_at__gte=end)
    return updates.filter(standing, ~Exists(replaced), recorded_at__lt=end)
