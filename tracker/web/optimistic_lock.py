"""One optimistic lock for all forms: nobody overwrites what somebody else has changed since the person read it.

A form carries the version that was read in the hidden field `version`: the newest row of a history, a number, or a digest of the
content. If the current version is another one, the form is shown again with what was typed, carries the current version, and can be
sent once more.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from tracker.enumerations import comma_separated

if TYPE_CHECKING:
    _Form = forms.Form
    _ModelForm = forms.ModelForm[models.Model]
else:
    _Form = object
    _ModelForm = forms.ModelForm


def version_of(instance: models.Model) -> str:
    """Return the newest row of its history; empty if it has none yet. One query, none for what is not stored."""
    if not instance.pk:
        return ""
    history: Any = instance.history  # type: ignore[attr-defined] # of simple_history
    return str(history.order_by("-history_id").values_list("history_id", flat=True).first() or "")


def version_of_content(*content: Any) -> str:
    """Return a digest of plain values: the same for the same content, and for no other."""
    return sha256(json.dumps(content, default=str).encode()).hexdigest()


class VersionedForm(_Form):
    """Mix in before Form or ModelForm. `version` is the current version of what the form changes.

    Compare with the row locked, in the transaction that stores.
    """

    data: Any
    version_required: ClassVar[bool] = True
    """Whether a form that arrives without a version counts as outdated."""
    version_is_number: ClassVar[bool] = False
    is_conflict = False
    """Whether somebody else has changed the same thing since the person read it, so that this was not stored."""

    def __init__(self, *args: Any, version: object = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.current_version = str(version)
        self.fields["version"] = (
            forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
            if self.version_is_number
            else forms.CharField(required=False, widget=forms.HiddenInput)
        )
        self.initial.setdefault("version", self.current_version)

    @property
    def version_read(self) -> str:
        """The version that the person read; empty if the form came without."""
        return self["version"].data or ""

    @property
    def is_outdated(self) -> bool:
        if not self.is_bound or not (self.version_read or self.version_required):
            return False
        return self.version_read != self.current_version

    def send_again_with(self, **hidden: int | str | UUID) -> None:
        """Set hidden fields of the bound form, so that sending it once more succeeds."""
        self.data = self.data.copy()
        for name, value in hidden.items():
            self.data[self.add_prefix(name)] = str(value)

    def send_again_with_version(self) -> None:
        self.send_again_with(version=self.current_version)


class VersionedModelForm(VersionedForm, _ModelForm):
    """A model form whose version is the newest row of the model's history.

    If it is outdated, `theirs` holds label, stored and typed value of each field that differs, and the form is invalid until it is sent
    again. If nothing differs, it is valid.
    """

    version_required = False
    theirs: list[tuple[str, str, str]]

    def __init__(self, *args: Any, **options: Any) -> None:
        instance = options.get("instance")
        super().__init__(*args, version=self.stored_version(instance) if instance else "", **options)
        self.theirs = []

    def stored_version(self, instance: models.Model) -> str:
        """Return the version of what is stored. Override it if the form changes more than the instance."""
        return version_of(instance)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.instance.pk and self.is_outdated:
            self.theirs = list(self._differences(data))
            self.is_conflict = bool(self.theirs)
            self.send_again_with_version()
            if self.theirs:
                raise forms.ValidationError(
                    _(
                        "Somebody saved another version while you were typing. Your text is still here: "
                        "compare the two, then save again to keep yours."
                    ),
                    code="conflict",
                )
        return data

    def _differences(self, data: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        for name, field in self.fields.items():
            if name == "version" or name not in data:
                continue
            stored = self.initial.get(name)
            if field.has_changed(stored, self[name].data):
                yield str(field.label), _as_text(field, stored), _as_text(field, data[name])


def _as_text(field: forms.Field, value: Any) -> str:
    if isinstance(value, list | tuple | models.QuerySet):
        return comma_separated(value) or "–"
    return "–" if value in (None, "") else str(field.prepare_value(value))
