"""Define the form that changes several action points at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.bulk.models import BulkEdit
from actions.forms.choices import CheckboxesField
from actions.models import ActionPoint
from tracker.dates.fields import PartialDateFormField
from tracker.people.choosing import PersonField
from tracker.people.models import Agency


class BulkEditForm(forms.Form):
    """Choose action points, a kind of change and its target."""

    points = CheckboxesField(label=_("Action points"), queryset=ActionPoint.objects.none())
    kind = forms.ChoiceField(label=_("What to do"), choices=BulkEdit.Kind, widget=forms.RadioSelect)
    agency = forms.ModelChoiceField(
        label=_("Agency"), help_text=_("For a lead agency."), queryset=Agency.objects.all(), required=False
    )
    person = PersonField(label=_("Person"), help_text=_("For a focal point."), required=False)
    due = PartialDateFormField(label=_("Date"), required=False)

    NEEDED = {
        BulkEdit.Kind.ADD_LEAD: "agency",
        BulkEdit.Kind.REMOVE_LEAD: "agency",
        BulkEdit.Kind.ADD_FOCAL_POINT: "person",
        BulkEdit.Kind.REMOVE_FOCAL_POINT: "person",
        BulkEdit.Kind.SET_DUE: "due",
    }

    def __init__(self, *args: Any, points: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["points"].queryset = points  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = self.NEEDED.get(data.get("kind", ""))
        if needed and needed not in self.errors and not data.get(needed):
            self.add_error(needed, ValidationError(gettext("Say with what: this change needs it."), "required"))
        return data

    def target(self) -> Any:
        """Return the agency, person or date that the kind of change needs."""
        return self.cleaned_data[self.NEEDED[self.cleaned_data["kind"]]]
