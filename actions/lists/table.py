"""The rows of the list with what a reader can do about each part."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from actions import rules
from actions.access import Person
from actions.as_of import AsOf
from actions.models import ActionStatus, AttentionReason
from actions.rows import ActionPointRow, Lead, PartRow
from actions.states import ActionPointState, PartState
from issues.models import Agenda
from tracker.dates.display import cldr_locale
from tracker.people.models import User
from tracker.people.permissions import Right, may

_SAMPLES = (1, 2, 3, 5, 11, 100)
"""Numbers that together have all plural categories of the languages of the tracker."""


@dataclass(frozen=True, slots=True)
class RowAction:
    """The one thing to do about a part."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class TablePart:
    row: PartRow
    agency: Lead | None
    status: SafeString
    reasons: SafeString
    action: RowAction | None
    """None if the reader can do nothing about the part."""


@dataclass(frozen=True, slots=True)
class TableRow:
    point: ActionPointRow
    pk: str
    code: str
    issue: str
    """The number and the short title of its issue."""
    parts: list[TablePart]
    rowspan: SafeString
    """The attribute of the cells that are about the whole action point; empty if it has one part."""
    asks: str = ""
    """Ids of the people who would be reminded of it, separated by spaces."""


class RowActions:
    """What a reader can do about the action points of an agenda on a date: nothing in the past, or once it is closed."""

    def __init__(self, agenda: Agenda, user: Person, as_of: AsOf, query: str) -> None:
        """Take the `query` of the list, to which pages that change many action points return."""
        is_changeable = not as_of.is_past and not agenda.is_closed
        self.user = user
        self.is_open = is_changeable and agenda.is_open
        self.may_coordinate = is_changeable and may(user, Right.COORDINATE)
        self.has_some = self.is_open and user.is_authenticated
        self._changes = f"{reverse('change_many', args=[agenda.slug])}?"
        self._reminders = f"{reverse('remind_many', args=[agenda.slug])}?"
        self._query = f"&{query}" if query else ""
        self._assign_label, self._remind_label, self._open_label = _("Assign"), _("Remind"), pgettext("link", "Open")
        self._log_label = _("Log progress")

    def of_part(self, row: ActionPointRow, shown: PartRow, part: PartState) -> RowAction | None:
        """Return the action of a part: that of its first reason for attention, otherwise logging progress."""
        if not self.is_open:
            return None
        if not self.may_coordinate:
            is_own = isinstance(self.user, User) and rules.is_own_part(part, self.user)
            return self._log(row, shown) if is_own else None
        if AttentionReason.NO_ONE_RESPONSIBLE in shown.attention:
            return RowAction(self._assign_label, f"{self._changes}kind=add_focal_point&points={row.pk}{self._query}")
        if AttentionReason.UPDATE_DUE in shown.attention:
            return RowAction(self._remind_label, f"{self._reminders}points={row.pk}{self._query}")
        return RowAction(self._open_label, row.address) if shown.attention else self._log(row, shown)

    def _log(self, row: ActionPointRow, shown: PartRow) -> RowAction:
        part = f"?part={shown.pk}" if row.is_joint and self.may_coordinate else ""
        return RowAction(self._log_label, f"{row.address}updates/{part}")


def table_rows(
    states: Sequence[ActionPointState],
    rows: Sequence[ActionPointRow],
    issues: Mapping[int, str],
    actions: RowActions,
    day: date,
) -> list[TableRow]:
    """Return the rows. `issues` has the labels of the issues by number. One query for coordinators."""
    by_pk = {state.pk: state for state in states}
    asked = {row.pk: _people_to_remind(by_pk[row.pk], day) for row in rows} if actions.may_coordinate else {}
    people = set().union(*asked.values())
    accepting: set[int] = set()
    if people:
        accepting.update(User.objects.accepting_digests(day).filter(pk__in=people).values_list("pk", flat=True))
    statuses = {status: _badge(status) for status in ActionStatus}
    reasons = {attention: _reasons(attention) for attention in {part.attention for row in rows for part in row.parts}}
    return [
        TableRow(
            row,
            str(row.pk),
            row.code,
            issues.get(row.issue_number, ""),
            [
                TablePart(
                    shown,
                    shown.agency,
                    statuses[shown.status],
                    reasons[shown.attention],
                    actions.of_part(row, shown, part),
                )
                for shown, part in zip(row.parts, by_pk[row.pk].parts, strict=True)
            ],
            format_html(' rowspan="{}"', len(row.parts)) if row.is_joint else SafeString(),
            " ".join(map(str, sorted(asked.get(row.pk, set()) & accepting))),
        )
        for row in rows
    ]


def _people_to_remind(state: ActionPointState, day: date) -> set[int]:
    parts = (part for part in state.parts if rules.is_reminded_by_hand(state, part, day))
    return {person for part in parts for person in part.people}


def _badge(status: ActionStatus) -> SafeString:
    return format_html('<span class="status status-{}">{}</span>', status.value, status.label)


def _reasons(attention: Sequence[AttentionReason]) -> SafeString:
    """Return the reasons as a list; empty without any."""
    items = format_html_join("", "<li>{}</li>", ((reason.label,) for reason in attention))
    return format_html('<ul class="reasons">{}</ul>', items) if attention else SafeString()


def remind_words() -> str:
    """Return the words of the button that reminds %(count)s people, as JSON by CLDR plural category, for the script that counts them."""
    plural_form = cldr_locale(get_language() or "en").plural_form
    return json.dumps(
        {plural_form(n): ngettext("Remind %(count)s person", "Remind %(count)s people", n) for n in _SAMPLES}
    )
