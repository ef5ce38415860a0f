"""The form with which coordinators edit a section of the note: its blocks one below the other, with places that can be renumbered."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.note.blocks import (
    Cover,
    EditedBlock,
    Source,
    as_reported,
    blocks_from_json,
    keep_text,
    reported_text,
    with_new_sources,
)
from actions.note.models import SectionEdit
from actions.note.sections import Section
from tracker.text import validate_text

TEXT_LIMIT = 60_000
"""Characters: several narratives merged into one text."""
MAX_BLOCKS = 240
"""Django accepts no more fields than these have."""


class Fate(models.TextChoices):
    """What becomes of a block."""

    SHOW = "show", _("Say this")
    SOURCE = "source", _("As it was reported")
    MERGE = "merge", _("Merge into the text above")
    LEAVE_OUT = "leave_out", _("Leave out")


class BlockForm(forms.Form):
    text = forms.CharField(
        label=_("What the note says"),
        required=False,
        validators=[validate_text, MaxLengthValidator(TEXT_LIMIT)],
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    fate = forms.ChoiceField(label=_("What to do with it"), choices=Fate, widget=forms.RadioSelect)
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=9999)
    covers = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
    """`3:fingerprint 5:fingerprint`: the sources it covers, as they were when the person saw them."""

    block = EditedBlock()
    """The covers of its hidden field."""
    changed_sources: tuple[tuple[Cover, Source | None], ...] = ()
    """The sources that changed since it was edited."""
    sources: tuple[Source, ...] = ()
    """The sources it covers, as they are now."""

    @property
    def order(self) -> tuple[int, int]:
        """Return the key by which valid forms are sorted: of two with one place, the one that moved up goes first."""
        place, before = self.cleaned_data["place"], _number(str(self.prefix).rpartition("-")[2])
        return place, (place > before) - (place < before)

    @property
    def has_content(self) -> bool:
        """Whether it covers a source or has a text: the empty one behind the others has neither."""
        return bool(self.block.covers or self.cleaned_data["text"])


class SectionForm:
    """A form for each block of a section and an empty one behind them. Once it is valid, `blocks` holds what was typed.

    If somebody saved another version since, or a source was changed meanwhile, it is invalid and keeps what was typed; `theirs` holds
    label, their text and the typed one wherever they differ. Submitted once more, it saves.
    """

    def __init__(self, data: QueryDict | None = None, *, section: Section, edit: SectionEdit | None) -> None:
        self.is_bound = data is not None
        self.data = QueryDict(mutable=True) if data is None else data.copy()
        self.section, self.version = section, edit.version if edit else 0
        self.stored = with_new_sources(blocks_from_json(edit.blocks) if edit else [], section.sources)
        self.blocks: list[EditedBlock] = []
        self.theirs: list[tuple[str, str, str]] = []
        self.errors: list[str] = []
        """Errors of the whole; each form has its own."""
        self._known = {(cover.key, cover.fingerprint): cover for block in self.stored for cover in block.covers}
        self._known |= {(source.key, source.fingerprint): Cover.of(source) for source in section.sources}
        self.forms = list(self._forms())

    def _forms(self) -> Iterator[BlockForm]:
        if not self.is_bound:
            for number, block in enumerate([*self.stored, EditedBlock()], 1):
                form = BlockForm(prefix=f"block-{number}", initial=self._initial(block, number))
                yield self._prepared(form, block)
        else:
            for number in range(1, min(_number(self.data.get("count")), MAX_BLOCKS) + 1):
                form = BlockForm(self.data, prefix=f"block-{number}")
                yield self._prepared(form, self._covered_block(form))

    def _initial(self, block: EditedBlock, place: int) -> dict[str, Any]:
        return {
            "text": reported_text(block, self.section.by_key) if block.text is None else block.text,
            "fate": Fate.LEAVE_OUT if block.left_out else Fate.SHOW,
            "place": place,
            "covers": " ".join(f"{cover.key}:{cover.fingerprint}" for cover in block.covers),
        }

    def _prepared(self, form: BlockForm, block: EditedBlock) -> BlockForm:
        """Give the form the sources of its block."""
        now = self.section.by_key
        before = next((each for each in self.stored if each.keys == block.keys and each.keys), block)
        form.block, form.changed_sources = block, tuple(before.changed_sources(now))
        if not block.covers:
            form.fields["fate"].choices = [choice for choice in Fate.choices if choice[0] != Fate.SOURCE]  # type: ignore[attr-defined]
        form.sources = tuple(now[key] for key in block.keys if key in now)
        return form

    def _covered_block(self, form: BlockForm) -> EditedBlock:
        """Read the hidden field. A source that was changed meanwhile counts as seen now and is an error, as is an unknown one."""
        covers = []
        for cover_text in form["covers"].value().split() if form["covers"].value() else ():
            key, _colon, seen = cover_text.partition(":")
            now = self.section.by_key.get(key)
            if cover := self._known.get((key, seen)):
                covers.append(cover)
            elif now:
                covers.append(Cover.of(now))
                self.errors.append(
                    gettext(
                        "“%(source)s” was changed while you were typing. Your text is still here: "
                        "compare it with what is reported now, then save again."
                    )
                    % {"source": now.label}
                )
            else:
                self.errors.append(gettext("A text covers something that is no longer there. Open the page again."))
        if self.is_bound and covers:
            self.data[form.add_prefix("covers")] = " ".join(f"{cover.key}:{cover.fingerprint}" for cover in covers)
        return EditedBlock(tuple(covers))

    @property
    def version_read(self) -> int:
        """The version that the person read."""
        return _number(self.data.get("version")) if self.is_bound else self.version

    @property
    def count(self) -> int:
        return len(self.forms)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Return the id of the field, its label and the error."""
        found = []
        for number, form in enumerate(self.forms, 1):
            for field in form:
                label = f"{number}. {field.label}"
                found += [(field.id_for_label or f"block-{number}", label, str(error)) for error in field.errors]
        return found

    @property
    def is_conflict(self) -> bool:
        return bool(self.theirs)

    @property
    def shares_places(self) -> bool:
        """Whether two texts of a valid form have the same place."""
        places = [form.cleaned_data["place"] for form in self.forms if form.has_content]
        return len(places) != len(set(places))

    def is_valid(self) -> bool:
        if not self.is_bound:
            return False
        if not self.forms:
            self.errors.append(gettext("The form arrived without its texts. Open the page again."))
        keys = [key for form in self.forms for key in form.block.keys]
        if len(keys) != len(set(keys)):
            self.errors.append(gettext("Two texts cover the same thing. Open the page again."))
        if self.problems or self.errors:
            return False
        for form in sorted(self.forms, key=lambda form: form.order):
            self._add(form)
        if self.problems:
            return False
        self._compare()
        return not self.theirs

    def _add(self, form: BlockForm) -> None:
        """Append to `blocks` what became of one of them."""
        now, covers = self.section.by_key, form.block.covers
        text, fate = form.cleaned_data["text"], form.cleaned_data["fate"]
        chosen = form.prefix.removeprefix("block-") if form.prefix else ""
        block = EditedBlock(covers, text, fate == Fate.LEAVE_OUT)
        if self.data.get("take") == chosen or fate == Fate.SOURCE:
            self.blocks += as_reported(block, now)
        elif fate == Fate.MERGE and (covers or text):
            self._merge(form, block)
        elif self.data.get("keep") == chosen:
            self.blocks += keep_text(block, now)
        elif fate == Fate.SHOW and covers and not text:
            form.add_error("text", gettext("There is no text. To show nothing here, choose “Leave out”."))
        elif fate == Fate.SHOW and len(covers) == 1 and [text] == [source.text.strip() for source in form.sources]:
            self.blocks += as_reported(block, now)
        elif covers or (text and fate != Fate.LEAVE_OUT):
            self.blocks.append(block)

    def _merge(self, form: BlockForm, block: EditedBlock) -> None:
        above = self.blocks.pop() if self.blocks else None
        if above is None or above.left_out:
            form.add_error("fate", gettext("There is no text above it to merge it into."))
            return
        text = "\n\n".join(paragraph for paragraph in (self.shown(above), block.text) if paragraph)
        self.blocks.append(EditedBlock((*above.covers, *block.covers), text))

    def _compare(self) -> None:
        """Fill `theirs` if another version was saved since, and let the next save go through."""
        if self.version_read == self.version:
            return
        self.data["version"] = str(self.version)
        for number, (theirs, mine) in enumerate(zip_longest(self.stored, self.blocks), 1):
            stored, typed = self.shown(theirs), self.shown(mine)
            if stored != typed:
                self.theirs.append((str(number), stored, typed))
        if self.theirs:
            self.errors.append(
                gettext(
                    "Somebody saved another version while you were typing. Your text is still here: "
                    "compare the two, then save again to keep yours."
                )
            )

    def shown(self, block: EditedBlock | None) -> str:
        """Return what the note shows of a block."""
        if block is None:
            return "–"
        if block.left_out:
            return gettext("Left out")
        return reported_text(block, self.section.by_key) if block.text is None else block.text


def _number(text: Any) -> int:
    """Read the number of a hidden field; 0 for anything else."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
