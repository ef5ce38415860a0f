"""Choose one object of a list, or several."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class OneOfField(forms.ModelChoiceField):
    """Choose one object. Refuse a number that no database can store like any other invalid choice."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "?"}) from error


class CheckboxesField(forms.ModelMultipleChoiceField):
    """Show a checkbox for each object. Refuse numbers that no database can store like any other invalid choice."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "?"}) from error
