"""Load the 2005 baseline: add what is missing, and bring what an earlier version loaded up to date, but never what people have edited."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import ProtectedError

from actions.models import ActionPoint, Milestone, ProgressUpdate, Responsibility
from actions.progress import Progress, apply_status, correct
from actions.submission import same_content
from tracker.people.models import Agency
from tracker.transactions import lock

FIXTURE: Path = settings.BASE_DIR / "fixtures" / "baseline_2005.json"
CHANGE_REASON = "Loaded with the 2005 baseline"

KEYS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "people.agency": (("acronym",), "{}"),
    "issues.agenda": (("slug",), "{}"),
    "issues.issue": (("agenda", "number"), "{}/{}"),
    "actions.actionpoint": (("issue", "number"), "{}/{}.{}"),
    "actions.responsibility": (("action_point", "agency"), "{}/{}.{} {}"),
    "actions.progressupdate": (("action_point", "number", "version"), "{}/{}.{} #{}"),
    "actions.milestone": (("action_point", "title"), '{}/{}.{} "{}"'),
}
"""The fields of each model's natural key, parent first, and the format in which people write the key."""

REMOVABLE: tuple[type[models.Model], ...] = (Milestone, Responsibility, Agency)
"""Objects of these models are removed if only an earlier version of the baseline has them."""

ModelType = type[models.Model]


@dataclass(frozen=True, slots=True)
class Difference:
    """An existing object that differs from the baseline."""

    model: ModelType
    reference: str
    """Its reference in the baseline: `2005/1.2`."""
    fields: list[str]
    """Labels of the fields that differ."""

    def __str__(self) -> str:
        name = f"{self.model._meta.verbose_name} {self.reference}"
        return f"{name}: {', '.join(self.fields)}" if self.fields else name


@dataclass(slots=True)
class Loaded:
    """The result of loading."""

    added: Counter[ModelType] = field(default_factory=Counter)
    changed: list[Difference] = field(default_factory=list)
    """What an earlier version of the baseline had otherwise."""
    removed: list[Difference] = field(default_factory=list)
    """What only an earlier version of the baseline had."""
    edited: list[Difference] = field(default_factory=list)
    """What people have edited. It was left alone."""
    is_written: bool = True

    @property
    def changes_existing(self) -> bool:
        return bool(self.changed or self.removed)


def load_baseline(now: datetime, *, apply: bool = False, dry_run: bool = False) -> Loaded:
    """Add the missing objects of the baseline, and change or remove what an earlier version of it loaded, in one transaction.

    If existing objects would change, nothing at all is written without `apply`. Nothing is ever written with `dry_run`. Objects and fields
    that people have edited stay as they are. A few hundred queries.
    """
    with transaction.atomic():
        lock(ActionPoint.objects.only("pk"))  # updates logged at the same time wait for this transaction
        loaded = _Loader(now).load(json.loads(FIXTURE.read_text(encoding="utf-8")))
        loaded.is_written = not dry_run and (apply or not loaded.changes_existing)
        transaction.set_rollback(not loaded.is_written)
    return loaded


class _Loader:
    """Go through the rows of the fixture once, in their order: every row follows those that it refers to."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.loaded = Loaded()
        self.known: dict[tuple[ModelType, tuple[Any, ...]], models.Model] = {}
        """The objects of the rows so far, by model and natural key."""
        self.action_points: set[ActionPoint] = set()
        """Those whose status may have changed."""

    def load(self, rows: list[dict[str, Any]]) -> Loaded:
        for row in rows:
            self._load(row)
        for model in REMOVABLE:
            self._remove_surplus(model)
        for action_point in self.action_points:
            apply_status(action_point)
        return self.loaded

    def _load(self, row: dict[str, Any]) -> None:
        model = apps.get_model(row["model"])
        names, written = KEYS[row["model"]]
        columns, lists = self._read(model, row["fields"])
        key = _natural_key(row["fields"], names)
        existing = _find(model, {name: columns[name] for name in names})
        self.known[model, key] = existing or _add(model, columns, lists, self.now)
        if not existing:
            self.loaded.added[model] += 1
            self._note_status(self.known[model, key])
        elif isinstance(existing, ProgressUpdate):
            self._compare_update(existing, columns, lists, written.format(*key))
        else:
            self._compare(existing, columns, written.format(*key))

    def _read(
        self, model: ModelType, fields: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, list[models.Model]]]:
        """Return the values of a row's columns and of its lists, with objects in place of natural keys."""
        columns: dict[str, Any] = {}
        lists: dict[str, list[models.Model]] = {}
        for name, value in fields.items():
            column: Any = model._meta.get_field(name)
            if column.many_to_many:
                lists[name] = [self.known[column.related_model, tuple(key)] for key in value]
            elif column.is_relation:
                columns[name] = self.known[column.related_model, tuple(value)] if value else None
            else:
                columns[name] = column.to_python(value)
        return columns, lists

    def _compare(self, existing: models.Model, columns: Mapping[str, Any], reference: str) -> None:
        """Bring the fields that nobody has edited up to date. Fields that no form has, such as the status, are not compared."""
        fields = {name: _field(existing, name) for name, value in columns.items() if getattr(existing, name) != value}
        differing = [name for name, each in fields.items() if each.editable]
        loaded = _as_loaded(existing)
        edited = [name for name in differing if not _is_as_loaded(existing, loaded, name)]
        changed = [name for name in differing if name not in edited]
        self._report(self.loaded.edited, existing, reference, edited)
        if changed:
            self._report(self.loaded.changed, existing, reference, changed)
            for name in changed:
                setattr(existing, name, columns[name])
            _save(existing, self.now)

    def _compare_update(
        self, first: ProgressUpdate, columns: dict[str, Any], lists: dict[str, list[Any]], reference: str
    ) -> None:
        """Correct an update that an earlier version of the baseline had otherwise. Nobody's update is one that people logged."""
        newest = first.action_point.progress_updates.newest_versions().get(number=first.number)
        names = Progress.__dataclass_fields__.keys() & columns.keys()
        content: dict[str, Any] = {name: columns[name] for name in names} | lists
        progress = Progress(**content)
        if same_content(newest, progress) and not newest.is_withdrawn:
            return
        if newest.author or newest.is_withdrawn:
            self._report(self.loaded.edited, newest, reference, [])
            return
        self._report(self.loaded.changed, newest, reference, [])
        correct(newest, progress, author=None, now=self.now)

    def _remove_surplus(self, model: ModelType) -> None:
        """Remove what only an earlier version of the baseline had, unless people edited it or refer to it."""
        kept = {each.pk for (of, _key), each in self.known.items() if of is model}
        for surplus in _of_baseline(model, self._agenda()).exclude(pk__in=kept):
            if not _is_untouched(surplus):
                continue
            self._note_status(surplus)
            difference = Difference(model, str(surplus), [])
            try:
                with transaction.atomic():
                    surplus.delete()
            except ProtectedError:
                continue  # people refer to it by now
            self.loaded.removed.append(difference)

    def _agenda(self) -> models.Model:
        return next(each for (model, _key), each in self.known.items() if model._meta.model_name == "agenda")

    def _note_status(self, row: models.Model) -> None:
        if isinstance(row, ProgressUpdate | Responsibility):
            self.action_points.add(row.action_point)

    @staticmethod
    def _report(into: list[Difference], existing: models.Model, reference: str, names: list[str]) -> None:
        labels = [str(_field(existing, name).verbose_name) for name in names]
        if labels or isinstance(existing, ProgressUpdate):
            into.append(Difference(type(existing), reference, labels))


def _natural_key(fields: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the key as one flat tuple that begins with the parent's key: `("2005", 1, 2)`."""
    key: list[Any] = []
    for name in names:
        value = fields[name]
        key += value if isinstance(value, list) else [value]
    return tuple(key)


def _find(model: ModelType, key: Mapping[str, Any]) -> models.Model | None:
    """Return the object that was created with this key, even if renamed; otherwise the one that has the key now."""
    lookup = {f"{name}__iexact" if isinstance(value, str) else name: value for name, value in key.items()}
    objects = model._default_manager.order_by("pk")
    if history := getattr(model, "history", None):
        created = history.filter(history_type="+", **lookup)
        if existing := objects.filter(pk__in=created.values("id")).first():
            return existing
    return objects.filter(**lookup).first()


def _add(
    model: ModelType, columns: Mapping[str, Any], lists: Mapping[str, list[models.Model]], now: datetime
) -> models.Model:
    added = model(**columns)
    _save(added, now)
    for name, objects in lists.items():
        getattr(added, name).set(objects)
    return added


def _save(row: Any, now: datetime) -> None:
    """Save with this reason and instant in the history. One instant for the whole baseline, so that its history begins with all of it."""
    row._change_reason, row._history_date = CHANGE_REASON, now  # simple_history stores both
    row.save()


def _field(row: models.Model, name: str) -> Any:
    return row._meta.get_field(name)


def _history(row: Any) -> Any:
    """Return the history of an object, newest first; it is empty if `loaddata` created it and nobody has edited it."""
    return row.history.order_by("-history_date", "-history_id")


def _as_loaded(row: models.Model) -> Any:
    """Return the newest history row that the baseline wrote; None if there is none."""
    return _history(row).filter(history_change_reason=CHANGE_REASON).first()


def _is_as_loaded(row: models.Model, loaded: Any, name: str) -> bool:
    """Return whether nobody has edited this field since the baseline was loaded."""
    attribute = _field(row, name).attname
    if loaded is None:
        return not _history(row).exists()
    return bool(getattr(loaded, attribute) == getattr(row, attribute))


def _is_untouched(row: models.Model) -> bool:
    """Return whether every history row of the object comes from the baseline."""
    return not _history(row).exclude(history_change_reason=CHANGE_REASON).exists()


def _of_baseline(model: ModelType, agenda: models.Model) -> models.QuerySet[Any]:
    """Return the objects of a model that a baseline may have loaded: those of its agenda, and agencies that it loaded."""
    objects: models.QuerySet[Any] = model._default_manager.all()
    if model is Agency:
        created = Agency.history.filter(history_type="+", history_change_reason=CHANGE_REASON)
        return objects.filter(pk__in=created.values("id"))
    return objects.filter(action_point__issue__agenda=agenda)


def described(loaded: Loaded) -> Iterator[str]:
    """Yield what was done, or would be done, as lines for the command."""
    verb = "" if loaded.is_written else "would be "
    if loaded.added:
        yield f"{verb}added: {_counts(loaded.added)}.".capitalize()
    for heading, differences in (("changed", loaded.changed), ("removed", loaded.removed)):
        if differences:
            yield f"{verb}{heading}:".capitalize()
            yield from (f"  {each}" for each in differences)
    if loaded.edited:
        yield "Edited by people, left as it is:"
        yield from (f"  {each}" for each in loaded.edited)


def _counts(counts: Counter[ModelType]) -> str:
    """Return the counts as text, in the order of the baseline: `1 agenda, 6 issues`."""
    return ", ".join(f"{count} {_model_name(model, count)}" for model, count in counts.items())


def _model_name(model: ModelType, count: int) -> str:
    return str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)
