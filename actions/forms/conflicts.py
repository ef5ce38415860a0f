"""Editing a thing that others may edit at the same time: the second person sees both texts, and nothing is lost."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    _Base = forms.ModelForm[models.Model]
else:
    _Base = forms.ModelForm


class SendAgain:
    """A bound form whose hidden fields can be set anew, so that sending it once more goes through."""

    data: Any

    def send_again_with(self, **hidden: int | str | UUID) -> None:
        self.data = self.data.copy()
        for name, value in hidden.items():
            self.data[self.add_prefix(name)] = str(value)  # type: ignore[attr-defined]


def version_of(instance: models.Model) -> int:
    """The newest row of its history; 0 where there is none. One query."""
    if not instance.pk:
        return 0
    history: Any = instance.history  # type: ignore[attr-defined] # of simple_history
    return history.order_by("-history_id").values_list("history_id", flat=True).first() or 0


class ConflictAwareForm(SendAgain, _Base):
    """A model form that knows which version the person has read (the newest row of the model's history).

    Where somebody saved another since, the form is invalid, keeps what was typed, and `theirs` holds label, their value and the
    typed one of each field that differs. Sent once more, it saves. Call it with the row locked.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**62)
    theirs: list[tuple[str, str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs = []
        self.version = version_of(self.instance)
        self.initial["seen"] = self.version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen = data.get("seen")
        if self.instance.pk and seen is not None and seen != self.version:
            self.theirs = list(self._differences(data))
            self.send_again_with(seen=self.version)
            if self.theirs:
                raise forms.ValidationError(
                    _(
                        "Somebody saved another version while you were typing. Your text is still here: "
                        "compare the two, then save again to keep yours."
                    ),
                    code="conflict",
                )
        return data

    def _differences(self, data: dict[str, Any]) -> Any:
        for name, field in self.fields.items():
            if name == "seen" or name not in data:
                continue
            stored = self.initial.get(name)
            if field.has_changed(stored, self._typed(name)):
                yield str(field.label), _shown(field, stored), _shown(field, data[name])

    def _typed(self, name: str) -> Any:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, list | tuple | models.QuerySet):
        return ", ".join(str(item) for item in value) or "–"
    return "–" if value in (None, "") else str(field.prepare_value(value))
