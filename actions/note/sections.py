"""The sections of the note whose paragraphs coordinators edit: its introduction, why an issue matters, what was agreed, what came of it.

A section's key names the row that it shows, so that an edit stays with it when its number or title changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.models import ActionPoint
from actions.note.blocks import EditedBlock, Source, fingerprint, with_new_sources
from actions.note.content import NoteUpdate, action_point_anchor, issue_anchor
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
    agenda: Agenda
    key: str
    title: str
    place: str
    """Where it is, in short: "2.2"."""
    sources: tuple[Source, ...]
    anchor: str
    """The place of the section on the page of the note."""
    address: str
    """The beginning of the addresses of its paragraphs."""

    @property
    def by_key(self) -> dict[str, Source]:
        return {source.key: source for source in self.sources}

    def lay_out(self, blocks: list[EditedBlock]) -> list[EditedBlock]:
        """Return the edited blocks with the sources that none of them covers: the only text of a section first, updates at the end."""
        if not self.key.startswith("updates:") and not any(block.covers for block in blocks):
            return [*with_new_sources([], self.sources), *blocks]
        return with_new_sources(blocks, self.sources)

    def anchor_of(self, key: str) -> str:
        """Return the place of a paragraph on the page of the note."""
        return f"{self.key.replace(':', '-')}-{key}"

    @property
    def back(self) -> str:
        """Return the address of the page of the note that shows the section."""
        return f"{self.page}#{self.anchor}"

    @property
    def page(self) -> str:
        """Return the same without the place on the page."""
        query = "" if self.key == INTRODUCTION else f"?at={self.anchor}"
        return reverse("note", args=[self.agenda.slug]) + query


def introduction(agenda: Agenda) -> Section:
    address = reverse("note_introduction", args=[agenda.slug])
    title = _("Introduction")
    return Section(agenda, INTRODUCTION, title, title, _single_source(agenda.introduction), "introduction", address)


def rationale(issue: Issue) -> Section:
    return Section(
        agenda=issue.agenda,
        key=rationale_key(issue),
        title=": ".join([str(issue), _("Why it matters")]),
        place=" · ".join([str(issue.number), _("Why it matters")]),
        sources=_single_source(issue.rationale),
        anchor=issue_anchor(issue.number),
        address=reverse("note_rationale", args=[issue.agenda.slug, issue.number]),
    )


def description(point: ActionPoint) -> Section:
    return Section(
        agenda=point.issue.agenda,
        key=description_key(point),
        title=": ".join([f"{point.code} {point.title}", _("What was agreed")]),
        place=" · ".join([point.code, _("What was agreed")]),
        sources=_single_source(point.description),
        anchor=action_point_anchor(point.code),
        address=reverse("note_description", args=_reference(point)),
    )


def updates(point: ActionPoint, note_updates: Iterable[NoteUpdate]) -> Section:
    return Section(
        agenda=point.issue.agenda,
        key=updates_key(point),
        title=": ".join([f"{point.code} {point.title}", _("What came of it")]),
        place=point.code,
        sources=tuple(source_of(update) for update in note_updates),
        anchor=action_point_anchor(point.code),
        address=reverse("note_updates", args=_reference(point)),
    )


def source_of(update: NoteUpdate) -> Source:
    text = update.source.replace("\r\n", "\n")
    return Source(str(update.number), update.heading, update.address, text, update.fingerprint, update.by)


def _single_source(text: str) -> tuple[Source, ...]:
    """Return the only source of a section that is one text, or none while there is no text."""
    text = without_unwanted(text).replace("\r\n", "\n")
    return (Source("text", _("As it was agreed"), "", text, fingerprint(text)),) if text else ()


def _reference(point: ActionPoint) -> tuple[str, int, int]:
    return point.issue.agenda.slug, point.issue.number, point.number
