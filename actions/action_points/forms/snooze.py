"""Define the form that pauses the reminders of an action point."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker.text import validate_line

LONGEST = timedelta(days=366)


class SnoozeForm(forms.Form):
    until = forms.DateField(
        label=_("No reminders until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("Because"),
        help_text=_("Everybody who reads the action point sees this reason."),
        max_length=500,
        validators=[validate_line],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until <= self.today:
            raise ValidationError(gettext("Choose a day after today."))
        if until > self.today + LONGEST:
            raise ValidationError(gettext("A snooze lasts a year at most. Choose an earlier day."))
        return until
