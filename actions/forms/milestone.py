"""The form for a milestone."""

from django.core.exceptions import ValidationError

from actions.forms.conflicts import ConflictAwareForm
from actions.models import Milestone


class MilestoneForm(ConflictAwareForm):
    class Meta:
        model = Milestone
        fields = ["title", "due", "place", "due_note", "repeats_every_months", "done_on"]

    def validate_unique(self) -> None:
        """Includes the action point, which the address gives: two milestones of one title would be confused."""
        exclude = self._get_validation_exclusions() - {"action_point"}  # type: ignore[attr-defined] # of ModelForm
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined] # of ModelForm
