"""The form with which coordinators edit one paragraph of the note."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.note import edits
from actions.note.blocks import EditedBlock, blocks_to_json
from actions.note.paragraphs import SectionParagraph
from tracker.text import validate_text
from tracker.web.optimistic_lock import VersionedForm

TEXT_LIMIT = 60_000
"""Characters: several narratives merged into one text."""


class Action(models.TextChoices):
    """What the button that was pressed does, apart from saving the text."""

    SAVE = "save"
    UP = "up"
    DOWN = "down"
    MERGE = "merge"
    LEAVE_OUT = "leave_out"
    SOURCE = "source"


_EDITS: Mapping[str, edits.Edit] = {
    Action.SAVE: edits.save,
    Action.UP: edits.save,
    Action.DOWN: edits.save,
    Action.MERGE: edits.merge,
    Action.LEAVE_OUT: edits.leave_out,
    Action.SOURCE: edits.use_source,
}
_STEPS = {Action.UP: -1, Action.DOWN: 1}


class ParagraphForm(VersionedForm, forms.Form):
    """Once it is valid, `blocks` has all blocks of the section with the change.

    If somebody changed the paragraph or its sources since the person read it, it is invalid unless the change leaves the section as it
    is, keeps what was typed, and saves when it is sent once more. A form without `text` only moves the paragraph.
    """

    text = forms.CharField(
        label=_("What the note says"),
        required=False,
        validators=[validate_text, MaxLengthValidator(TEXT_LIMIT)],
        widget=forms.Textarea(attrs={"rows": 7, "data-grow": True, "data-autofocus": True, "autofocus": True}),
    )
    place = forms.IntegerField(required=False, min_value=0, max_value=9999, widget=forms.HiddenInput)
    """The place from which up and down move it, so that a form that is sent twice moves it once."""
    do = forms.ChoiceField(required=False, choices=Action)

    theirs: tuple[tuple[str, str, str], ...] = ()
    """Label, stored and typed text if they differ after somebody else saved another one."""
    blocks: list[EditedBlock]

    def __init__(self, data: Any, paragraph: SectionParagraph, blocks: list[EditedBlock], typed: Any = None) -> None:
        initial = {"text": paragraph.text, "place": paragraph.place} | (typed or {})
        super().__init__(data, initial=initial, version=paragraph.version)
        self.paragraph, self.stored = paragraph, blocks
        self.only_moves = self.is_bound and "text" not in self.data

    @property
    def action(self) -> str:
        return self.cleaned_data.get("do") or Action.SAVE

    @property
    def moves(self) -> bool:
        return self.action in _STEPS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if self.only_moves and not self.moves:
            raise ValidationError(gettext("The form arrived without its texts. Open the page again."))
        try:
            self.blocks = self._change(data.get("text", ""))
        except edits.EditRefusedError as error:
            raise ValidationError({"text": str(error)}) from error
        if self.paragraph.place and self.is_outdated and not self.only_moves and self._changes_something():
            self._refuse(data["text"])
        return data

    def _change(self, text: str) -> list[EditedBlock]:
        if not self.paragraph.place:
            return edits.add(self.stored, text)
        place, sources = self.paragraph.place - 1, self.paragraph.section.by_key
        blocks = self.stored
        if self.action == Action.MERGE and self.is_outdated and text in self.paragraph.text:
            return blocks  # sent twice
        if not self.only_moves:
            blocks = _EDITS[self.action](blocks, place, text, sources)
        if self.moves and len(blocks) == len(self.stored):
            read = self.cleaned_data.get("place") or self.paragraph.place
            blocks = edits.move(blocks, place, read - 1 + _STEPS[Action(self.action)])
        return blocks

    def _changes_something(self) -> bool:
        sources = self.paragraph.section.sources
        return blocks_to_json(self.blocks, sources) != blocks_to_json(self.stored, sources)

    def _refuse(self, text: str) -> None:
        """Raise ValidationError: say whether somebody changed the paragraph, or its source."""
        is_same_paragraph = self.version_read.partition("-")[0] == self.current_version.partition("-")[0]
        self.is_conflict = True
        self.send_again_with(version=self.current_version, place=self.paragraph.place)
        if is_same_paragraph:
            raise ValidationError(
                gettext(
                    "The source was changed while you were typing. Your text is still here: compare, then save again."
                ),
                code="conflict",
            )
        self.theirs = ((str(self.fields["text"].label), self.paragraph.text, text),)
        raise ValidationError(
            gettext(
                "Somebody saved another version while you were typing. Your text is still here: "
                "compare the two, then save again to keep yours."
            ),
            code="conflict",
        )
