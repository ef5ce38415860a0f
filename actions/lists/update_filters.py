"""The filters of a file of progress updates."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from actions.models import ReportedStatus
from actions.models.progress_update import ProgressUpdateQuerySet
from tracker.people.models import Agency


class UpdatesFilter(forms.Form):
    """The optional parameters of the address."""

    status = forms.ChoiceField(label=_("Status"), choices=ReportedStatus, required=False)
    agency = forms.ModelChoiceField(
        label=_("Agency"), queryset=Agency.objects.all(), to_field_name="acronym", required=False
    )
    since = forms.DateField(label=_("Since"), input_formats=["%Y-%m-%d"], required=False)
    recorded_since = forms.DateField(
        label=_("Recorded since the end of"),
        input_formats=["%Y-%m-%d"],
        required=False,
        validators=[MaxValueValidator(date(9999, 12, 30))],  # it has a next day
    )
    """After that day, as on the page of changes. `since` filters by the day of the report."""

    def chosen(self) -> dict[str, Any]:
        """Return the parameters of a valid form, by the field's name."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrowed(self, updates: ProgressUpdateQuerySet) -> ProgressUpdateQuerySet:
        """Return the updates that match a valid form."""
        lookups = {"status": "status", "agency": "agency", "since": "position_day__gte"}
        chosen = self.chosen()
        if day := chosen.pop("recorded_since", None):
            updates = updates.filter(recorded_day__gt=day)
        return updates.filter(**{lookups[name]: value for name, value in chosen.items()})

    def words(self) -> str:
        """Describe the filters for the head of the file; empty without any."""
        return "; ".join(f"{self.fields[name].label}: {value}" for name, value in self.chosen().items())
