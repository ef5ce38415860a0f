"""Define models whose rows are not changed or deleted once they are stored, neither one by one nor through a QuerySet."""

from typing import Any, ClassVar, NoReturn, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class AppendOnlyError(TypeError):
    """Report code that tries to change or delete an append-only row."""


class AppendOnlyQuerySet(models.QuerySet[Row]):
    """Refuse methods that change or delete rows."""

    def update(self, **values: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are append only.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are append only.")

    def update_or_create(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are append only.")


class AppendOnlyModel(models.Model):
    """Refuse to change or delete a stored row. Named methods may change the columns in `amendable` through `_amend`."""

    amendable: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are append only.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted.")

    def _amend(self, **values: Any) -> None:
        """Change some of the columns in `amendable`. One query."""
        if not self.amendable.issuperset(values):
            raise AppendOnlyError(f"{type(self).__name__} rows are append only.")
        type(self)._base_manager.filter(pk=self.pk).update(**values)
        for name, value in values.items():
            setattr(self, name, value)
