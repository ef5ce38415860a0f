"""A form field for several objects of a list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class ManyField(forms.ModelMultipleChoiceField):
    """Boxes to tick. Numbers that no database can hold are refused like any other that names nothing."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "?"}) from error
