"""The filters of the list of action points. They live in the address, so that every list can be linked to."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any, Self, cast

import django_filters
from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.as_of import AsOf
from actions.models import ActionPoint, ActionPointQuerySet, ActionStatus
from actions.models.action_point import REFERENCE
from actions.tallies.models import NEVER, NOBODY, Entry, LedEntry
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
    """Filters the action points of an agenda. Faulty values are reported in `errors`, and those filters are left out.

    It has the filters that `data` asks for, and `q`; `with_choices` has all.
    """

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
        method="led_by",
        to_field_name="acronym",
        queryset=Agency.objects.order_by("acronym"),
        empty_label=_("All"),
    )
    focal_point = django_filters.ModelChoiceFilter(
        label=_("Focal point"),
        method="assigned_to",
        queryset=None,
        empty_label=_("All"),
    )
    owner = django_filters.ChoiceFilter(label=_("Owned by"), choices=Owner, method="owned_by", empty_label=_("Anybody"))
    attention = django_filters.ChoiceFilter(
        label=_("Attention"), choices=Attention, method="with_attention", empty_label=_("All")
    )
    silent_for = django_filters.NumberFilter(
        label=_("Last reported at least so many days ago"),
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

    base_filters: dict[str, Any]

    class Meta:
        model = ActionPoint
        fields: Sequence[str] = []

    def __init__(self, data: QueryDict, *, agenda: Agenda, user: Any, as_of: AsOf, has_all: bool = False) -> None:
        self.user, self.today, self.agenda, self.as_of = user, as_of.day, agenda, as_of
        self.base_filters = {
            name: found
            for name, found in type(self).base_filters.items()
            if name in self.names and (has_all or name == "q" or any(data.getlist(name)))
        }
        # Today lists are read from entries; on a day that has gone by, from action points as they stood.
        self.is_past = as_of.is_past
        self.entry, self.point = ("entry__", "") if as_of.is_past else ("", "action_point__")
        rows: QuerySet[Any] = Entry.objects.filter(agenda=agenda)
        if as_of.is_past:
            rows = as_of.standing(ActionPoint.objects.filter(entry__agenda=agenda))
        super().__init__(data, queryset=rows)
        if issue := self.filters.get("issue"):
            issue.queryset = agenda.issues.order_by("number")
        if focal_point := self.filters.get("focal_point"):
            focal_point.queryset = User.objects.order_by("name", "email")
        if (owner := self.filters.get("owner")) and not user.is_authenticated:
            owner.extra["choices"] = [choice for choice in Owner.choices if choice[0] != Owner.MINE]

    @cached_property
    def names(self) -> list[str]:
        """Of the filters that there are for this reader. Who works for whom is for the network."""
        return [name for name in type(self).base_filters if name != "focal_point" or self.user.is_authenticated]

    @cached_property
    def sources(self) -> list[QuerySet[Any]]:
        """What was asked for is in any of these, in some in more than one: action points on a day that has gone by, their entries today.
        Each is a range of an index as far as that can be, so there are several where people ask for what is their own.
        """
        self.form.is_valid()
        if self._contradicts_itself():
            return [self.queryset.none()]
        return [self.filter_queryset(rows) for rows in self._ranges()]

    def _contradicts_itself(self) -> bool:
        """Whether it asks for reports after the last day of those that it asks for. Databases look through all for that."""
        asked = self.form.cleaned_data
        if not (first := asked.get("reported_from")):
            return False
        lasts = [asked.get("reported_to")]
        if (days := asked.get("silent_for")) is not None:
            lasts.append(self.today - timedelta(days=int(days)))
        if asked.get("attention") == Attention.SILENT and not self.is_past:
            lasts.append(self.today - timedelta(days=self.agenda.silence_days + 1))
        return any(last and last < first for last in lasts)

    def _ranges(self) -> Iterator[QuerySet[Any]]:
        agency, owner = (self.form.cleaned_data.get(name) for name in ("agency", "owner"))
        led = LedEntry.objects.filter(agenda=self.agenda)
        if self.is_past or not (agency or owner in (Owner.NOBODY, Owner.MINE)):
            yield self.queryset.all()
        elif agency:
            yield led.filter(agency=agency)
        elif owner == Owner.NOBODY:
            yield led.filter(agency=NOBODY)
        else:
            yield self.queryset.filter(action_point__in=_assigned(self.user))
            for pk in self.user.agency_ids:
                yield led.filter(agency=pk)

    @property
    def qs(self) -> ActionPointQuerySet:
        """The action points that were asked for."""
        if self.is_past:
            (found,) = self.sources
            return cast(ActionPointQuerySet, found)
        any_of = (Q(pk__in=entries.order_by().values("action_point")) for entries in self.sources)
        return ActionPoint.objects.filter(reduce(or_, any_of))

    @property
    def of_one_issue(self) -> bool:
        return self.form.is_valid() and bool(self.form.cleaned_data.get("issue"))

    def with_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        reference = REFERENCE.fullmatch(text.strip())
        if reference and reference[1] in (None, self.agenda.slug):
            return rows.filter(**{f"{self.entry}place": 1000 * int(reference[2]) + int(reference[3])})
        for word in text.split():
            fields = (f"{self.point}title__icontains", f"{self.point}description__icontains")
            rows = rows.filter(reduce(or_, (Q(**{field: word}) for field in fields)))
        return rows

    def of_issue(self, rows: QuerySet[Any], name: str, issue: Issue) -> QuerySet[Any]:
        return rows.filter(**{f"{self.entry}place__range": (1000 * issue.number, 1000 * issue.number + 999)})

    def led_by(self, rows: QuerySet[Any], name: str, agency: Agency) -> QuerySet[Any]:
        return rows.filter(lead_agencies=agency) if self.is_past else rows

    def assigned_to(self, rows: QuerySet[Any], name: str, person: User) -> QuerySet[Any]:
        return rows.filter(**{"pk__in" if self.is_past else "action_point__in": _assigned(person)})

    def with_status(self, rows: QuerySet[Any], name: str, statuses: list[str]) -> QuerySet[Any]:
        if isinstance(rows, ActionPointQuerySet):
            return rows.with_status(*statuses) if statuses else rows
        ranks = [ActionStatus.values.index(status) for status in statuses]
        return rows.filter(rank__in=ranks) if ranks else rows

    def owned_by(self, rows: QuerySet[Any], name: str, owner: str) -> QuerySet[Any]:
        """Today `_ranges` has seen to it unless an agency is asked for, too."""
        if isinstance(rows, ActionPointQuerySet):
            if owner == Owner.MINE:
                return rows.own(self.user)
            return rows.filter(entry__is_owned=owner == Owner.SOMEBODY)
        if not (agency := self.form.cleaned_data.get("agency")):
            return rows.filter(is_owned=True) if owner == Owner.SOMEBODY else rows
        if owner == Owner.NOBODY:
            return rows.none()
        is_own = owner == Owner.SOMEBODY or agency.pk in self.user.agency_ids
        return rows if is_own else rows.filter(action_point__in=_assigned(self.user))

    def with_attention(self, rows: QuerySet[Any], name: str, attention: str) -> QuerySet[Any]:
        today = self.today
        if isinstance(rows, ActionPointQuerySet):
            return {
                Attention.NO_PROGRESS: lambda: rows.showing_no_progress(today),
                Attention.SILENT: lambda: rows.open().silent(today),
                Attention.MILESTONE_PASSED: lambda: rows.open().with_passed_milestone(today),
                Attention.MILESTONE_AHEAD: lambda: rows.open().with_milestone_ahead(today),
                Attention.SNOOZED: lambda: rows.none(),  # snoozes are today's, and hold nothing back then
            }[Attention(attention)]()
        before, passed = today - timedelta(days=self.agenda.silence_days), Q(milestone_due__lt=today)
        if rows.model is LedEntry:  # which has an index by the first day of all
            passed &= Q(first_due__lt=today)
        return self.open_now(rows).filter(
            {
                Attention.NO_PROGRESS: Q(shows_after__lt=today),
                Attention.SILENT: Q(reported__lt=before),
                Attention.MILESTONE_PASSED: passed,
                Attention.MILESTONE_AHEAD: Q(last_due__gte=today),
                Attention.SNOOZED: Q(snoozed_until__gt=today),
            }[Attention(attention)]
        )

    def open_now(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if isinstance(rows, ActionPointQuerySet):
            return rows.open()
        return rows.filter(is_open=True) if self.agenda.state == Agenda.State.OPEN else rows.none()

    def reported_since(self, rows: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        if isinstance(rows, ActionPointQuerySet):
            return rows.filter(**{f"{rows.standing.reported}__gte": day})
        return rows.filter(reported__gte=day, reported__gt=NEVER)

    def reported_until(self, rows: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        if isinstance(rows, ActionPointQuerySet):
            return rows.filter(**{f"{rows.standing.reported}__lte": day})
        return rows.filter(reported__lte=day, reported__gt=NEVER)

    def due_until(self, rows: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.entry}first_due__lte": day})

    def silent_for_days(self, rows: QuerySet[Any], name: str, days: Any) -> QuerySet[Any]:
        return self.reported_until(self.open_now(rows), name, self.today - timedelta(days=int(days)))

    def with_choices(self) -> Self:
        """All filters, for the form: with the people who have something to do in the agenda; where there are many issues, a number is
        typed. One query, and one for each issue, agency and person that is chosen already.
        """
        asked = QueryDict(query_without_places(self.data))  # with an empty status, none would be a choice
        whole = type(self)(asked, agenda=self.agenda, user=self.user, as_of=self.as_of, has_all=True)
        whole.form.is_valid()
        if self.agenda.issues.order_by()[: CHOICES + 1].count() > CHOICES:
            whole.form.fields["issue"].widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 1})
        if people := whole.form.fields.get("focal_point"):
            assigned = ActionPoint.focal_points.through.objects.filter(
                user=OuterRef("pk"), actionpoint__issue__agenda=self.agenda
            )
            picked = whole.form.cleaned_data.get("focal_point")
            people.queryset = people.queryset.filter(Exists(assigned) | Q(pk=picked.pk if picked else None))
        return whole

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


def _assigned(person: Any) -> QuerySet[Any, Any]:
    """The action points that are assigned to the person."""
    return ActionPoint.focal_points.through.objects.filter(user=person).values("actionpoint")


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
