"""Ask before an agenda becomes visible to everybody on the internet."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = object

EVERYBODY = Agenda.Audience.EVERYBODY


class AsksBeforePublishing(_Form):
    """Mix in before a form with the field `visible_to`. The agenda becomes visible to everybody only if `confirm_everybody` is ticked, too.

    `was_public` says whether everybody sees it already: then nothing is asked.
    """

    was_public = False

    def add_confirmation(self, was_public: bool) -> None:
        """Add the field that is ticked to confirm. Call it last in `__init__`."""
        self.was_public = was_public
        if was_public:
            return
        self.fields["confirm_everybody"] = forms.BooleanField(
            label=_("Yes, everybody may read it"),
            help_text=_(
                "Everybody on the internet can then read its action points, updates and milestones, and which agency is responsible, "
                "without signing in. Names and addresses of people stay hidden."
            ),
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_asked = not self.was_public and data.get("visible_to") == EVERYBODY
        if is_asked and not data.get("confirm_everybody"):
            self.add_error(
                "confirm_everybody",
                gettext("Tick this to make the agenda visible to everybody, or choose the network."),
            )
        return data
