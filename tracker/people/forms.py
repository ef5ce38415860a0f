"""The forms about people: what an admin says of them, and what they say of themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.people import time_zones
from tracker.people.models import User


class _TimeZoneForm(forms.ModelForm):
    """With the time zone as a choice. One that is no longer among the choices is kept until another is chosen."""

    time_zone = forms.ChoiceField(
        label=_("time zone"),
        help_text=_("Type the first letters of your city, or of the nearest large one."),
        initial="UTC",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = list(time_zones.choices())
        current = self.instance.time_zone
        if not any(current == name or current in dict(_pairs(cities)) for name, cities in choices):
            choices.insert(0, (current, current))
        self.fields["time_zone"].choices = choices  # type: ignore[attr-defined]


class PersonForm(_TimeZoneForm):
    """A person as admins see one: no password, which each sets for oneself."""

    class Meta:
        model = User
        fields = [
            "email",
            "name",
            "role",
            "agency",
            "language",
            "time_zone",
            "wants_digests",
            "digests_paused_until",
            "is_active",
        ]


def _pairs(cities: Any) -> list[tuple[str, str]]:
    return cities if isinstance(cities, list) else []
