"""Take an agenda that is pasted as text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from actions.agendas.pasted_agenda import PastedAgenda, parse_agenda
from issues.models import Agenda
from tracker.text import validate_text

MAX_ERRORS_SHOWN = 20


class PastedAgendaForm(forms.Form):
    """Parse the text. `pasted` holds what it would add. Create the form with the agenda locked."""

    text = forms.CharField(
        label=_("Issues and action points"),
        max_length=100_000,
        strip=False,  # errors name lines
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto", "spellcheck": "true"}),
    )

    def __init__(self, data: Any = None, *, agenda: Agenda, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.agenda = agenda
        self.pasted: PastedAgenda | None = None

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        self.pasted = parse_agenda(self.agenda, text)
        if self.pasted.errors:
            raise ValidationError(self.pasted.errors[:MAX_ERRORS_SHOWN])
        return text
