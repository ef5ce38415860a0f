"""Validate that an object is unique in its parent: an issue in its agenda, a milestone in its action point."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint
from django.forms.models import model_to_dict

if TYPE_CHECKING:
    _Base = forms.ModelForm[Any]
else:
    _Base = forms.ModelForm


class UniqueInParentForm(_Base):
    """Refuse an object that its parent already has. Django does not check this because the form has no field for the parent."""

    parent: ClassVar[str]
    """The name of the relation to the parent."""

    def stored_before(self) -> Any:
        """Return the object that the same form stored when it was sent before, or None. One query or two."""
        if self.instance.pk or self.is_valid():
            return None
        model = self._meta.model
        unique = [each for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
        names = next(each.fields for each in unique if self.parent in each.fields)
        place = {name: getattr(self.instance, name) for name in names}
        stored = model._default_manager.filter(**place).first()
        return stored if stored and not self._differs_from(stored) else None

    def _differs_from(self, stored: Any) -> bool:
        values = model_to_dict(stored, fields=self._meta.fields)
        return any(self.fields[name].has_changed(value, self[name].data) for name, value in values.items())

    def validate_unique(self) -> None:
        super().validate_unique()
        try:
            self.instance.validate_constraints(exclude=self._get_validation_exclusions() - {self.parent})  # type: ignore[attr-defined] # of ModelForm
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined] # of ModelForm
