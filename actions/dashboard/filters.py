"""The filters of the list of action points. They live in the address, so that every list can be linked to."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.as_of import AsOf
from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus, Milestone
from actions.tallies.models import NEVER
from issues.models import Agenda, Issue
from tracker.people.models import Agency, User
from tracker.text import validate_line

LONGEST_TEXT = 200
LONGEST_SILENCE = 60_000
CHOICES = 60
"""Of so many issues at most one can be picked; of more, the number is typed."""
_legible = RegexValidator(
    "\N{REPLACEMENT CHARACTER}", _("Part of this is not text. Type the words again."), inverse_match=True
)
"""Django puts that character where the bytes of an address are not text, such as half of a surrogate pair."""

OF_A_DAY = ("status", "attention", "silent_for", "reported_from", "reported_to")
"""What asks how each action point stood on the day, and when it was last reported on."""

_REFERENCE = re.compile(r"(?:[-\w]+/)?([0-9]{1,3})\.([0-9]{1,3})")


class Owner(models.TextChoices):
    MINE = "mine", _("me or my agency")
    NOBODY = "nobody", _("nobody")
    SOMEBODY = "somebody", _("somebody")


class Attention(models.TextChoices):
    """What makes an open action point worth a look."""

    NO_PROGRESS = "no_progress", _("shows no progress")
    SILENT = "silent", _("silent: never reported, or not for long")
    MILESTONE_PASSED = "milestone_passed", _("a milestone passed")
    MILESTONE_AHEAD = "milestone_ahead", _("a milestone is ahead")
    SNOOZED = "snoozed", _("snoozed")


class ActionPointFilter(django_filters.FilterSet):
    """Filters the action points of an agenda. Faulty values are reported in `errors`, and those filters are left out."""

    q = django_filters.CharFilter(
        label=_("Words or reference"),
        method="with_words",
        max_length=LONGEST_TEXT,
        validators=[validate_line, _legible],
    )
    issue = django_filters.ModelChoiceFilter(
        label=_("Issue"), method="of_issue", to_field_name="number", queryset=None, empty_label=_("All")
    )
    agency = django_filters.ModelChoiceFilter(
        label=_("Lead agency"),
        field_name="lead_agencies",
        to_field_name="acronym",
        queryset=Agency.objects.order_by("acronym"),
        empty_label=_("All"),
    )
    focal_point = django_filters.ModelChoiceFilter(
        label=_("Focal point"),
        field_name="focal_points",
        queryset=None,
        empty_label=_("All"),
    )
    owner = django_filters.ChoiceFilter(label=_("Owned by"), choices=Owner, method="owned_by", empty_label=_("Anybody"))
    attention = django_filters.ChoiceFilter(
        label=_("Attention"), choices=Attention, method="with_attention", empty_label=_("All")
    )
    silent_for = django_filters.NumberFilter(
        label=_("Silent for at least (days)"),
        method="silent_for_days",
        min_value=0,
        max_value=LONGEST_SILENCE,
        decimal_places=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": LONGEST_SILENCE}),
    )
    reported_from = django_filters.DateFilter(
        label=_("Last reported on or after"), method="reported_since", widget=forms.DateInput(attrs={"type": "date"})
    )
    reported_to = django_filters.DateFilter(
        label=_("Last reported on or before"), method="reported_until", widget=forms.DateInput(attrs={"type": "date"})
    )
    due_to = django_filters.DateFilter(
        label=_("With an open milestone due by"), method="due_until", widget=forms.DateInput(attrs={"type": "date"})
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=ActionStatus, method="with_status", widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ActionPoint
        fields: Sequence[str] = []

    def __init__(self, data: QueryDict, *, agenda: Agenda, user: Any, as_of: AsOf) -> None:
        self.user, self.today, self.agenda = user, as_of.day, agenda
        super().__init__(data, queryset=as_of.standing(ActionPoint.objects.filter(entry__agenda=agenda)))
        self.filters["issue"].queryset = agenda.issues.order_by("number")
        if agenda.issues.order_by()[: CHOICES + 1].count() > CHOICES:
            self.filters["issue"].extra["widget"] = forms.NumberInput(attrs={"inputmode": "numeric", "min": 1})
        assigned = User.objects.filter(assigned_action_points__issue__agenda=agenda)
        self.filters["focal_point"].queryset = assigned.distinct().order_by("name", "email")
        if not user.is_authenticated:
            del self.filters["focal_point"]  # who works for whom is for the network
            self.filters["owner"].extra["choices"] = [choice for choice in Owner.choices if choice[0] != Owner.MINE]

    @property
    def of_one_issue(self) -> bool:
        return self.form.is_valid() and bool(self.form.cleaned_data["issue"])

    def with_words(self, points: ActionPointQuerySet, name: str, text: str) -> ActionPointQuerySet:
        if reference := _REFERENCE.fullmatch(text.strip()):
            return points.filter(issue__number=int(reference[1]), number=int(reference[2]))
        for word in text.split():
            points = points.filter(Q(title__icontains=word) | Q(description__icontains=word))
        return points

    def of_issue(self, points: ActionPointQuerySet, name: str, issue: Issue) -> ActionPointQuerySet:
        return points.filter(entry__place__range=(1000 * issue.number, 1000 * issue.number + 999))

    def with_status(self, points: ActionPointQuerySet, name: str, statuses: list[str]) -> ActionPointQuerySet:
        if points.standing.is_past:
            return points.with_status(*statuses) if statuses else points
        ranks = [ActionStatus.values.index(status) for status in statuses]
        return points.filter(entry__rank__in=ranks) if ranks else points

    def owned_by(self, points: ActionPointQuerySet, name: str, owner: str) -> ActionPointQuerySet:
        if owner == Owner.MINE:
            return points.own(self.user) if isinstance(self.user, User) else points.none()
        return points.filter(entry__is_owned=owner == Owner.SOMEBODY)

    def with_attention(self, points: ActionPointQuerySet, name: str, attention: str) -> ActionPointQuerySet:
        today = self.today
        if points.standing.is_past or attention == Attention.MILESTONE_AHEAD:
            return {
                Attention.NO_PROGRESS: lambda: points.showing_no_progress(today),
                Attention.SILENT: lambda: points.open().silent(today),
                Attention.MILESTONE_PASSED: lambda: points.open().with_passed_milestone(today),
                Attention.MILESTONE_AHEAD: lambda: points.open().with_milestone_ahead(today),
                Attention.SNOOZED: lambda: points.open().snoozed(today),
            }[Attention(attention)]()
        before = today - timedelta(days=self.agenda.silence_days)
        return self.open_now(points).filter(
            **{
                Attention.NO_PROGRESS: {"entry__shows_after__lt": today},
                Attention.SILENT: {"entry__reported__lt": before},
                Attention.MILESTONE_PASSED: {"entry__milestone_due__lt": today},
                Attention.SNOOZED: {"entry__snoozed_until__gt": today},
            }[Attention(attention)]
        )

    def open_now(self, points: ActionPointQuerySet) -> ActionPointQuerySet:
        return points.filter(entry__is_open=True) if self.agenda.state == Agenda.State.OPEN else points.none()

    def reported_since(self, points: ActionPointQuerySet, name: str, day: date) -> ActionPointQuerySet:
        if points.standing.is_past:
            return points.filter(**{f"{points.standing.reported}__gte": day})
        return points.filter(entry__reported__gte=day, entry__reported__gt=NEVER)

    def reported_until(self, points: ActionPointQuerySet, name: str, day: date) -> ActionPointQuerySet:
        if points.standing.is_past:
            return points.filter(**{f"{points.standing.reported}__lte": day})
        return points.filter(entry__reported__lte=day, entry__reported__gt=NEVER)

    def due_until(self, points: ActionPointQuerySet, name: str, day: date) -> ActionPointQuerySet:
        return points.filter(
            Exists(Milestone.objects.undone().filter(action_point=OuterRef("pk"), due_latest__lte=day))
        )

    def silent_for_days(self, points: ActionPointQuerySet, name: str, days: Any) -> ActionPointQuerySet:
        still_open = points.open() if points.standing.is_past else self.open_now(points)
        return self.reported_until(still_open, name, self.today - timedelta(days=int(days)))

    def chosen(self) -> list[tuple[str, str, str]]:
        """What is filtered by now: its name, its words, and the query of the same list without it."""
        found = []
        for name, value in self.form.cleaned_data.items():
            label = str(self.filters[name].label)
            for one in value if isinstance(value, list) else [value]:
                if one not in (None, ""):
                    found.append((label, self._words(name, one), self._without(name, one)))
        return found

    def _words(self, name: str, value: Any) -> str:
        choices = {"owner": Owner, "attention": Attention, "status": ActionStatus}
        return str(choices[name](value).label) if name in choices else str(value)

    def _without(self, name: str, value: Any) -> str:
        query = self.data.copy()
        kept = [one for one in query.getlist(name) if name == "status" and one != str(value)]
        query.setlist(name, kept) if kept else query.pop(name)
        return query_without_places(query)


def query_without_places(data: QueryDict) -> str:
    """The query without places, which belong to one list, and without empty values."""
    query = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in ("after", "before") and (given := [value for value in values if value]):
            query.setlist(name, given)
    return query.urlencode()


def unknown_parameters(data: QueryDict, known: Sequence[str]) -> list[str]:
    """What the address asks for and no list knows: a misspelt filter must not silently show everything."""
    return [
        gettext("“%(name)s” is no filter of this list; it was left out.") % {"name": name[:40]}
        for name in data
        if name not in known
    ]
