"""The forms of a hand-over: between whom, then what and why."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.handover.transfer import Moving
from tracker.people.models import User
from tracker.text import validate_line


class PersonField(forms.ModelChoiceField):
    """A person, shown with the agency. Numbers that no database can hold name nobody."""

    def label_from_instance(self, person: Any) -> str:
        return f"{person} ({person.agency})" if person.agency else str(person)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "?"}) from error


class BetweenForm(forms.Form):
    """Whose work goes to whom. Somebody deactivated already can hand over, too: the work has not moved by that."""

    predecessor = PersonField(
        User.objects.select_related("agency"), label=_("Who leaves"), empty_label=_("Choose a person")
    )
    successor = PersonField(
        User.objects.active().select_related("agency"), label=_("Who takes over"), empty_label=_("Choose a person")
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("predecessor") and data.get("predecessor") == data.get("successor"):
            self.add_error("successor", gettext("Choose two different people."))
        return data


class HandoverForm(forms.Form):
    """All of it goes to the successor, but for what is unticked. Where what would move has changed since the person saw it,
    `has_moved` is true: what was unticked stays so, and what is new is ticked.
    """

    assigned = forms.TypedMultipleChoiceField(
        label=_("Assigned by name"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    led = forms.TypedMultipleChoiceField(
        label=_("Led by the agency"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Because"),
        help_text=_("The successor reads it, and it is kept with the record."),
        max_length=500,
        validators=[validate_line],
    )
    deactivate = forms.BooleanField(label=_("Deactivate the account of the person who leaves"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, moving: Moving, predecessor: User, may_deactivate: bool
    ) -> None:
        groups = {"assigned": moving.assigned, "led": moving.led}
        all_of_it = {name: [point.pk for point in points] for name, points in groups.items()} | {"seen": moving.mark}
        self._sent = data if data is not None else QueryDict()
        self.has_moved = data is not None and data.get("seen") != moving.mark
        super().__init__(_looked_at_again(data, all_of_it) if data and self.has_moved else data, initial=all_of_it)
        for name, points in groups.items():
            field: Any = self.fields[name]
            field.choices = [(point.pk, f"{point} ({point.get_status_display()})") for point in points]
            if not points:
                del self.fields[name]
        if "assigned" in self.fields:
            self.fields["assigned"].help_text = gettext("What you untick stays with %(name)s.") % {"name": predecessor}
        if "led" in self.fields:
            self.fields["led"].help_text = gettext(
                "%(name)s answers for these through the agency alone. The agency goes on leading them, and the successor is named besides; "
                "what you untick is the agency's alone."
            ) % {"name": predecessor}
        if not may_deactivate:
            del self.fields["deactivate"]

    @property
    def sent(self) -> tuple[str, set[int]]:
        """The reason and the ids of what was chosen just as they were sent, valid or not."""
        ids = [*self._sent.getlist("assigned"), *self._sent.getlist("led")]
        return self._sent.get("reason", "").strip(), {int(pk) for pk in ids if re.fullmatch("[0-9]{1,18}", pk)}

    @property
    def chosen(self) -> set[int]:
        """The ids of what goes to the successor, once it is valid."""
        return {pk for name in ("assigned", "led") for pk in self.cleaned_data.get(name, [])}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("deactivate") and "assigned" in data and set(self.initial["assigned"]) - set(data["assigned"]):
            self.add_error(
                "assigned",
                gettext("What stays with a deactivated account is left alone. Tick it, or keep the account."),
            )
        return data


def _looked_at_again(data: QueryDict, all_of_it: dict[str, Any]) -> QueryDict:
    """What was typed, with all ticked but what the person saw and unticked."""
    data = data.copy()
    ticked = {*data.getlist("assigned"), *data.getlist("led")}
    unticked = set(re.findall(r"[0-9]+", data.get("seen", ""))) - ticked
    for name in ("assigned", "led"):
        data.setlist(name, [str(pk) for pk in all_of_it[name] if str(pk) not in unticked])
    data["seen"] = all_of_it["seen"]
    return data
