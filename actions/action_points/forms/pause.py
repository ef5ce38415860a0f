"""Define the forms that pause reminders."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.models import Responsibility
from tracker.text import validate_line

LONGEST = timedelta(days=366)


def check_until(until: date, today: date) -> date:
    """Return the end of a pause. Raises ValidationError unless it is after today and at most a year ahead."""
    if until <= today:
        raise ValidationError(gettext("Choose a day after today."))
    if until > today + LONGEST:
        raise ValidationError(gettext("A pause lasts a year at most. Choose an earlier day."))
    return until


class PauseForm(forms.Form):
    """Ask until when, and why."""

    until = forms.DateField(
        label=_("Pause reminders until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody who reads the action point sees this reason."),
        max_length=500,
        validators=[validate_line],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        return check_until(self.cleaned_data["until"], self.today)


class PartPauseForm(PauseForm):
    """Ask for which part as well, unless there is only one. `parts` are those whose reminders the person may pause."""

    part = forms.TypedChoiceField(
        label=_("For the part of"),
        error_messages={
            "required": _("Choose the agency whose part you pause."),
            "invalid_choice": _("You can pause the reminders of the parts in this list. Choose one of them."),
        },
    )

    field_order = ("part", "until", "reason")

    def __init__(self, *args: Any, parts: Sequence[Responsibility], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_id = {str(part.pk): part for part in parts}
        field: Any = self.fields["part"]
        field.choices = [(pk, part.agency.acronym) for pk, part in by_id.items()]
        field.coerce = by_id.__getitem__
        if len(parts) == 1:
            field.required, field.widget = False, forms.HiddenInput()
            field.empty_value = parts[0]
