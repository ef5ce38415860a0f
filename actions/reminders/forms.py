"""The form for an agenda's reminder schedule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.conflicts import ConflictAwareForm
from actions.reminders.models import ReminderSchedule
from tracker.text import validate_line


class AskForm(forms.Form):
    message = forms.CharField(
        label=_("A word to them"),
        help_text=_("It stands at the beginning of the mail, with your name."),
        max_length=500,
        required=False,
        validators=[validate_line],
    )


class ScheduleForm(ConflictAwareForm):
    class Meta:
        model = ReminderSchedule
        fields = ["enabled", "rhythm", "weekdays", "hour", "starts_on", "milestone_days", "escalate_after"]
        widgets = {"starts_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
