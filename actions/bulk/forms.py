"""Define the form that changes several action points at once."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.action_points.forms.pause import check_until
from actions.bulk.edits import Pause, Target
from actions.bulk.models import BulkEdit
from actions.forms.choices import CheckboxesField
from actions.models import ActionPoint
from tracker.dates.fields import PartialDateFormField
from tracker.enumerations import comma_separated
from tracker.people.choosing import PersonField
from tracker.people.models import Agency, User
from tracker.text import validate_line


class BulkEditForm(forms.Form):
    """Choose action points, a kind of change and its target."""

    points = CheckboxesField(label=_("Action points"), queryset=ActionPoint.objects.none())
    kind = forms.ChoiceField(label=_("What to do"), choices=BulkEdit.Kind, widget=forms.RadioSelect)
    agency = forms.ModelChoiceField(
        label=_("Agency"),
        queryset=Agency.objects.all(),
        required=False,
    )
    person = PersonField(label=_("Person"), required=False)
    due = PartialDateFormField(label=_("Date"), required=False)
    until = forms.DateField(
        label=_("Pause reminders until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody who reads the action points sees this reason."),
        max_length=500,
        validators=[validate_line],
        required=False,
    )

    NEEDED = {
        BulkEdit.Kind.ADD_LEAD: ["agency"],
        BulkEdit.Kind.REMOVE_LEAD: ["agency"],
        BulkEdit.Kind.ADD_FOCAL_POINT: ["person"],
        BulkEdit.Kind.REMOVE_FOCAL_POINT: ["person"],
        BulkEdit.Kind.PAUSE: ["until", "reason"],
        BulkEdit.Kind.SET_DUE: ["due"],
    }

    def __init__(self, *args: Any, points: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["points"].queryset = points  # type: ignore[attr-defined]

    @property
    def chosen_kind(self) -> str:
        """Return the label of the kind that was asked for; empty if none was, or it is none."""
        return str(dict(BulkEdit.Kind.choices).get(str(self["kind"].value()), ""))

    def fields_of_kind(self) -> list[Any]:
        """Return the fields that the kind needs or takes; all of them without one."""
        if not self.chosen_kind:
            return [self[name] for name in ("kind", "agency", "person", "due", "until", "reason")]
        kind, shown = self["kind"].value(), []
        for name in self.NEEDED[kind]:
            self.fields[name].required = True  # it is shown as such
            shown.append(self[name])
        if kind == BulkEdit.Kind.PAUSE:
            self.fields["agency"].help_text = gettext("To pause only the parts of this agency.")
            shown.append(self["agency"])
        return shown

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.NEEDED.get(data.get("kind", ""), []):
            if name not in self.errors and not data.get(name):
                self.add_error(name, ValidationError(gettext("Fill this in: the change needs it."), "required"))
        if data.get("kind") == BulkEdit.Kind.PAUSE and data.get("until"):
            try:
                check_until(data["until"], self.today)
            except ValidationError as error:
                self.add_error("until", error)
        if data.get("kind") == BulkEdit.Kind.ADD_FOCAL_POINT and data.get("person") and data.get("points"):
            self._require_parts(data["person"], data["points"])
        return data

    def _require_parts(self, person: User, points: Any) -> None:
        """Add an error if a person without an agency is to be assigned where no agency leads."""
        codes = comma_separated(point.code for point in points if not person.agency and not point.parts)
        if codes:
            message = gettext(
                "No agency leads %(codes)s, and %(person)s belongs to none. Add a lead agency there first, or leave them out."
            )
            self.add_error("person", ValidationError(message, params={"codes": codes, "person": person}))

    def target(self) -> Target:
        """Return the agency, person, pause or date that the kind of change needs."""
        kind, data = self.cleaned_data["kind"], self.cleaned_data
        if kind == BulkEdit.Kind.PAUSE:
            return Pause(data["until"], data["reason"], data["agency"])
        target: Target = data[self.NEEDED[kind][0]]
        return target
