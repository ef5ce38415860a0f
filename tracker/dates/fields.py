"""Provide the model field of partial dates, the edges that the database filters and sorts by, and the form field.

    happened = PartialDateField(_("when it happened"), null=True, blank=True)
    happened_earliest = PartialDateEdge(source="happened", edge="earliest")

An edge cannot be set: it always follows its source, however the row is saved. `save(update_fields=[...])` and `bulk_update` have to
name the edge as well as its source, and `QuerySet.update(happened=...)` must not be used because it cannot derive the edge.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django import forms
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable
from django.db.models.query_utils import DeferredAttribute
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker.dates.parsing import MAX_TYPED_LENGTH, examples, named_day, parse_typed
from tracker.dates.parts import PartialDateError
from tracker.dates.value import MAX_TEXT_LENGTH, PartialDate

_Set = TypeVar("_Set")
_Get = TypeVar("_Get")

# django-stubs gives fields type parameters, which Django's own fields do not take at run time.
if TYPE_CHECKING:

    class _Field(models.Field[_Set, _Get]): ...

    class _DateField(models.DateField[_Set, _Get]): ...
else:

    class _Field(models.Field):
        def __class_getitem__(cls, types):
            return cls

    class _DateField(models.DateField):
        def __class_getitem__(cls, types):
            return cls


def _hint() -> str:
    return gettext("As precisely as you know: %(examples)s.") % {"examples": examples(timezone.localdate())}


class PartialDateFormField(forms.Field):
    """Parse what people type for a date, "today" and "yesterday" included, into a PartialDate; an empty text into None."""

    today: date | None = None
    """The day that "today" means. A form may set it; by default it is the current day in the active time zone."""

    default_help_text = lazy(_hint, str)()
    glossary = "dates"
    """The word of the glossary that a "?" beside the field leads to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"help_text": options.get("help_text") or self.default_help_text})

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or isinstance(value, PartialDate):
            return value
        if not str(value).strip():
            return None
        today = self.today or timezone.localdate()
        if day := named_day(str(value), today):
            return PartialDate.day(day)
        try:
            return parse_typed(str(value), today=today)
        except PartialDateError as error:
            raise ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """Return the text for the input: the date as people write it, or as EDTF if that would not be parsed as the same date."""
        if not isinstance(value, PartialDate):
            return value
        words = value.display()
        try:
            return words if parse_typed(words, today=timezone.localdate()) == value else value.text
        except PartialDateError:
            return value.text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {
            "maxlength": MAX_TYPED_LENGTH,
            "autocomplete": "off",
            "inputmode": "text",
            "spellcheck": "false",
        }


class _SourceAttribute(DeferredAttribute):
    """Mark the edges of a loaded source as loaded, so that Django saves them together."""

    field: "PartialDateField[Any, Any]"

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value
        for edge in self.field.edges:
            instance.__dict__.setdefault(edge, None)


class PartialDateField(_Field[_Set, _Get]):
    """Store a PartialDate as EDTF text. The attribute is a PartialDate or None; the empty text is never stored."""

    _pyi_private_set_type: PartialDate | str | Combinable
    _pyi_private_get_type: PartialDate
    _pyi_lookup_exact_type: PartialDate | str

    description = _("Partial date (up to %(max_length)s characters of EDTF)")
    empty_strings_allowed = False
    descriptor_class = _SourceAttribute

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"max_length": MAX_TEXT_LENGTH})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        del options["max_length"]
        return name, path, args, options

    def get_internal_type(self) -> str:
        return "CharField"

    @cached_property
    def edges(self) -> list[str]:
        """Return the names of the edges that follow this field."""
        fields = self.model._meta.concrete_fields
        return [field.attname for field in fields if isinstance(field, PartialDateEdge) and field.source == self.name]

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> PartialDate | None:
        return PartialDate.parse(value) if value else None

    def to_python(self, value: Any) -> PartialDate | None:
        if value in (None, "") or isinstance(value, PartialDate):
            return value or None
        try:
            return PartialDate.parse(str(value))
        except PartialDateError as error:
            raise ValidationError(str(error), code="invalid") from error

    def get_prep_value(self, value: Any) -> str | None:
        value = super().get_prep_value(value)
        if value in (None, ""):
            return None
        return (value if isinstance(value, PartialDate) else PartialDate.parse(str(value))).text

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": PartialDateFormField, **options})


class _EdgeAttribute(DeferredAttribute):
    """Return the edge of the source's value on the same instance. Setting it is ignored while the source is loaded."""

    field: "PartialDateEdge[Any, Any]"

    def __get__(self, instance: models.Model | None, owner: Any = None) -> Any:
        if instance is None:
            return self
        loaded = instance.__dict__
        if self.field.source not in loaded and self.field.attname in loaded:
            return loaded[self.field.attname]
        value = getattr(instance, self.field.source)
        if isinstance(value, str):
            value = _parsed_or_none(value)
        elif not isinstance(value, PartialDate | None):
            raise TypeError(f"{self.field.source} must be a PartialDate, EDTF text or None, not {value!r}.")
        return getattr(value, self.field.edge) if value else None

    def __set__(self, instance: models.Model, value: date | None) -> None:
        instance.__dict__[self.field.attname] = value


def _parsed_or_none(text: str) -> PartialDate | None:
    """Parse EDTF; return None for an unreadable text, which fails with a better message when its field is saved."""
    try:
        return PartialDate.parse(text)
    except PartialDateError:
        return None


class PartialDateEdge(_DateField[_Set, _Get]):
    """Store the earliest or latest day of a PartialDateField of the same model, in a column to filter and sort by.

    Its value is derived whenever it is read or saved, and null if the source is empty.
    """

    descriptor_class = _EdgeAttribute

    def __init__(self, *args: Any, source: str, edge: Literal["earliest", "latest"], **options: Any) -> None:
        self.source, self.edge = source, edge
        super().__init__(*args, **options | {"null": True, "editable": False, "serialize": False})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        for fixed in ("null", "editable", "serialize"):
            options.pop(fixed, None)
        return name, path, args, options | {"source": self.source, "edge": self.edge}

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        sources = {field.name for field in self.model._meta.concrete_fields if isinstance(field, PartialDateField)}
        if self.source in sources and self.edge in ("earliest", "latest"):
            return super().check(**options)
        message = f"{self.edge!r} of {self.source!r} is not the edge of a PartialDateField of this model."
        return [*super().check(**options), checks.Error(message, obj=self, id="tracker.E001")]
