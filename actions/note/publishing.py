"""Publish the note: store its content as the next version."""

from dataclasses import replace
from datetime import date, datetime

from actions.note.builder import build_note
from actions.note.models import NoteVersion
from actions.note.serialization import sha256, to_json
from issues.models import Agenda
from tracker.people.models import User


def next_version(agenda: Agenda, today: date) -> NoteVersion:
    """Return what would be published now, without storing it."""
    last = NoteVersion.objects.filter(agenda=agenda).order_by("-number").values_list("number", flat=True).first() or 0
    content = to_json(replace(build_note(agenda, today, with_people=True), version=last + 1))
    return NoteVersion(agenda=agenda, number=last + 1, as_of=today, content=content, sha256=sha256(content))


def publish(version: NoteVersion, *, by: User, now: datetime, audience: str, remark: str) -> None:
    """Store it. Call it with the agenda locked, in the transaction in which `next_version` made it."""
    version.published_by, version.published_at = by, now
    version.audience, version.remark = audience, remark
    version.save()
