"""Define the forms that add, edit, complete and remove a milestone."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.action_points.forms.days import not_to_come
from actions.forms.unique_in_parent import UniqueInParentForm
from actions.models import Milestone
from actions.models.milestone import REASON_LIMIT
from tracker.dates.fields import PartialDateFormField
from tracker.dates.value import PartialDate
from tracker.text import validate_line
from tracker.web.optimistic_lock import VersionedForm, VersionedModelForm


class MilestoneForm(UniqueInParentForm, VersionedModelForm):
    parent = "action_point"

    class Meta:
        model = Milestone
        fields = ["title", "due", "place", "due_note", "repeats_every_months", "done_on"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_done_on(self) -> PartialDate | None:
        message = gettext("This is still to come. Leave it empty until the milestone is done.")
        return not_to_come(self.cleaned_data["done_on"], self.today, message)


class MilestoneDoneForm(forms.Form):
    done_on = PartialDateFormField(label=_("When was it done?"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("done_on", PartialDate.day(today))

    def clean_done_on(self) -> PartialDate | None:
        message = gettext("This is still to come. Mark the milestone as done once it is.")
        return not_to_come(self.cleaned_data["done_on"], self.today, message)


class MilestoneRemovalForm(VersionedForm, forms.Form):
    reason = forms.CharField(
        label=_("Why is it removed?"),
        help_text=_("The history of the action point keeps the milestone, with this reason."),
        max_length=REASON_LIMIT,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
