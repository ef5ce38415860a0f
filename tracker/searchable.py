"""Make models searchable by parts of words: each row stores the folded text of its searched fields.

PostgreSQL has a trigram index on that column. SQLite has a trigram table (FTS5), which `save` updates, for words of three letters or more.
The migrations of `actions.search` create both. Code that changes searched fields without `save`, such as `bulk_create`, must call
`rebuild` afterwards.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from tracker.folding import fold, words_of

MAX_WORDS = 10
"""How many words are searched for at once. Each costs time."""

TRIGRAM = 3
"""The shortest word that an index can find, in letters."""

_BATCH = 1000
_Searchable = TypeVar("_Searchable", bound="Searchable")


class Searchable(models.Model):
    """Store the folded text of `searched_fields` with each row."""

    searched_fields: ClassVar[tuple[str, ...]]

    search_text = models.TextField(default="", blank=True, editable=False, serialize=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Update the folded text too, unless only other fields are saved."""
        saves_text = not self.get_deferred_fields().intersection(self.searched_fields)
        if update_fields is not None:
            update_fields = set(update_fields)
            saves_text = not update_fields.isdisjoint(self.searched_fields)
            update_fields |= {"search_text"} if saves_text else set()
        if saves_text:
            self.search_text = self.folded_text()
        super().save(*args, update_fields=update_fields, **options)
        if saves_text:
            _store_trigrams(type(self), [self.pk])

    def folded_text(self) -> str:
        return fold("\n".join(str(getattr(self, name)) for name in self.searched_fields))


def validate_words(text: str) -> None:
    """Accept what may be searched for. Raises ValidationError if there are more than MAX_WORDS different words."""
    if len(words_of(text)) > MAX_WORDS:
        raise ValidationError(
            _("Too many words. Search for %(limit)s at most."),
            code="too_many_words",
            params={"limit": MAX_WORDS},
        )


def contains_words(words: Iterable[str]) -> models.Q:
    """Match rows that contain all of the folded words, without an index: for the rows of one agenda, or a few."""
    return reduce(and_, (models.Q(search_text__contains=word) for word in words), models.Q())


def with_words(rows: models.QuerySet[_Searchable], words: Sequence[str]) -> models.QuerySet[_Searchable]:
    """Return the rows that contain all of the folded words, using the trigram index: for large tables."""
    if connections[rows.db].vendor == "postgresql":
        return rows.filter(contains_words(words))
    long = [word for word in words if len(word) >= TRIGRAM]
    rows = rows.filter(contains_words(word for word in words if len(word) < TRIGRAM))
    if not long:
        return rows
    table = trigram_table(rows.model)
    phrases = " ".join('"{}"'.format(word.replace('"', '""')) for word in long)
    ids = RawSQL(f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [phrases])  # noqa: S608, S611 - the name is ours
    return rows.filter(pk__in=ids)


def closeness(words: Sequence[str]) -> models.Case:
    """Sort what is called just as typed first, then what begins so. The name is the first line of the folded text."""
    typed = " ".join(words)
    return models.Case(
        models.When(search_text__startswith=f"{typed}\n", then=models.Value(0)),
        models.When(search_text__startswith=typed, then=models.Value(1)),
        default=models.Value(2),
    )


def rebuild(model: type[Searchable]) -> int:
    """Update the folded text of every row, and the trigram table. Return how many rows had to change."""
    rows: Any = model._base_manager.only("pk", "search_text", *model.searched_fields).order_by("pk")
    count, last = 0, 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1].pk
        outdated = [row for row in batch if row.search_text != row.folded_text()]
        for row in outdated:
            row.search_text = row.folded_text()
        count += model._base_manager.bulk_update(outdated, ["search_text"])
    _store_trigrams(model)
    return count


def trigram_table(model: type[models.Model]) -> str:
    """Return the name of the trigram table on SQLite, and of the trigram index on PostgreSQL."""
    return f"search_{model._meta.db_table}"


def _store_trigrams(model: type[models.Model], ids: Sequence[int] | None = None) -> None:
    """Write these rows, or all, to the trigram table. Does nothing on PostgreSQL."""
    connection = connections["default"]
    if connection.vendor != "sqlite":
        return
    table = trigram_table(model)
    rows = model._base_manager.values_list("pk", "search_text")
    with connection.cursor() as cursor:
        if ids is None:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the name is ours
        else:
            rows = rows.filter(pk__in=ids)
        select, values = rows.order_by().query.sql_with_params()
        cursor.execute(f"INSERT OR REPLACE INTO {table}(rowid, search_text) {select}", values)
