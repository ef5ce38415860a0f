"""Store action points: the agreed text and the status."""

import re
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actions.models.action_point_queryset import ActionPointQuerySet
from actions.models.status import ENDED, STATUS_COLUMNS, HasStatus
from issues.models import Issue
from tracker.people.models import Agency, User
from tracker.searchable import Searchable
from tracker.text import validate_line, validate_text

if TYPE_CHECKING:
    from actions.models.responsibility import Responsibility

REFERENCE = re.compile(r"(?:([-\w]{1,50})/)?([0-9]{1,3})\.([0-9]{1,3})")
"""A reference as people type it: `2005/3.2`, or `3.2` within an agenda."""


class ActionPointManager(models.Manager["ActionPoint"].from_queryset(ActionPointQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, issue: int, number: int) -> "ActionPoint":
        return self.get(issue__agenda__slug=slug, issue__number=issue, number=number)


class ActionPoint(Searchable, HasStatus):
    """An action that the network agreed on, under an issue. Its reference is `2005/3.2`: agenda, issue, number."""

    issue = models.ForeignKey(Issue, verbose_name=_("issue"), on_delete=models.PROTECT, related_name="action_points")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1), MaxValueValidator(999)])
    title = models.CharField(_("title"), max_length=200, validators=[validate_line])
    description = models.TextField(_("description"), blank=True, validators=[validate_text])
    carried_from = models.ManyToManyField(
        "self", verbose_name=_("carried from"), symmetrical=False, blank=True, related_name="carried_to"
    )
    added_on = models.DateField(_("added on"), null=True, blank=True)
    """The day on which it was added to the open agenda; None if it has been part of the agenda from the start."""

    history = HistoricalRecords(excluded_fields=[*STATUS_COLUMNS, "search_text"])

    objects = ActionPointManager()

    searched_fields = ("title", "description")

    class Meta:
        ordering = ["issue", "number"]
        verbose_name = _("action point")
        verbose_name_plural = _("action points")
        constraints = [
            *HasStatus.Meta.constraints,
            models.UniqueConstraint(fields=["issue", "number"], name="action_point_number_unique_in_issue"),
            models.CheckConstraint(condition=Q(number__range=(1, 999)), name="action_point_number_in_range"),
            models.CheckConstraint(condition=~Q(title=""), name="action_point_title_given"),
        ]
        # No index has a column that a new update changes, so PostgreSQL writes to no index when one is logged.

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def code(self) -> str:
        """Return the issue number and its own number: `3.2`. One query unless the issue is loaded."""
        return f"{self.issue.number}.{self.number}"

    @property
    def reference(self) -> str:
        """Return the reference: `2005/3.2`. Up to two queries unless issue and agenda are loaded."""
        return f"{self.issue.agenda.slug}/{self.code}"

    def natural_key(self) -> tuple[str, int, int]:
        return (*self.issue.natural_key(), self.number)

    natural_key.dependencies = ["issues.issue", "people.agency"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("action_point", args=[self.issue.agenda.slug, self.issue.number, self.number])

    @property
    def is_open(self) -> bool:
        return self.issue.agenda.is_open and self.status not in ENDED

    @cached_property
    def parts(self) -> "list[Responsibility]":
        """Return its current responsibilities in order of acronym, with agency and persons. Two queries unless they are prefetched."""
        return list(self.responsibilities.current().with_people())

    @property
    def leads(self) -> list[Agency]:
        """Return its lead agencies. Queries as for `parts`."""
        return [part.agency for part in self.parts]

    @property
    def persons(self) -> list[User]:
        """Return the persons named for any of its parts, in order of name. Queries as for `parts`."""
        named = {person.pk: person for part in self.parts for person in part.persons.all()}
        return sorted(named.values(), key=lambda person: (person.name, person.email))

    def forget_parts(self) -> None:
        """Make `parts` read them again."""
        self.__dict__.pop("parts", None)

    @property
    def is_closed(self) -> bool:
        """Return whether its agenda is closed. Up to two queries unless issue and agenda are loaded."""
        return self.issue.agenda.is_closed

    def is_own(self, user: User) -> bool:
        """Return whether one of its parts is the user's own (see `Responsibility.is_own`). Queries as for `parts`."""
        return any(part.is_own(user) for part in self.parts)

    def last_number(self) -> int:
        """Return the highest number among its updates; 0 if it has no update. One query."""
        return self.progress_updates.aggregate(last=Max("number", default=0))["last"]
