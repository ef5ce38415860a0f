"""Forms of what lies within something that the address gives: an issue of an agenda, a milestone of an action point."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    _Base = forms.ModelForm[Any]
else:
    _Base = forms.ModelForm


class WithinForm(_Base):
    """Refuses what must be unique `within` a thing and is not. The form lacks that field, so Django would leave it to the database."""

    within: str

    def validate_unique(self) -> None:
        super().validate_unique()
        try:
            self.instance.validate_constraints(exclude=self._get_validation_exclusions() - {self.within})  # type: ignore[attr-defined] # of ModelForm
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined] # of ModelForm
