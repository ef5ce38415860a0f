"""The parts of the note that coordinators word: its introduction, why an issue matters, what was agreed, what was reported.

A part's key names the row that it replaces, so that a new number or title leaves a wording where it belongs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.models import ActionPoint
from actions.note.blocks import Source, fingerprint, read
from actions.note.content import Item
from actions.note.models import Wording
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
class Part:
    """What a coordinator opens to word it."""

    agenda: Agenda
    key: str
    title: str
    sources: tuple[Source, ...]
    anchor: str
    """Where it stands on the page of the note."""
    address: str
    """Of the page on which it is worded."""

    @property
    def by_key(self) -> dict[str, Source]:
        return {source.key: source for source in self.sources}

    def has_changed(self, wording: Wording | None) -> bool:
        """Whether a source is no longer what it was when coordinators worded it."""
        passages = read(wording.passages) if wording else []
        return any(passage.changes(self.by_key) for passage in passages)

    @property
    def back(self) -> str:
        return f"{reverse('note', args=[self.agenda.slug])}#{self.anchor}"


def introduction(agenda: Agenda) -> Part:
    address = reverse("note_introduction", args=[agenda.slug])
    return Part(agenda, INTRODUCTION, _("Introduction"), _alone(agenda.introduction), "content", address)


def rationale(issue: Issue) -> Part:
    title = ": ".join([str(issue), _("Why it matters")])
    address = reverse("note_rationale", args=[issue.agenda.slug, issue.number])
    return Part(issue.agenda, rationale_key(issue), title, _alone(issue.rationale), f"issue-{issue.number}", address)


def description(point: ActionPoint) -> Part:
    title = ": ".join([f"{point.code} {point.title}", _("What was agreed")])
    address = reverse("note_description", args=_reference(point))
    return Part(point.issue.agenda, description_key(point), title, _alone(point.description), _anchor(point), address)


def updates(point: ActionPoint, items: Iterable[Item]) -> Part:
    title = ": ".join([f"{point.code} {point.title}", _("What came of it")])
    sources = tuple(source_of(item) for item in items)
    address = reverse("note_updates", args=_reference(point))
    return Part(point.issue.agenda, updates_key(point), title, sources, _anchor(point), address)


def source_of(item: Item) -> Source:
    return Source(str(item.number), item.heading, item.address, item.source.replace("\r\n", "\n"), item.fingerprint)


def _alone(text: str) -> tuple[Source, ...]:
    """The one source of a part that is a text; none where there is no text yet."""
    told = without_unwanted(text).replace("\r\n", "\n")
    return (Source("text", _("As it was agreed"), "", told, fingerprint(told)),) if told else ()


def _reference(point: ActionPoint) -> tuple[str, int, int]:
    return point.issue.agenda.slug, point.issue.number, point.number


def _anchor(point: ActionPoint) -> str:
    return f"action-point-{point.code.replace('.', '-')}"
