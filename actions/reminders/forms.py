"""The forms for an agenda's reminder schedule, and for reminders sent by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.reminders.models import ReminderSchedule
from tracker.text import validate_line
from tracker.web.optimistic_lock import VersionedModelForm


class RemindForm(forms.Form):
    message = forms.CharField(
        label=_("Your message"),
        help_text=_("The mail begins with it and your name."),
        max_length=500,
        required=False,
        validators=[validate_line],
    )


class ScheduleForm(VersionedModelForm):
    class Meta:
        model = ReminderSchedule
        fields = ["enabled", "rhythm", "weekdays", "hour", "starts_on", "escalate_after"]
        widgets = {"starts_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
