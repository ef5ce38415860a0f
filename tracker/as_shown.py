"""Forms that know what the person was shown, so that what others have changed since is left alone."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

if TYPE_CHECKING:
    _Base = forms.ModelForm[Model]
else:
    _Base = forms.ModelForm


class AsShown(_Base):
    """For a stored record each field travels with its value as it was shown; `changed_data` is what the person changed of that."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.show_hidden_initial = self.instance.pk is not None

    def save_changed_lists(self) -> None:
        """Many to many: adds what the person added and takes away what the person took away."""
        lists: Any = self.instance._meta.many_to_many
        for field in lists:
            if field.name in self.changed_data:
                chosen, shown = set(self.cleaned_data[field.name]), set(self._shown(field.name))
                related = getattr(self.instance, field.name)
                related.remove(*(shown - chosen))
                related.add(*(chosen - shown))

    def _shown(self, name: str) -> Any:
        """Where the browser did not say: what is stored now."""
        field: Any = self.fields[name]
        said = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
        try:
            return field.to_python(said) if said else self.initial.get(name) or []
        except ValidationError:  # one of them is gone since
            return self.initial.get(name) or []
