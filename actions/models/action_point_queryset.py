"""Filter and sort action points, and select the updates that count on a past date."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When

from actions.models.status import ENDED
from issues.models import Agenda
from tracker.people.models import Agency, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from actions.models.action_point import ActionPoint  # noqa: F401


class Basis(models.TextChoices):
    """How to select the updates that count on a past date."""

    REPORTED = "reported"
    """Updates with a report date on or before that date, even if they were recorded later."""
    RECORDED = "recorded"
    """Updates as the tracker had them then: no later entries, and the versions before later corrections or withdrawals."""


_OPEN = ~Q(status__in=ENDED) & Q(issue__agenda__state=Agenda.State.OPEN)


class ActionPointQuerySet(models.QuerySet["ActionPoint"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ActionPointQuerySet":
        return self.filter(issue__agenda__in=Agenda.objects.visible_to(user))

    def open(self) -> "ActionPointQuerySet":
        """Filter action points of open agendas that are neither completed nor discontinued."""
        return self.filter(_OPEN)

    def open_first(self) -> "ActionPointQuerySet":
        """Sort open action points before the others; within each group by agenda and reference."""
        return self.order_by(Case(When(_OPEN, then=0), default=1), "issue__agenda__slug", "issue__number", "number")

    def own(self, user: User) -> "ActionPointQuerySet":
        """Filter action points with a part that is the user's own. One query for the agencies, once a request."""
        return self.filter(pk__in=_responsibilities().own(user).values("action_point"))

    def led_by(self, agency: Agency) -> "ActionPointQuerySet":
        """Filter action points that the agency leads."""
        return self.filter(pk__in=_responsibilities().current().filter(agency=agency).values("action_point"))

    def in_order(self) -> "ActionPointQuerySet":
        return self.order_by("issue__agenda__slug", "issue__number", "number")

    def with_context(self) -> "ActionPointQuerySet":
        """Load issues, agendas and parts with their agencies and persons as well. Two more queries for any number of rows."""
        parts = models.Prefetch("responsibilities", _responsibilities().current().with_people(), to_attr="parts")
        return self.select_related("issue__agenda").prefetch_related(parts)

    def with_page_marks(self, user: "User | AnonymousUser") -> "ActionPointQuerySet":
        """Annotate what few action points have, so that the page of one reads it only then: `has_lineage`, `has_removed_milestones` and
        `has_drafts`, those of the user.
        """
        drafts: Any = apps.get_model("actions", "ProgressDraft")._default_manager
        linked = Q(carried_from__isnull=False) | Q(carried_to__isnull=False) | Q(rollover_decision__isnull=False)
        milestones: Any = apps.get_model("actions", "Milestone")
        return self.annotate(
            has_lineage=Exists(self.model._default_manager.filter(linked, pk=OuterRef("pk"))),
            has_removed_milestones=Exists(milestones.removed_from(OuterRef("pk"))),
            has_drafts=Exists(drafts.filter(action_point=OuterRef("pk"), author=user.pk)),
        )


def _responsibilities() -> Any:
    return apps.get_model("actions", "Responsibility")._default_manager


def end_of(day: date) -> datetime:
    """Return the first instant after that day (UTC). For the history; updates have the local day of their recording."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def updates_as_of(day: date, basis: str) -> Any:
    """Return the versions of progress updates that counted at the end of that day, as the people who recorded them count days."""
    updates: Any = apps.get_model("actions", "ProgressUpdate")._default_manager
    if basis == Basis.REPORTED:
        return updates.current().filter(position_day__lte=day)
    # Days of people in several time zones need not follow the order of the versions, so the highest version by that day counts.
    versions = updates.filter(action_point=OuterRef("action_point"), number=OuterRef("number"))
    replaced = Q(version__gt=OuterRef("version"), recorded_day__lte=day)
    return updates.filter(~Exists(versions.filter(replaced | Q(withdrawn_day__lte=day))), recorded_day__lte=day)
