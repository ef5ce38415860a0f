"""Define the forms that add, edit, complete and remove a milestone."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.action_points.forms.days import not_to_come
from actions.forms.choices import OneOfField
from actions.forms.unique_in_parent import UniqueInParentForm
from actions.models import Milestone
from actions.models.milestone import REASON_LIMIT
from tracker.dates.fields import PartialDateFormField
from tracker.dates.value import PartialDate
from tracker.people.models import Agency
from tracker.text import validate_line
from tracker.web.optimistic_lock import VersionedForm, VersionedModelForm


class MilestoneForm(UniqueInParentForm, VersionedModelForm):
    parent = "action_point"

    class Meta:
        model = Milestone
        fields = ["title", "due", "place", "agency", "due_note", "repeats_every_months", "done_on"]
        field_classes = {"agency": OneOfField}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self._offer_agencies()

    def _offer_agencies(self) -> None:
        """Offer the lead agencies, and the agency that it has. Without a lead it is everybody's."""
        agencies = {agency.pk for agency in self.instance.action_point.leads} | {self.instance.agency_id} - {None}
        if not agencies:
            del self.fields["agency"]
            return
        field: Any = self.fields["agency"]
        field.queryset = Agency.objects.filter(pk__in=agencies).order_by("acronym")
        field.label, field.empty_label = _("For the part of"), _("All parts")

    def clean_done_on(self) -> PartialDate | None:
        message = gettext("This date is in the future. Leave it empty until the milestone is done.")
        return not_to_come(self.cleaned_data["done_on"], self.today, message)


class MilestoneDoneForm(VersionedForm, forms.Form):
    """Ask when it was done. The version keeps a form that is sent twice from completing two turns of a recurring milestone."""

    done_on = PartialDateFormField(label=_("When was it done?"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("done_on", PartialDate.day(today))

    def clean_done_on(self) -> PartialDate | None:
        message = gettext("This date is in the future. Mark the milestone as done once it is.")
        return not_to_come(self.cleaned_data["done_on"], self.today, message)


class MilestoneRemovalForm(VersionedForm, forms.Form):
    reason = forms.CharField(
        label=_("Why are you removing it?"),
        help_text=_("The history of the action point keeps the milestone, with this reason."),
        max_length=REASON_LIMIT,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
