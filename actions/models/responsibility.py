"""Store which agency leads an action point, since when, who does the work there, and the status of its part."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actions.models.action_point import ActionPoint
from actions.models.status import ENDED, STATUS_COLUMNS, HasStatus
from issues.models import Agenda
from tracker.dates.fields import PartialDateEdge, PartialDateField
from tracker.people.models import Agency, User
from tracker.text import validate_line

GOING_ON = ~Q(status__in=ENDED) & Q(action_point__issue__agenda__state=Agenda.State.OPEN)


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def current(self) -> "ResponsibilityQuerySet":
        """Filter responsibilities that have not ended."""
        return self.filter(until=None)

    def going_on(self) -> "ResponsibilityQuerySet":
        """Filter responsibilities in open agendas whose part is neither completed nor discontinued."""
        return self.filter(GOING_ON)

    def as_of(self, day: date) -> "ResponsibilityQuerySet":
        """Filter responsibilities that had begun by that day and had not ended."""
        return self.filter(Q(until=None) | Q(until__gt=day), since_earliest__lte=day)

    def own(self, user: User) -> "ResponsibilityQuerySet":
        """Filter current responsibilities that are the user's own (see `is_own`). One query for the agencies, once a request."""
        persons = Responsibility.persons.through.objects.filter(responsibility=OuterRef("pk"))
        own = Q(Exists(persons.filter(user=user))) | Q(agency__in=user.agency_ids)
        if user.is_focal_point and user.agency and user.agency.parent_id:
            own |= Q(~Exists(persons.filter(user__is_active=True)), agency=user.agency.parent_id)
        return self.current().filter(own)

    def with_people(self) -> "ResponsibilityQuerySet":
        """Load agencies and persons as well, in order of acronym. One more query."""
        return self.select_related("agency").prefetch_related("persons").order_by("agency__acronym", "pk")


class ResponsibilityManager(models.Manager["Responsibility"].from_queryset(ResponsibilityQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(
        self, slug: str, issue: int, number: int, acronym: str, until: str | None
    ) -> "Responsibility":
        return self.get(
            action_point__issue__agenda__slug=slug,
            action_point__issue__number=issue,
            action_point__number=number,
            agency__acronym=acronym,
            until=until,
        )


class Responsibility(HasStatus):
    """One agency leading an action point, and the status of its part. It ends instead of being deleted, so that past dates show it."""

    action_point = models.ForeignKey(
        ActionPoint, verbose_name=_("action point"), on_delete=models.CASCADE, related_name="responsibilities"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("lead agency"), on_delete=models.PROTECT, related_name="responsibilities"
    )
    since = PartialDateField(_("since"))
    since_earliest = PartialDateEdge(source="since", edge="earliest")
    until = models.DateField(_("until"), null=True, blank=True)
    persons = models.ManyToManyField(User, verbose_name=_("focal points"), blank=True, related_name="responsibilities")
    paused_until = models.DateField(_("reminders paused until"), null=True, blank=True)
    """Kept after that day: the end of the last pause counts for when an update is due."""
    pause_reason = models.CharField(_("reason of the pause"), max_length=500, blank=True, validators=[validate_line])
    history = HistoricalRecords(m2m_fields=[persons], excluded_fields=[*STATUS_COLUMNS, "since_earliest"])

    objects = ResponsibilityManager()

    class Meta:
        ordering = ["action_point", "agency__acronym", "pk"]
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        constraints = [
            *HasStatus.Meta.constraints,
            models.UniqueConstraint(
                fields=["action_point", "agency"], condition=Q(until=None), name="responsibility_current_once"
            ),
            models.CheckConstraint(
                condition=Q(paused_until=None, pause_reason="") | (Q(paused_until__isnull=False) & ~Q(pause_reason="")),
                name="responsibility_pause_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["agency", "action_point"], condition=Q(until=None), name="responsibility_led")]

    def __str__(self) -> str:
        return f"{self.agency}: {self.action_point.reference}"

    def natural_key(self) -> tuple[Any, ...]:
        until = self.until.isoformat() if self.until else None
        return (*self.action_point.natural_key(), *self.agency.natural_key(), until)

    natural_key.dependencies = ["actions.actionpoint", "people.agency", "people.user"]  # type: ignore[attr-defined]

    def is_paused(self, today: date) -> bool:
        return self.paused_until is not None and self.paused_until > today

    @property
    def is_closed(self) -> bool:
        return self.action_point.is_closed

    def is_assigned_to(self, user: User) -> bool:
        return any(person.pk == user.pk for person in self.persons.all())

    def is_own(self, user: User) -> bool:
        """Return whether it is assigned to the user, or led by the user's agency or one below it.

        If no active person is named, it also belongs to the focal points of the agencies below the lead.
        """
        if self.is_assigned_to(user) or user.speaks_for(self.agency):
            return True
        is_below = user.is_focal_point and user.agency is not None and user.agency.parent_id == self.agency_id
        return is_below and not any(person.is_active for person in self.persons.all())
