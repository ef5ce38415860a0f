"""The filters of the list of action points, which are parameters of its address."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.validators import EMPTY_VALUES, RegexValidator
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions import rules
from actions.as_of import AsOf
from actions.as_of_history import look_back_at_issues, past_texts
from actions.models import ActionPoint, ActionStatus, AttentionReason
from actions.models.action_point import REFERENCE
from actions.states import ActionPointState, PartState
from issues.models import Agenda, Issue
from tracker.folding import fold, words_of
from tracker.people.models import Agency, Role, User, with_role
from tracker.searchable import contains_words, validate_words
from tracker.text import validate_line

MAX_TEXT = 200
MAX_DAYS = 60_000
_legible = RegexValidator(
    "\N{REPLACEMENT CHARACTER}", _("Part of this is not text. Type the words again."), inverse_match=True
)
"""Django decodes bytes of an address that are not text, such as half of a surrogate pair, to that character."""

Matches = Callable[[ActionPointState], bool]
MatchesPart = Callable[[PartState], bool]


class Owner(models.TextChoices):
    """Who is responsible for a part."""

    MINE = "mine", _("me or my agency")
    NOBODY = "nobody", _("no one")
    SOMEBODY = "somebody", _("someone")
    NO_LEAD = "no_lead", _("no lead agency")


ANY, PAUSED, MILESTONE_AHEAD = "any", "paused", "milestone_ahead"
ATTENTION = (
    (ANY, _("Any reason")),
    *AttentionReason.choices,
    (PAUSED, _("Reminders paused")),
    (MILESTONE_AHEAD, _("Upcoming milestone")),
)
"""Whether and why an open action point needs attention, and two more reasons to look at one."""
_EARLIER_ATTENTION = {
    "silent": AttentionReason.UPDATE_DUE.value,
    "milestone_passed": AttentionReason.MILESTONE_OVERDUE.value,
    "snoozed": PAUSED,
}
"""Values in addresses and saved views of earlier versions, and what they are called now."""
_CHOOSE_PARTS = ("agency", "focal_point", "owner")
"""Filters that choose parts. The others look only at the chosen parts of each action point."""


class ActionPointFilter(django_filters.FilterSet):
    """Read filters from a query and apply them to action points.

    Faulty values are reported in `errors`, and their filters are ignored. For each filter `x` the method `match_x` turns its value into a
    predicate. With a filter that chooses parts, such as an agency, the status, the reasons and the dates are those of the chosen parts.
    """

    q = django_filters.CharFilter(
        label=_("Words or reference"),
        max_length=MAX_TEXT,
        validators=[validate_line, _legible, validate_words],
    )
    issue = django_filters.ChoiceFilter(label=_("Issue"), choices=[], empty_label=_("All"))
    agency = django_filters.ChoiceFilter(label=_("Lead agency"), choices=[], empty_label=_("All"))
    focal_point = django_filters.ChoiceFilter(label=_("Focal point"), choices=[], empty_label=_("All"))
    owner = django_filters.ChoiceFilter(label=_("Responsible"), choices=Owner, empty_label=_("Anybody"))
    attention = django_filters.ChoiceFilter(label=_("Needs attention"), choices=ATTENTION, empty_label=_("All"))
    silent_for = django_filters.NumberFilter(
        label=_("Last update at least this many days ago"),
        min_value=0,
        max_value=MAX_DAYS,
        decimal_places=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": MAX_DAYS}),
    )
    reported_from = django_filters.DateFilter(
        label=_("Last update on or after"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reported_to = django_filters.DateFilter(
        label=_("Last update on or before"), widget=forms.DateInput(attrs={"type": "date"})
    )
    due_to = django_filters.DateFilter(
        label=_("With an open milestone due by"), widget=forms.DateInput(attrs={"type": "date"})
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=ActionStatus, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ActionPoint
        fields: Sequence[str] = []

    def __init__(
        self, data: QueryDict, *, agenda: Agenda, user: Any, as_of: AsOf, states: Sequence[ActionPointState]
    ) -> None:
        """Take all action points of the agenda as `states`."""
        super().__init__(_with_present_values(QueryDict(query_without_page(data))))
        self.agenda, self.user, self.today, self.states = agenda, user, as_of.day, states
        self.issues = _issues(agenda, as_of)
        self._offer("issue", ((str(issue.number), str(issue)) for issue in self.issues))
        self._agencies = dict(Agency.objects.order_by("acronym").values_list("acronym", "pk"))
        self._offer("agency", ((acronym, acronym) for acronym in self._agencies))
        if user.is_authenticated:
            self._offer("focal_point", self._focal_points())
        else:  # who works for whom is for the network
            del self.filters["focal_point"]
            self._offer("owner", (choice for choice in Owner.choices if choice[0] != Owner.MINE))

    def narrowed(self) -> list[ActionPointState]:
        """Return those that match all filters, in the order of the states. One query if there are search words, two for a past date."""
        self.form.is_valid()
        values = {name: value for name, value in self.form.cleaned_data.items() if value not in EMPTY_VALUES}
        of_parts = [getattr(self, f"match_{name}")(values.pop(name)) for name in _CHOOSE_PARTS if name in values]
        of_action_point = [getattr(self, f"match_{name}")(value) for name, value in values.items()]
        if not of_parts:
            return [state for state in self.states if all(matches(state) for matches in of_action_point)]
        return [
            state
            for state in self.states
            if (chosen := _with_chosen_parts(state, of_parts)) and all(matches(chosen) for matches in of_action_point)
        ]

    def match_q(self, text: str) -> Matches:
        """Match a reference, or words that are all in the title or the description."""
        reference = REFERENCE.fullmatch(text.strip())
        if reference and reference[1] in (None, self.agenda.slug):
            place = int(reference[2]), int(reference[3])
            return lambda state: state.place == place
        words = words_of(text)
        points = ActionPoint.objects.filter(contains_words(words), issue__agenda=self.agenda)
        found = set(points.values_list("pk", flat=True))
        past = {pk: fold(wording) for pk, wording in past_texts(self.states).items()}
        return lambda state: all(w in past[state.pk] for w in words) if state.pk in past else state.pk in found

    def match_issue(self, number: str) -> Matches:
        return lambda state: state.issue == int(number)

    def match_agency(self, acronym: str) -> MatchesPart:
        pk = self._agencies[acronym]
        return lambda part: part.agency == pk

    def match_focal_point(self, pk: str) -> MatchesPart:
        return lambda part: int(pk) in part.persons

    def match_owner(self, owner: str) -> MatchesPart:
        return {
            Owner.MINE: lambda part: rules.is_own_part(part, self.user),
            Owner.NOBODY: lambda part: not part.people,
            Owner.SOMEBODY: lambda part: bool(part.people),
            Owner.NO_LEAD: lambda part: part.agency is None,
        }[Owner(owner)]

    def match_attention(self, attention: str) -> Matches:
        others = {
            ANY: rules.needs_attention,
            PAUSED: rules.has_paused_part,
            MILESTONE_AHEAD: rules.has_milestone_ahead,
        }
        if rule := others.get(attention):
            return lambda state: rule(state, self.today)
        return lambda state: attention in rules.attention_reasons(state, self.today)

    def match_silent_for(self, days: Decimal) -> Matches:
        return lambda state: rules.is_without_update_for(state, int(days), self.today)

    def match_reported_from(self, day: date) -> Matches:
        return lambda state: state.last_reported_day is not None and state.last_reported_day >= day

    def match_reported_to(self, day: date) -> Matches:
        return lambda state: state.last_reported_day is not None and state.last_reported_day <= day

    def match_due_to(self, day: date) -> Matches:
        return lambda state: any(each.due_latest and each.due_latest <= day for each in state.milestones)

    def match_status(self, statuses: list[str]) -> Matches:
        return lambda state: state.status in statuses

    def _offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        self.filters[name].extra["choices"] = list(choices)

    def _focal_points(self) -> Iterator[tuple[str, str]]:
        """Return the people to choose from: those assigned to something in the agenda, and the one in the query."""
        people = {pk for state in self.states for part in state.parts for pk in part.persons}
        asked = self.data.get("focal_point", "")
        if asked.isascii() and asked.isdigit() and len(asked) < 19:
            people.add(int(asked))
        found = User.objects.filter(pk__in=people).order_by("name", "email").values_list("pk", "name", "email", "role")
        labels = {role: with_role("%(name)s", role) for role in Role}
        return ((str(pk), labels[role] % {"name": name or email}) for pk, name, email, role in found)

    def chosen(self) -> list[tuple[str, str, str]]:
        """Return the label and value of each filter that is set, and the query of the list without it."""
        found = []
        for name, value in self.form.cleaned_data.items():
            label = str(self.filters[name].label)
            for one in value if isinstance(value, list) else [value]:
                if one not in (None, ""):
                    found.append((label, self._words(name, one), self._without(name, one)))
        return found

    def _words(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return str(choices.get(value, value))

    def _without(self, name: str, value: Any) -> str:
        query = self.data.copy()
        kept = [one for one in query.getlist(name) if name == "status" and one != str(value)]
        query.setlist(name, kept) if kept else query.pop(name)
        return query_without_page(query)


_PLACES = ("page", "after", "before")
"""Parameters that choose a page. The last two are from earlier addresses, which now show the first page."""
DISPLAY = ("columns", "sort", *_PLACES)
"""Parameters of the list that are no filters."""


def _with_chosen_parts(state: ActionPointState, matchers: Sequence[MatchesPart]) -> ActionPointState | None:
    """Return the action point limited to the parts that match; None if no part does."""
    parts = [part for part in state.parts if all(matches(part) for matches in matchers)]
    return rules.limited_to(state, parts) if parts else None


def _with_present_values(query: QueryDict) -> QueryDict:
    """Return the query with values of earlier versions replaced by what they are called now."""
    if (earlier := query.get("attention", "")) in _EARLIER_ATTENTION:
        query = query.copy()
        query["attention"] = _EARLIER_ATTENTION[earlier]
    return query


def _issues(agenda: Agenda, as_of: AsOf) -> list[Issue]:
    return look_back_at_issues(agenda.issues.order_by("number").defer("rationale"), as_of)


def query_without_page(data: QueryDict) -> str:
    """Return the query without the page and without empty values, each value of a parameter once."""
    query = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in _PLACES and (values := [value for value in dict.fromkeys(values) if value]):
            query.setlist(name, values)
    return query.urlencode()


def unknown_parameters(data: QueryDict, known: Sequence[str]) -> list[str]:
    """Return an error for each unknown parameter: a misspelt filter must not silently show everything."""
    return [
        gettext("“%(name)s” is not a filter of this list, so it was ignored.") % {"name": name[:40]}
        for name in data
        if name not in known
    ]
