"""The form for an agenda's reminder schedule."""

from django import forms

from actions.forms.conflicts import ConflictAwareForm
from actions.reminders.models import ReminderSchedule


class ScheduleForm(ConflictAwareForm):
    class Meta:
        model = ReminderSchedule
        fields = ["enabled", "rhythm", "weekday", "hour", "starts_on"]
        widgets = {"starts_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
