"""Validate a hand-over: between whom, then which action points and why."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.handover.transfer import OpenWork
from tracker.people.choosing import PersonField
from tracker.people.models import User
from tracker.text import validate_line
from tracker.web.optimistic_lock import VersionedForm


class PeopleForm(forms.Form):
    """Choose whose work goes to whom. A deactivated person can still be the predecessor, because deactivation leaves the work in place."""

    predecessor = PersonField(User.objects.all(), with_deactivated=True, label=_("Who leaves"))
    successor = PersonField(label=_("Who takes over"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("predecessor") and data.get("predecessor") == data.get("successor"):
            self.add_error("successor", gettext("Choose two different people."))
        return data

    def query(self) -> str:
        """Return the query that names the two people by their ids."""
        return urlencode({name: self.cleaned_data[name].pk for name in ("predecessor", "successor")})


class HandoverForm(VersionedForm, forms.Form):
    """Choose what goes to the successor; at first everything is ticked.

    If the open work has changed since the form was shown, `work_has_changed` is true and the form lists the current open work: what the
    person had unticked stays unticked, and new action points are ticked.
    """

    assigned = forms.TypedMultipleChoiceField(
        label=_("Assigned by name"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    led = forms.TypedMultipleChoiceField(
        label=_("Led by the agency"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The successor reads it, and it is kept with the record."),
        max_length=500,
        validators=[validate_line],
    )
    deactivate = forms.BooleanField(label=_("Deactivate the account of the person who leaves"), required=False)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, work: OpenWork, may_deactivate: bool) -> None:
        groups = {"assigned": work.assigned, "led": work.led}
        ids = {name: [point.pk for point in points] for name, points in groups.items()}
        self.work_has_changed = data is not None and data.get("version") != work.version
        if data is not None and self.work_has_changed:
            data = _with_open_work(data, ids, work.version)
        super().__init__(data, initial=ids | {"submission": uuid4()}, version=work.version)
        for name, points in groups.items():
            field: Any = self.fields[name]
            field.choices = [(point.pk, f"{point} ({point.get_status_display()})") for point in points]
            if not points:
                del self.fields[name]
        if "assigned" in self.fields:
            self.fields["assigned"].help_text = gettext("What you untick stays with %(name)s.") % {"name": work.person}
        if "led" in self.fields:
            self.fields["led"].help_text = gettext(
                "%(name)s is responsible for these only as a focal point of the agency. The agency still leads them, and the successor "
                "is named for them. What you untick stays with the agency alone."
            ) % {"name": work.person}
        if not may_deactivate:
            del self.fields["deactivate"]

    @property
    def chosen(self) -> set[int]:
        """Return the ids of the ticked action points of a valid form."""
        return {pk for name in ("assigned", "led") for pk in self.cleaned_data.get(name, [])}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("deactivate") and "assigned" in data and set(self.initial["assigned"]) - set(data["assigned"]):
            self.add_error(
                "assigned",
                gettext("A deactivated person cannot keep action points. Tick all of them, or keep the account."),
            )
        if not self.errors and not self.chosen and not data.get("deactivate"):
            self.add_error(None, gettext("There is nothing to hand over."))
        return data


def _with_open_work(data: QueryDict, ids: dict[str, list[int]], version: str) -> QueryDict:
    """Return a copy of what was sent, with everything ticked that the person did not see or did not untick."""
    data = data.copy()
    ticked = {*data.getlist("assigned"), *data.getlist("led")}
    unticked = set(re.findall(r"[0-9]+", data.get("version", ""))) - ticked
    for name, points in ids.items():
        data.setlist(name, [str(pk) for pk in points if str(pk) not in unticked])
    data["version"] = version
    return data
