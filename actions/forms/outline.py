"""The form that takes an agenda as it was written down."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from actions.outline import Plan, plan
from issues.models import Agenda
from tracker.text import validate_text


class OutlineForm(forms.Form):
    """`plan` is what the text would add, where it is valid. Call it with the agenda locked."""

    text = forms.CharField(
        label=_("Issues and action points"),
        max_length=100_000,
        strip=False,  # complaints name lines
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto", "spellcheck": "true"}),
    )

    def __init__(self, data: Any = None, *, agenda: Agenda, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.agenda = agenda
        self.plan: Plan | None = None

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        self.plan = plan(self.agenda, text)
        if self.plan.complaints:
            raise ValidationError(self.plan.complaints[:20])
        return text
