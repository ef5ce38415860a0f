"""Make the forms of the admin site: fields that refuse what cannot be stored, and the parts of a record."""

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminTextInputWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import BadRequest, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms import BaseInlineFormSet, ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext

from tracker.changed_fields import ChangedFieldsForm

ID = re.compile(r"[0-9]{1,18}")
FIRST_DAY, LAST_DAY = date(1945, 1, 1), date(2100, 12, 31)
"""The first and the last day that may be typed, like those of partial dates."""
MAX_PARTS = 200
"""Maximum number of parts of one kind that a page takes, such as milestones of an action point."""

if TYPE_CHECKING:
    _Base = admin.options.BaseModelAdmin[Any]
else:
    _Base = object


class _OnlyIds:
    """Ignore values that cannot be ids, so that the field refuses them and the page can be shown again."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [each for each in value if ID.fullmatch(str(each))], attr)  # type: ignore[misc]


class _Choice(_OnlyIds, AutocompleteSelect):
    pass


class _Choices(_OnlyIds, AutocompleteSelectMultiple):
    pass


class FormFields(_Base):
    """Make the fields of the forms of records and of their parts."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **options: Any) -> Any:
        """Use wide inputs for long lines, offer no button that deletes a related record, and take days that can be counted with."""
        if type(db_field) is models.DateField:
            options.setdefault("validators", [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)])
        if isinstance(db_field, models.CharField) and (db_field.max_length or 0) > 100 and not db_field.choices:
            options.setdefault("widget", AdminTextInputWidget(attrs={"class": "vLargeTextField"}))
        field: Any = super().formfield_for_dbfield(db_field, request, **options)
        if isinstance(field and field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", _Choice(db_field, self.admin_site))
        field: Any = super().formfield_for_foreignkey(db_field, request, **options)
        as_choice = getattr(self.admin_site._registry.get(db_field.related_model), "as_choice", None)
        if isinstance(field, ModelChoiceField) and as_choice:
            field.label_from_instance = as_choice  # type: ignore[method-assign]
        return field

    def formfield_for_manytomany(self, db_field: Any, request: Any, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", _Choices(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **options)


class PartFormSet(BaseInlineFormSet):
    """Refuse a form of stored parts that are not stored: it was made by hand, or somebody has removed a part meanwhile."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc] # of Django
        if self.is_bound and i < self.initial_form_count() and form.instance.pk is None:
            raise BadRequest(
                gettext(
                    "Somebody else has removed one of the parts on this page, so nothing was saved. Open the page again, and "
                    "repeat your changes."
                )
            )
        return form


class PartForm(ChangedFieldsForm):
    def validate_unique(self) -> None:
        """Refuse what the record has already. Django leaves this out because the form has no field for the record."""
        super().validate_unique()
        if self.errors:
            return
        try:
            self.instance.validate_constraints(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined] # of ModelForm
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined] # of ModelForm


class PartInline(FormFields, admin.TabularInline):
    """Edit the parts of a record. They are deleted on pages of their own, which show what else is deleted."""

    form = PartForm
    formset = PartFormSet
    extra = 0
    max_num = 100
    can_delete = False
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """Limit the number of forms that a request made by hand can ask for: each costs time."""
        return super().get_formset(request, obj, **(options | {"absolute_max": MAX_PARTS}))
