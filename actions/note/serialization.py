"""The note as canonical JSON, and back: what a published version is made of, and what its SHA-256 is of.

Canonical: keys sorted, no white space, ASCII alone, so that the same content is the same bytes everywhere. It holds no words that
depend on a language and no address of a server. Files of it can be made anew at any time, in any language. What is added to the
content later needs a default, so that earlier versions can still be read.
"""

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from actions.note.content import Note
from tracker.dates.value import PartialDate


def canonical(note: Note) -> str:
    """`note` gathered with people and without a site."""
    return json.dumps(_told(note), ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def restored(text: str, *, with_people: bool, site: str = "") -> Note:
    """The note that `canonical` made `text` of, as its reader may see it. `site` goes before every address of the tracker."""
    note: Note = _read(Note, json.loads(text), site)
    return note if with_people else _without_people(note)


def _told(value: Any) -> Any:
    if isinstance(value, PartialDate):
        return value.text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_told(each) for each in value]
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any, site: str) -> Any:
    if get_origin(kind) in {Union, UnionType}:
        return None if value is None else _read(get_args(kind)[0], value, site)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], each, site) for each in value)
    if kind is PartialDate:
        return PartialDate.parse(value)
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if is_dataclass(kind):
        made: Any = kind
        given = {name: _read(hint, value[name], site) for name, hint in _hints(made).items() if name in value}
        if given.get("address", "").startswith("/"):
            given["address"] = site + given["address"]
        return made(**given)
    return value


def _without_people(note: Note) -> Note:
    issues = tuple(
        replace(issue, points=tuple(replace(point, people=()) for point in issue.points)) for issue in note.issues
    )
    directory = tuple(replace(entry, contacts=()) for entry in note.directory)
    return replace(note, issues=issues, directory=directory, names_people=False)
