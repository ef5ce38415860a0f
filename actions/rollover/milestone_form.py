"""Validate what happens to the milestones that have passed: for each one a choice and, unless it is dropped, a date."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.action_points.forms.days import not_to_come
from actions.models import Milestone
from actions.rollover.milestones import MilestoneChoice
from actions.rollover.models import MilestoneDecision
from actions.rules import is_past_due
from tracker.dates.fields import PartialDateFormField
from tracker.dates.value import PartialDate

Kind = MilestoneDecision.Kind


class PassedMilestonesForm(forms.Form):
    """Choose for each milestone: done, a new date, or dropped. Those without a choice stay undecided."""

    def __init__(self, *args: Any, milestones: Sequence[Milestone], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.milestones, self.today = milestones, today
        for milestone in milestones:
            decision: MilestoneDecision | None = getattr(milestone, "rollover_decision", None)
            self.fields[f"kind_{milestone.pk}"] = forms.ChoiceField(
                label=_("What happens to it?"), choices=Kind, required=False, widget=forms.RadioSelect
            )
            self.fields[f"date_{milestone.pk}"] = PartialDateFormField(
                label=_("When it was done, or the new date"), required=False
            )
            if decision:
                self.initial.setdefault(f"kind_{milestone.pk}", decision.kind)
                self.initial.setdefault(f"date_{milestone.pk}", decision.date)

    def rows(self) -> Iterator[tuple[Milestone, forms.BoundField, forms.BoundField]]:
        """Iterate over the milestones with their two fields."""
        for milestone in self.milestones:
            yield milestone, self[f"kind_{milestone.pk}"], self[f"date_{milestone.pk}"]

    def clean(self) -> dict[str, Any]:
        for milestone in self.milestones:
            try:
                self._check(milestone)
            except ValidationError as error:
                self.add_error(f"date_{milestone.pk}", error)
        return self.cleaned_data

    def choices(self) -> dict[int, MilestoneChoice]:
        """Return the choices of a valid form by the ids of the milestones."""
        chosen = {}
        for milestone in self.milestones:
            if kind := self.cleaned_data[f"kind_{milestone.pk}"]:
                when = None if kind == Kind.DROPPED else self.cleaned_data[f"date_{milestone.pk}"]
                chosen[milestone.pk] = MilestoneChoice(kind, when)
        return chosen

    def _check(self, milestone: Milestone) -> None:
        """Raise ValidationError if the date does not fit the choice. A date that could not be read has its error already."""
        kind = self.cleaned_data.get(f"kind_{milestone.pk}")
        when: PartialDate | None = self.cleaned_data.get(f"date_{milestone.pk}")
        if f"date_{milestone.pk}" in self.errors or not kind or kind == Kind.DROPPED:
            return
        if kind == Kind.DONE:
            if when is None:
                raise ValidationError(gettext("Enter when it was done."))
            not_to_come(
                when, self.today, gettext("This date is in the future. Choose “New date” if it is not done yet.")
            )
        elif when is None:
            raise ValidationError(gettext("Enter the new date."))
        elif is_past_due(when.latest, self.today):
            raise ValidationError(gettext("This date has passed too. Enter one in the future."))
