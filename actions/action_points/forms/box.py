"""Define the box: the short form that answers one question about one part, in the inbox and behind the link of a mail."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.action_points.forms.progress import ProgressForm
from actions.drafts import Typed
from actions.models import ProgressUpdate, ReportedStatus, Responsibility
from actions.models.progress_update import REASON_LIMIT
from actions.progress import Progress
from tracker.dates.value import PartialDate
from tracker.people.models import User

_FIELDS = ("status", "narrative", "happened", "evidence", "submission", "version")
_START_LIMIT = MaxLengthValidator(REASON_LIMIT)


def sentence_start() -> str:
    """Return the words with which an answer "no progress" begins."""
    return gettext("No progress because")


class BoxForm(ProgressForm):
    """Log progress on one part with one text, which is the reason if the status is "no progress"."""

    def __init__(self, *args: Any, part: Responsibility | None, user: User, **kwargs: Any) -> None:
        """Take the part whose agency the update is from. None for an action point without a lead: it is from the user's agency."""
        super().__init__(*args, user=user, **kwargs)
        agency = None if user.is_coordinating else user.agency
        self.from_agency = part.agency if part else agency
        self.fields = {name: self.fields[name] for name in _FIELDS}
        text, happened, link = (self.fields[name] for name in ("narrative", "happened", "evidence"))
        text.widget, text.help_text = forms.Textarea(attrs={"rows": 3}), ""
        happened.help_text = ""
        happened.widget.attrs["placeholder"] = str(PartialDate.parse(f"{self.today:%Y-%m}"))
        link.label, link.help_text = _("Link"), ""
        link.widget = forms.TextInput(attrs={"placeholder": "https://", "spellcheck": "false", "dir": "ltr"})

    @staticmethod
    def starting(status: str, last: ProgressUpdate | None, start: str = "") -> dict[str, Any]:
        """Return the initial values: the part's last status, unless that was "no progress", which is an answer for its own time only.

        `start` chooses the beginning of the text: "no_progress" begins the sentence, "same" copies the last update.
        """
        if start == "no_progress":
            return {"status": ReportedStatus.NO_PROGRESS.value, "narrative": f"{sentence_start()} "}
        if start == "same" and last:
            return {"status": last.status, "narrative": last.reason or last.narrative}
        is_answer = status in ReportedStatus.values and status != ReportedStatus.NO_PROGRESS
        return {"status": status} if is_answer else {}

    @staticmethod
    def as_full_form(typed: Typed, part: Responsibility | None) -> Typed:
        """Return what was typed into the box as values of the full form, which continues a draft."""
        if typed.get("status") == [ReportedStatus.NO_PROGRESS.value]:
            typed = typed | {"reason": typed.get("narrative", []), "narrative": []}
        return typed | ({"agency": [str(part.agency_id)]} if part else {})

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error("narrative" if field == "reason" else field, error)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        text = data.get("narrative")
        if data.get("status") == ReportedStatus.NO_PROGRESS and text is not None:
            data["reason"], data["narrative"] = "" if _is_only_start(text) else text, ""
            try:
                _START_LIMIT(text)
            except ValidationError as error:
                self.add_error("narrative", error)
        return super().clean()

    def focus_first(self) -> None:
        """Let the page focus the first field with an error; without one the text."""
        field = next((name for name in self.fields if name in self.errors), "narrative")
        self.fields[field].widget.attrs |= {"autofocus": True, "data-autofocus": True}

    def progress(self) -> Progress:
        data = self.cleaned_data
        return Progress(
            status=data["status"],
            narrative=data["narrative"],
            reason=data.get("reason", ""),
            happened=data["happened"],
            agency=self.from_agency,
            evidence=data["evidence"],
        )


def _is_only_start(text: str) -> bool:
    """Return whether the sentence was begun and not finished."""
    return text.strip(" .…").casefold() == sentence_start().casefold()
