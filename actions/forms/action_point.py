"""Edit an action point: its text, lead agencies and focal points."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from actions.forms.choices import CheckboxesField
from actions.models import ActionPoint
from tracker.people.choosing import PeopleField
from tracker.people.models import Agency, User
from tracker.web.optimistic_lock import VersionedModelForm


class ActionPointForm(VersionedModelForm):
    lead_agencies = CheckboxesField(
        label=_("Lead agencies"),
        queryset=Agency.objects.all(),
        required=False,
    )
    focal_points = PeopleField(
        label=_("Focal points"),
        help_text=_("The persons responsible. They get its reminders."),
        required=False,
    )

    class Meta:
        model = ActionPoint
        fields = ["title", "description", "lead_agencies", "focal_points"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            assigned = User.objects.filter(assigned_action_points=self.instance.pk)
            self.fields["focal_points"].queryset = User.objects.active_or_among(assigned)  # type: ignore[attr-defined]
