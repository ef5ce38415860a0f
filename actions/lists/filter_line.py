"""The filters of the list in one line above it, as menus that say their value."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lists.filters import ActionPointFilter, query_without_page
from issues.models import Issue
from tracker.durations import in_words
from tracker.enumerations import comma_separated
from tracker.web.queries import without

_LABELS = {
    "issue": gettext_lazy("Issue"),
    "agency": gettext_lazy("Agency"),
    "attention": gettext_lazy("Needs attention"),
}
"""Filters with one value, chosen by a link, and their labels. Those of the other menus are fields of a form."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a menu."""

    value: str
    label: str
    is_current: bool
    query: str = ""
    """The query of the list with it, for a link."""


@dataclass(frozen=True, slots=True)
class LinkMenu:
    label: str
    value: str
    """The chosen value in a few words; empty if there is none."""
    choices: list[Choice]
    """The first one removes the filter."""


@dataclass(frozen=True, slots=True)
class FilterLine:
    """What `lists/_filter_line.html` shows."""

    issue: LinkMenu
    agency: LinkMenu
    attention: LinkMenu
    statuses: list[Choice]
    owners: list[Choice]
    focal_points: str
    """The options of people; empty for visitors."""
    status: str
    last_update: str
    more: str
    """The chosen values of the menus with fields in a few words; empty if there is none."""
    hidden: list[tuple[str, str]]
    """Names and values of the query that its form keeps."""
    is_narrowed: bool
    clear: str
    """The query of the list without filters."""


def filter_line(filters: ActionPointFilter) -> FilterLine:
    """Return the line for filters whose form has been checked."""
    issues = {str(issue.number): short_label(issue) for issue in filters.issues}
    values, names = filters.form.cleaned_data, set(filters.filters)
    statuses, owners = _choices(filters, "status"), _choices(filters, "owner")
    people = _choices(filters, "focal_point") if "focal_point" in names else []
    display = without(filters.data, names)
    return FilterLine(
        issue=_link_menu(filters, "issue", issues),
        agency=_link_menu(filters, "agency", {}),
        attention=_link_menu(filters, "attention", {}),
        statuses=statuses,
        owners=owners,
        focal_points=_options(people),
        status=_current(statuses),
        last_update=_last_update(values),
        more=comma_separated(part for part in (_current(owners), _current(people), _day(values.get("due_to"))) if part),
        hidden=pairs(display) + [(name, values[name]) for name in _LABELS if values.get(name)],
        is_narrowed=any(value not in (None, "", []) for value in values.values()),
        clear=query_without_page(display),
    )


def short_label(issue: Issue) -> str:
    """Return the number and the short title of an issue; without one its title."""
    return f"{issue.number}. {issue.short_title or issue.title}"


def pairs(query: QueryDict) -> list[tuple[str, str]]:
    """Return the names and values of a query, for hidden fields."""
    return [(name, value) for name, values in query.lists() for value in values]


def _choices(filters: ActionPointFilter, name: str) -> list[Choice]:
    chosen = filters.form.cleaned_data.get(name) or ()
    chosen = {chosen} if isinstance(chosen, str) else set(chosen)
    choices = filters.filters[name].extra["choices"]
    choices = getattr(choices, "choices", choices)
    return [Choice(str(value), str(label), str(value) in chosen) for value, label in choices]


def _options(choices: list[Choice]) -> SafeString:
    """Return the choices as options: there may be hundreds of people."""
    chosen = mark_safe(" selected")
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((choice.value, chosen if choice.is_current else "", choice.label) for choice in choices),
    )


def _current(choices: list[Choice]) -> str:
    return comma_separated(choice.label for choice in choices if choice.is_current)


def _link_menu(filters: ActionPointFilter, name: str, short: dict[str, str]) -> LinkMenu:
    """Return the menu of a filter. `short` has labels to use instead of those of its choices."""
    chosen = filters.form.cleaned_data.get(name) or ""
    base = query_without_page(without(filters.data, [name]))
    start = f"{base}&{name}=" if base else f"{name}="
    labels = {str(value): short.get(value) or str(label) for value, label in filters.filters[name].extra["choices"]}
    choices = [Choice("", _("Any"), not chosen, base)]
    choices += [
        Choice(value, label, value == chosen, start + urlencode({"": value})[1:]) for value, label in labels.items()
    ]
    return LinkMenu(str(_LABELS[name]), labels.get(chosen, ""), choices)


def _last_update(values: dict[str, Any]) -> str:
    """Return what the filters of the last update ask for."""
    days, first, last = values.get("silent_for"), values.get("reported_from"), values.get("reported_to")
    parts = [_("%(duration)s or more ago") % {"duration": in_words(int(days))}] if days else []
    if first or last:
        parts.append(f"{_day(first)} – {_day(last)}".strip())
    return comma_separated(parts)


def _day(day: date | None) -> str:
    return date_format(day) if day else ""
