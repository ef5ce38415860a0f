"""Store a selection of numbers, such as days of the week, in one column."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

if TYPE_CHECKING:
    _Field = models.CharField[Iterable[int], tuple[int, ...]]
else:
    _Field = models.CharField


class NumberChoicesField(_Field):
    """Store a selection of `numbers`, which are pairs of number and label.

    The value is a sorted tuple in Python, text such as `0,3` in the database, and checkboxes in a form.
    """

    def __init__(self, *args: Any, numbers: Iterable[tuple[int, Any]] = (), **options: Any) -> None:
        self.numbers = list(numbers)
        super().__init__(*args, **({"max_length": 60} | options))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> tuple[int, ...]:
        """Ignore what is not a number, so that a damaged row does not break every query that reads it."""
        return tuple(sorted({int(part) for part in (value or "").split(",") if part.isascii() and part.isdigit()}))

    def to_python(self, value: Any) -> tuple[int, ...]:
        if isinstance(value, str):
            value = [part for part in value.split(",") if part]
        try:
            return tuple(sorted({int(number) for number in value or ()}))
        except (TypeError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value}) from error

    def get_prep_value(self, value: Any) -> str:
        return ",".join(map(str, self.to_python(value)))

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if not value and not self.blank:
            raise ValidationError(self.error_messages["blank"], "blank")
        known = {number for number, _label in self.numbers}
        for number in set(value) - known if known else ():
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": number})

    def run_validators(self, value: Any) -> None:
        super().run_validators(self.get_prep_value(value))

    def formfield(self, *args: Any, **options: Any) -> Any:
        options = {key: value for key, value in options.items() if key in {"label", "help_text", "initial", "required"}}
        defaults: dict[str, Any] = {
            "required": not self.blank,
            "label": capfirst(self.verbose_name),
            "help_text": self.help_text,
        }
        if self.has_default():
            defaults["initial"] = self.get_default()
        return _NumbersFormField(choices=self.numbers, coerce=int, **(defaults | options))


class _NumbersFormField(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> tuple[int, ...]:
        return tuple(sorted(super().clean(value)))
