"""The paragraphs of a section as coordinators edit them, also those that the note does not show."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from actions.note.blocks import Cover, EditedBlock, Source, fingerprint
from actions.note.comparison import ChangedWords, changed_words
from actions.note.edits import shown_text
from actions.note.sections import Section
from tracker.enumerations import comma_separated

NEW = "new"
"""The key of a paragraph that is being added."""


@dataclass(frozen=True, slots=True)
class SectionParagraph:
    section: Section
    block: EditedBlock
    place: int
    """From 1."""
    count: int
    """How many its section has."""

    @property
    def key(self) -> str:
        return self.block.key if self.place else NEW

    @property
    def anchor(self) -> str:
        return self.section.anchor_of(self.key)

    @property
    def address(self) -> str:
        """Return the address at which it is edited."""
        return f"{self.section.address}{self.key}/"

    @property
    def name(self) -> str:
        """Return who reported it and where it is, in words."""
        if not self.place:
            return _("Add a paragraph to %(place)s") % {"place": self.section.place}
        by = dict.fromkeys(source.by for source in self.sources if source.by)
        position = _("Paragraph %(place)s of %(count)s") % {"place": self.place, "count": self.count}
        return " · ".join([comma_separated(by), position] if by else [position])

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return the sources that it covers, as they are now."""
        return tuple(self.section.by_key[key] for key in self.block.keys if key in self.section.by_key)

    @property
    def text(self) -> str:
        """Return what the note says, as Markdown."""
        return shown_text(self.block, self.section.by_key)

    @property
    def is_own(self) -> bool:
        """Return whether it covers no source: coordinators added it."""
        return not self.block.covers

    @property
    def is_edited(self) -> bool:
        return self.block.text is not None

    @property
    def is_hidden(self) -> bool:
        """Return whether the note does not show it: it was left out, or all its updates were withdrawn."""
        is_withdrawn = self.section.key.startswith("updates:") and self.block.covers and not self.sources
        return self.block.left_out or bool(is_withdrawn)

    @property
    def changed_sources(self) -> list[tuple[Cover, Source | None]]:
        return self.block.changed_sources(self.section.by_key)

    @property
    def source_texts(self) -> "tuple[SourceText, ...]":
        """Return its sources, each with what changed in it since the paragraph was edited."""
        changed = {cover.key: cover for cover, _source in self.changed_sources}
        return tuple(
            SourceText(source, _words(changed.get(cover.key), source))
            for cover in self.block.covers
            for source in (self.section.by_key.get(cover.key),)
            if source or cover.key in changed
        )

    @property
    def version(self) -> str:
        """Identify what a person read who edits it: the paragraph, then its sources."""
        own = fingerprint(self.block.keys, self.block.text, self.block.left_out, self.text if self.is_edited else "")
        return f"{own}-{fingerprint([source.fingerprint for source in self.sources])}"


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source as it is now (None if it was withdrawn), with the words that changed in it; empty if none did."""

    source: Source | None
    changes: ChangedWords


def section_paragraphs(section: Section, blocks: Iterable[EditedBlock]) -> list[SectionParagraph]:
    """Return all paragraphs of a section from its edited blocks, in the order of the note."""
    laid_out = section.lay_out(list(blocks))
    return [SectionParagraph(section, block, place, len(laid_out)) for place, block in enumerate(laid_out, 1)]


def new_paragraph(section: Section) -> SectionParagraph:
    """Return the empty paragraph with which a coordinator begins to add one."""
    return SectionParagraph(section, EditedBlock(), 0, 0)


def _words(was: Cover | None, source: Source | None) -> ChangedWords:
    if was is None:
        return ()
    return changed_words(was.was, source.text if source else "")
