"""The forms of a hand-over: between whom, then what and why."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.forms.conflicts import SendAgain
from tracker.people.models import User
from tracker.text import validate_line


class PersonField(forms.ModelChoiceField):
    """A person, shown with the agency. Numbers that no database can hold name nobody."""

    def label_from_instance(self, person: Any) -> str:
        return f"{person} ({person.agency})" if person.agency else str(person)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "?"}) from error


class BetweenForm(forms.Form):
    """Whose work goes to whom. Somebody deactivated already can hand over, too: the work has not moved by that."""

    predecessor = PersonField(
        User.objects.select_related("agency"), label=_("Who leaves"), empty_label=_("Choose a person")
    )
    successor = PersonField(
        User.objects.active().select_related("agency"), label=_("Who takes over"), empty_label=_("Choose a person")
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("predecessor") and data.get("predecessor") == data.get("successor"):
            self.add_error("successor", gettext("Choose two different people."))
        return data


class HandoverForm(SendAgain, forms.Form):
    reason = forms.CharField(
        label=_("Because"),
        help_text=_("The successor reads it, and it is kept with the record."),
        max_length=500,
        validators=[validate_line],
    )
    with_led = forms.BooleanField(label=_("Assign the successor also to what only the agency leads"), required=False)
    deactivate = forms.BooleanField(label=_("Deactivate the account of the person who leaves"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_deactivate: bool, any_led: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_deactivate:
            del self.fields["deactivate"]
        if not any_led:
            del self.fields["with_led"]
