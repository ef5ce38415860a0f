"""Publish the note: store its content as the next version."""

from dataclasses import replace
from datetime import date, datetime

from actions.note.builder import build_note
from actions.note.content import Note
from actions.note.models import NoteVersion
from actions.note.serialization import from_json, sha256, to_json
from issues.models import Agenda
from tracker.people.models import User


def next_version(agenda: Agenda, today: date, note: Note | None = None) -> NoteVersion:
    """Return what would be published now, without storing it. `note` is that of today with people, if it was built before."""
    last = NoteVersion.objects.filter(agenda=agenda).order_by("-number").values_list("number", flat=True).first() or 0
    note = note or build_note(agenda, today, with_people=True)
    content = to_json(replace(note, version=last + 1))
    return NoteVersion(agenda=agenda, number=last + 1, as_of=today, content=content, sha256=sha256(content))


def unchanged_since(draft: NoteVersion) -> NoteVersion | None:
    """Return the version before, if the draft says the same, whatever its number and day. One query."""
    last = NoteVersion.objects.filter(agenda=draft.agenda, number=draft.number - 1).first()
    if not last:
        return None
    before = replace(from_json(last.content, with_people=True), version=draft.number, as_of=draft.as_of)
    return last if to_json(before) == draft.content else None


def publish(version: NoteVersion, *, by: User, now: datetime, audience: str, remark: str) -> None:
    """Store it. Call it with the agenda locked, in the transaction in which `next_version` made it."""
    version.published_by, version.published_at = by, now
    version.audience, version.remark = audience, remark
    version.save()
