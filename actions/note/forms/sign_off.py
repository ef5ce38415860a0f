"""The form with which a focal point signs off what the note says about an action point, or dissents."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.note.models.sign_off import DISSENT_LIMIT
from tracker.text import validate_text
from tracker.web.optimistic_lock import VersionedForm


class SignOffForm(VersionedForm, forms.Form):
    """`fingerprint` is that of the action point now: if the person saw another one, the form is invalid and keeps what was typed."""

    class Verdict(models.TextChoices):
        AGREE = "agree", _("We agree")
        DISSENT = "dissent", _("We do not agree, because")

    answer = forms.ChoiceField(label=_("What does your agency say?"), choices=Verdict, widget=forms.RadioSelect)
    dissent = forms.CharField(
        label=_("Your dissent"),
        help_text=_("Needed if you do not agree. The note shows it with the action point and your agency's name."),
        required=False,
        validators=[validate_text, MaxLengthValidator(DISSENT_LIMIT)],
        widget=forms.Textarea(attrs={"rows": 4, "data-counter": DISSENT_LIMIT}),
    )

    def __init__(self, data: Any = None, *, fingerprint: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, version=fingerprint)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == self.Verdict.DISSENT and not data.get("dissent") and "dissent" not in self.errors:
            self.add_error("dissent", gettext("Write in a sentence what you do not agree with."))
        if data.get("answer") and self.is_outdated:
            self.is_conflict = True
            self.send_again_with_version()
            raise ValidationError(
                gettext(
                    "The text was changed while you were reading. Your answer is still here and was not stored: "
                    "read the text below again, then send it."
                ),
                code="conflict",
            )
        return data

    @property
    def dissent_given(self) -> str:
        """Return the dissent; empty if the agency agrees."""
        return self.cleaned_data["dissent"] if self.cleaned_data["answer"] == self.Verdict.DISSENT else ""
