"""The form that publishes the note."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.text import validate_line
from tracker.web.optimistic_lock import VersionedForm


class AudienceForm(forms.Form):
    """While sign-offs are missing (`unsigned`), the note is for everybody only if the person confirms it."""

    audience = forms.ChoiceField(label=_("Who may read it?"), choices=Agenda.Audience, widget=forms.RadioSelect)
    unsigned_too = forms.BooleanField(label=_("Open it to everybody without these sign-offs"), required=False)
    refusal = _(
        "Not all agencies have signed off what it says about them: see the list above. Nothing was changed. Leave it to the network, "
        "or tick this to open it to everybody all the same."
    )

    def __init__(self, data: Any = None, *, unsigned: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if not unsigned:
            del self.fields["unsigned_too"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("audience") == Agenda.Audience.EVERYBODY and data.get("unsigned_too") is False:
            self.add_error("unsigned_too", str(self.refusal))
        return data


class PublishForm(VersionedForm, AudienceForm):
    """`sha256` is that of what would be published now: if the person saw other content, the form is invalid."""

    unsigned_too = forms.BooleanField(label=_("Publish it to everybody without these sign-offs"), required=False)
    refusal = _(
        "Not all agencies have signed off what it says about them: see the list above. Nothing was published. Choose the network, "
        "or tick this to publish it to everybody all the same."
    )
    remark = forms.CharField(
        label=_("Remark"),
        help_text=_("What it is for, such as “Handed out at the annual meeting”."),
        required=False,
        max_length=300,
        validators=[validate_line],
    )

    field_order = ["audience", "unsigned_too", "remark"]

    def __init__(self, data: Any = None, *, sha256: str, unsigned: bool, initial: dict[str, Any]) -> None:
        super().__init__(data, unsigned=unsigned, initial=initial, version=sha256)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("audience") and self.is_outdated:
            self.is_conflict = True
            self.send_again_with_version()
            raise ValidationError(
                gettext(
                    "The note was changed or published while you were looking at it. Nothing was published: "
                    "look at the draft again, then publish it."
                ),
                code="conflict",
            )
        return data
