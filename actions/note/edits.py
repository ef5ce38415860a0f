"""Change one paragraph of a section: its text, its place, or whether the note shows it. Plain data in, plain data out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from actions.note.blocks import EditedBlock, Source, as_reported, keep_text, reported_text

Sources = dict[str, Source]
"""The sources of a section by key, as they are now."""


class EditRefusedError(Exception):
    """The paragraph cannot be changed so. The message is for the person."""


def place_of(blocks: Sequence[EditedBlock], key: str) -> int | None:
    """Return the place of the paragraph with this key, counted from 0; of a merged one for each of its sources. None if it is gone."""
    return next((place for place, block in enumerate(blocks) if key == block.key or key in block.keys), None)


def shown_text(block: EditedBlock, sources: Sources) -> str:
    """Return its text as Markdown, whether the note shows it or not."""
    return reported_text(block, sources) if block.text is None else block.text


def save(blocks: Sequence[EditedBlock], place: int, text: str, sources: Sources) -> list[EditedBlock]:
    """Show this text in place of its sources as they are now. The text of its only source shows that as reported, also later."""
    if not text:
        raise EditRefusedError(_("There is no text. To show nothing here, choose “Leave out”."))
    block = blocks[place]
    is_as_reported = len(block.keys) == 1 and text == reported_text(block, sources).strip()
    changed = replace(block, text=text, left_out=False)
    return _replaced(blocks, place, as_reported(block, sources) if is_as_reported else keep_text(changed, sources))


def move(blocks: Sequence[EditedBlock], place: int, to: int) -> list[EditedBlock]:
    """Move it to another place; to the first or last one if that is outside."""
    others = [*blocks[:place], *blocks[place + 1 :]]
    to = min(max(to, 0), len(others))
    return [*others[:to], blocks[place], *others[to:]]


def merge(blocks: Sequence[EditedBlock], place: int, text: str, sources: Sources) -> list[EditedBlock]:
    """Append the text to the paragraph above, which covers the sources of both from then on."""
    above = blocks[place - 1] if place else None
    if above is None or above.left_out:
        raise EditRefusedError(_("There is no text above it to merge it into."))
    joined = "\n\n".join(each for each in (shown_text(above, sources), text) if each)
    merged = EditedBlock((*above.covers, *blocks[place].covers), joined, number=above.number)
    return [*blocks[: place - 1], *keep_text(merged, sources), *blocks[place + 1 :]]


def leave_out(blocks: Sequence[EditedBlock], place: int, text: str, sources: Sources) -> list[EditedBlock]:
    """Show it no longer. A paragraph of the coordinators is removed, another one can be shown again."""
    block = blocks[place]
    is_as_reported = text == reported_text(block, sources).strip()
    hidden = replace(block, text=None if is_as_reported else text or block.text, left_out=True)
    return _replaced(blocks, place, keep_text(hidden, sources))


def use_source(blocks: Sequence[EditedBlock], place: int, text: str, sources: Sources) -> list[EditedBlock]:
    """Show its sources as reported, each in a paragraph of its own, in place of the text."""
    return _replaced(blocks, place, as_reported(blocks[place], sources))


def add(blocks: Sequence[EditedBlock], text: str) -> list[EditedBlock]:
    """Append a paragraph of the coordinators, unless there is one with this text."""
    if not text:
        raise EditRefusedError(_("There is no text."))
    if any(not block.covers and block.text == text for block in blocks):
        return list(blocks)
    return [*blocks, EditedBlock(text=text)]


Edit = Callable[[Sequence[EditedBlock], int, str, Sources], list[EditedBlock]]


def _replaced(blocks: Sequence[EditedBlock], place: int, by: list[EditedBlock]) -> list[EditedBlock]:
    return [*blocks[:place], *by, *blocks[place + 1 :]]
