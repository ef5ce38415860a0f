"""The sections of the note that coordinators edit: its introduction, why an issue matters, what was agreed, what came of it.

A section's key names the row that it shows, so that an edit stays with it when its number or title changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.models import ActionPoint
from actions.note.blocks import Source, blocks_from_json, fingerprint
from actions.note.content import NoteUpdate, action_point_anchor, issue_anchor
from actions.note.models import SectionEdit
from issues.models import Agenda, Issue
from tracker.text import without_unwanted

INTRODUCTION = "introduction"


def rationale_key(issue: Issue) -> str:
    return f"rationale:{issue.pk}"


def description_key(point: ActionPoint) -> str:
    return f"description:{point.pk}"


def updates_key(point: ActionPoint) -> str:
    return f"updates:{point.pk}"


@dataclass(frozen=True, slots=True)
class Section:
    """What a coordinator opens to edit it."""

    agenda: Agenda
    key: str
    title: str
    sources: tuple[Source, ...]
    anchor: str
    """The place of the section on the page of the note."""
    address: str
    """The page on which the section is edited."""

    @property
    def by_key(self) -> dict[str, Source]:
        return {source.key: source for source in self.sources}

    def has_changed_source(self, edit: SectionEdit | None) -> bool:
        """Whether a source differs from what it was when coordinators edited the section."""
        blocks = blocks_from_json(edit.blocks) if edit else []
        return any(block.changed_sources(self.by_key) for block in blocks)

    @property
    def back(self) -> str:
        """Return the address of the page of the note that shows the section."""
        query = "" if self.key == INTRODUCTION else f"?at={self.anchor}"
        return f"{reverse('note', args=[self.agenda.slug])}{query}#{self.anchor}"


def introduction(agenda: Agenda) -> Section:
    address = reverse("note_introduction", args=[agenda.slug])
    return Section(agenda, INTRODUCTION, _("Introduction"), _single_source(agenda.introduction), "content", address)


def rationale(issue: Issue) -> Section:
    return Section(
        agenda=issue.agenda,
        key=rationale_key(issue),
        title=": ".join([str(issue), _("Why it matters")]),
        sources=_single_source(issue.rationale),
        anchor=issue_anchor(issue.number),
        address=reverse("note_rationale", args=[issue.agenda.slug, issue.number]),
    )


def description(point: ActionPoint) -> Section:
    return Section(
        agenda=point.issue.agenda,
        key=description_key(point),
        title=": ".join([f"{point.code} {point.title}", _("What was agreed")]),
        sources=_single_source(point.description),
        anchor=action_point_anchor(point.code),
        address=reverse("note_description", args=_reference(point)),
    )


def updates(point: ActionPoint, note_updates: Iterable[NoteUpdate]) -> Section:
    return Section(
        agenda=point.issue.agenda,
        key=updates_key(point),
        title=": ".join([f"{point.code} {point.title}", _("What came of it")]),
        sources=tuple(source_of(update) for update in note_updates),
        anchor=action_point_anchor(point.code),
        address=reverse("note_updates", args=_reference(point)),
    )


def source_of(update: NoteUpdate) -> Source:
    text = update.source.replace("\r\n", "\n")
    return Source(str(update.number), update.heading, update.address, text, update.fingerprint)


def _single_source(text: str) -> tuple[Source, ...]:
    """Return the only source of a section that is one text, or none while there is no text."""
    text = without_unwanted(text).replace("\r\n", "\n")
    return (Source("text", _("As it was agreed"), "", text, fingerprint(text)),) if text else ()


def _reference(point: ActionPoint) -> tuple[str, int, int]:
    return point.issue.agenda.slug, point.issue.number, point.number
