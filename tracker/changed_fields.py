"""Forms that store only the fields that the person changed, so that changes of others to the other fields stay."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

if TYPE_CHECKING:
    _Base = forms.ModelForm[Model]
else:
    _Base = forms.ModelForm


class ChangedFieldsForm(_Base):
    """Carry each field of a stored record with its value as it was shown, so that `changed_data` is what the person changed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.show_hidden_initial = self.instance.pk is not None

    def save_changed_lists(self) -> None:
        """Add to each many-to-many field what the person added, and remove what the person removed."""
        lists: Any = self.instance._meta.many_to_many
        for field in lists:
            if field.name in self.changed_data:
                chosen, shown = set(self.cleaned_data[field.name]), set(self._shown(field.name))
                related = getattr(self.instance, field.name)
                related.remove(*(shown - chosen))
                related.add(*(chosen - shown))

    def _shown(self, name: str) -> Any:
        """Return the values that were shown; those that are stored now if the browser sent none."""
        field: Any = self.fields[name]
        sent = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
        try:
            return field.to_python(sent) if sent else self.initial.get(name) or []
        except ValidationError:  # one of them was deleted
            return self.initial.get(name) or []
