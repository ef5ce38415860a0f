"""Add the missing objects of the 2005 baseline to the tracker, without changing existing ones."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.progress import apply_status
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

ModelType = type[models.Model]


@dataclass(frozen=True, slots=True)
class Difference:
    """An existing object whose fields differ from the baseline."""

    model: ModelType
    reference: str
    """The reference in the baseline: `2005/1.2`."""
    fields: list[str]
    """Labels of the fields that differ; never empty."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of loading: the number of added and of unchanged objects for each model."""

    added: Counter[ModelType] = field(default_factory=Counter)
    left_alone: Counter[ModelType] = field(default_factory=Counter)
    differing: list[Difference] = field(default_factory=list)
    """The objects of `left_alone` that differ from the baseline."""


def load_baseline(*, dry_run: bool = False) -> Loaded:
    """Add the missing objects of the baseline in one transaction. Existing objects are neither changed nor deleted.

    An object exists if it has the natural key of the baseline, or was created with that key and renamed since. Leads and
    participants are set for added objects only. With `dry_run` the transaction is rolled back. A few hundred queries.
    """
    loaded = Loaded()
    known: dict[tuple[ModelType, tuple[Any, ...]], models.Model] = {}
    reported_on: set[ActionPoint] = set()
    with transaction.atomic():
        lock(ActionPoint.objects.only("pk"))  # updates logged at the same time wait for this transaction
        for row in json.loads(FIXTURE.read_text(encoding="utf-8")):
            model = apps.get_model(row["model"])
            names, written = KEYS[row["model"]]
            columns, lists = _read(model, row["fields"], known)
            key = _natural_key(row["fields"], names)
            existing = _find(model, {name: columns[name] for name in names})
            known[model, key] = existing or _add(model, columns, lists)
            if not existing:
                loaded.added[model] += 1
                if model in (ProgressUpdate, Responsibility):
                    reported_on.add(columns["action_point"])
                continue
            loaded.left_alone[model] += 1
            if differing := _differing_fields(existing, columns, lists):
                loaded.differing.append(Difference(model, written.format(*key), differing))
        for action_point in reported_on:
            apply_status(action_point)
        transaction.set_rollback(dry_run)
    return loaded


def _natural_key(fields: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the key as one flat tuple that begins with the parent's key: `("2005", 1, 2)`."""
    key: list[Any] = []
    for name in names:
        value = fields[name]
        key += value if isinstance(value, list) else [value]
    return tuple(key)


def _read(
    model: ModelType,
    fields: Mapping[str, Any],
    known: Mapping[tuple[ModelType, tuple[Any, ...]], models.Model],
) -> tuple[dict[str, Any], dict[str, list[models.Model]]]:
    """Return the values of a row's columns and of its lists, with objects in place of natural keys."""
    columns: dict[str, Any] = {}
    lists: dict[str, list[models.Model]] = {}
    for name, value in fields.items():
        column: Any = model._meta.get_field(name)
        if column.many_to_many:
            lists[name] = [known[column.related_model, tuple(key)] for key in value]
        elif column.is_relation:
            columns[name] = known[column.related_model, tuple(value)] if value else None
        else:
            columns[name] = column.to_python(value)
    return columns, lists


def _find(model: ModelType, key: Mapping[str, Any]) -> models.Model | None:
    """Return the object that was created with this key, even if renamed; otherwise the one that has the key now."""
    lookup = {f"{name}__iexact" if isinstance(value, str) else name: value for name, value in key.items()}
    objects = model._default_manager.order_by("pk")
    if history := getattr(model, "history", None):
        created = history.filter(history_type="+", **lookup)
        if existing := objects.filter(pk__in=created.values("id")).first():
            return existing
    return objects.filter(**lookup).first()


def _add(model: ModelType, columns: Mapping[str, Any], lists: Mapping[str, list[models.Model]]) -> models.Model:
    added = model(**columns)
    added._change_reason = CHANGE_REASON  # type: ignore[attr-defined] # simple_history stores it
    added.save()
    for name, objects in lists.items():
        getattr(added, name).set(objects)
    return added


def _differing_fields(
    existing: models.Model, columns: Mapping[str, Any], lists: Mapping[str, list[models.Model]]
) -> list[str]:
    """Return the labels of the fields that differ. Fields that nobody edits, such as the status, are not compared."""
    names = [name for name, value in columns.items() if getattr(existing, name) != value]
    names += [name for name, objects in lists.items() if set(getattr(existing, name).all()) != set(objects)]
    fields: list[Any] = [existing._meta.get_field(name) for name in names]
    return [str(each.verbose_name) for each in fields if each.editable]
