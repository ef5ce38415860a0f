"""The note as canonical JSON, and back: the content of a published version, from which its SHA-256 is computed.

Canonical: keys sorted, no white space, ASCII alone, so that the same content is the same bytes everywhere. It holds no words that
depend on a language and no address of a server, so files can be written from it at any time, in any language. A field that the content
gains later needs a default, so that earlier versions can still be read; its names do not change.
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


def to_json(note: Note) -> str:
    """Write a `note` that was built with people and without a site."""
    return json.dumps(_plain(note), ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def from_json(text: str, *, with_people: bool, site: str = "") -> Note:
    """Read what `to_json` wrote, as its reader may see it. `site` goes before every address of the tracker."""
    note: Note = _restored(Note, json.loads(text), site)
    return note if with_people else _without_people(note)


def _plain(value: Any) -> Any:
    """Turn dataclasses into dictionaries, and dates and choices into text."""
    if isinstance(value, PartialDate):
        return value.text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _restored(kind: Any, value: Any, site: str) -> Any:
    """Turn the plain value back into one of this type."""
    if get_origin(kind) in {Union, UnionType}:
        return None if value is None else _restored(get_args(kind)[0], value, site)
    if get_origin(kind) is tuple:
        return tuple(_restored(get_args(kind)[0], each, site) for each in value)
    if kind is PartialDate:
        return PartialDate.parse(value)
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if is_dataclass(kind):
        dataclass: Any = kind
        hints = _hints(dataclass)
        arguments = {name: _restored(hint, value[name], site) for name, hint in hints.items() if name in value}
        address = arguments.get("address", "")
        if address.startswith("/") and not address.startswith("//"):  # that would be another host
            arguments["address"] = site + address
        return dataclass(**arguments)
    return value


def _without_people(note: Note) -> Note:
    issues = tuple(
        replace(issue, points=tuple(replace(point, people=()) for point in issue.points)) for issue in note.issues
    )
    directory = tuple(replace(agency, contacts=()) for agency in note.directory)
    return replace(note, issues=issues, directory=directory, names_people=False)
