"""The form with which coordinators word a part of the note: its passages one below the other, in places that can be numbered anew."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.note.blocks import Cover, Passage, Source, kept, laid_over, read, taken
from actions.note.models import Wording
from actions.note.sections import Part
from tracker.text import validate_text

WORDING_LIMIT = 60_000
"""Characters: several narratives merged into one text."""
MOST = 240
"""Passages of a part. Django takes no more fields than these have."""


class Fate(models.TextChoices):
    """What becomes of a passage."""

    SHOW = "show", _("Say this")
    SOURCE = "source", _("As it was reported")
    MERGE = "merge", _("Merge into the text above")
    LEAVE_OUT = "leave_out", _("Leave out")


class PassageForm(forms.Form):
    text = forms.CharField(
        label=_("What the note says"),
        required=False,
        validators=[validate_text, MaxLengthValidator(WORDING_LIMIT)],
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    fate = forms.ChoiceField(label=_("What to do with it"), choices=Fate, widget=forms.RadioSelect)
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=9999)
    covers = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
    """`3:fingerprint 5:fingerprint`: what it tells of, as it was when the person saw it."""

    passage = Passage()
    """What it tells of, as its hidden field says."""
    changes: tuple[tuple[Cover, Source | None], ...] = ()
    """What changed since it was worded."""
    sources: tuple[Source, ...] = ()
    """What it tells of, as it is now."""

    @property
    def order(self) -> tuple[int, int]:
        """What a valid one is sorted by: where two have one place, what was moved up goes first, what was moved down last."""
        place, before = self.cleaned_data["place"], _number(str(self.prefix).rpartition("-")[2])
        return place, (place > before) - (place < before)

    @property
    def tells(self) -> bool:
        """Whether there is anything in it: the empty one behind the others has nothing."""
        return bool(self.passage.covers or self.cleaned_data["text"])

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").replace("\r", "\n")


class PassagesForm:
    """A form for each passage of a part and an empty one behind them. Once it is valid, `passages` holds what was typed.

    Where somebody saved another version since, or a source was changed meanwhile, it is invalid, keeps what was typed, and `theirs`
    holds label, their text and the typed one wherever they differ. Sent once more, it saves.
    """

    def __init__(self, data: QueryDict | None = None, *, part: Part, wording: Wording | None) -> None:
        self.is_bound = data is not None
        self.data = QueryDict(mutable=True) if data is None else data.copy()
        self.part, self.version = part, wording.version if wording else 0
        self.stored = laid_over(read(wording.passages) if wording else [], part.sources)
        self.passages: list[Passage] = []
        self.theirs: list[tuple[str, str, str]] = []
        self.errors: list[str] = []
        """Of the whole; each form has its own beside."""
        self._known = {(cover.key, cover.fingerprint): cover for passage in self.stored for cover in passage.covers}
        self._known |= {(source.key, source.fingerprint): Cover.of(source) for source in part.sources}
        self.forms = list(self._forms())

    def _forms(self) -> Iterator[PassageForm]:
        if not self.is_bound:
            for number, passage in enumerate([*self.stored, Passage()], 1):
                form = PassageForm(prefix=f"passage-{number}", initial=self._initial(passage, number))
                yield self._told(form, passage)
        else:
            for number in range(1, min(_number(self.data.get("count")), MOST) + 1):
                form = PassageForm(self.data, prefix=f"passage-{number}")
                yield self._told(form, self._covered(form))

    def _initial(self, passage: Passage, place: int) -> dict[str, Any]:
        now = self.part.by_key
        reported = "\n\n".join(now[key].text for key in passage.keys if key in now)
        return {
            "text": reported if passage.text is None else passage.text,
            "fate": Fate.LEAVE_OUT if passage.left_out else Fate.SHOW,
            "place": place,
            "covers": " ".join(f"{cover.key}:{cover.fingerprint}" for cover in passage.covers),
        }

    def _told(self, form: PassageForm, passage: Passage) -> PassageForm:
        now = self.part.by_key
        before = next((each for each in self.stored if each.keys == passage.keys and each.keys), passage)
        form.passage, form.changes = passage, tuple(before.changes(now))
        if not passage.covers:
            form.fields["fate"].choices = [choice for choice in Fate.choices if choice[0] != Fate.SOURCE]  # type: ignore[attr-defined]
        form.sources = tuple(now[key] for key in passage.keys if key in now)
        return form

    def _covered(self, form: PassageForm) -> Passage:
        """Sources that were changed meanwhile count as seen now, and are an error of the whole; unknown ones likewise."""
        covers = []
        for told in form["covers"].value().split() if form["covers"].value() else ():
            key, _colon, seen = told.partition(":")
            now = self.part.by_key.get(key)
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
                self.errors.append(
                    gettext("A passage tells of something that is no longer there. Open the page again.")
                )
        if self.is_bound and covers:
            self.data[form.add_prefix("covers")] = " ".join(f"{cover.key}:{cover.fingerprint}" for cover in covers)
        return Passage(tuple(covers))

    @property
    def seen(self) -> int:
        """The version that the person had before the eyes."""
        return _number(self.data.get("seen")) if self.is_bound else self.version

    @property
    def count(self) -> int:
        return len(self.forms)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Id of the field, its label and what is wrong with it."""
        found = []
        for number, form in enumerate(self.forms, 1):
            for field in form:
                label = f"{number}. {field.label}"
                found += [(field.id_for_label or f"passage-{number}", label, str(error)) for error in field.errors]
        return found

    @property
    def is_conflict(self) -> bool:
        return bool(self.theirs)

    @property
    def shares_places(self) -> bool:
        """Whether two texts of a valid one were given the same place."""
        places = [form.cleaned_data["place"] for form in self.forms if form.tells]
        return len(places) != len(set(places))

    def is_valid(self) -> bool:
        if not self.is_bound:
            return False
        if not self.forms:
            self.errors.append(gettext("The form arrived without its texts. Open the page again."))
        told = [key for form in self.forms for key in form.passage.keys]
        if len(told) != len(set(told)):
            self.errors.append(gettext("Two passages tell of the same thing. Open the page again."))
        if self.problems or self.errors:
            return False
        for form in sorted(self.forms, key=lambda form: form.order):
            self._add(form)
        if self.problems:
            return False
        self._compare()
        return not self.theirs

    def _add(self, form: PassageForm) -> None:
        """Append to `passages` what became of one of them."""
        now, covers = self.part.by_key, form.passage.covers
        text, fate = form.cleaned_data["text"], form.cleaned_data["fate"]
        chosen = form.prefix.removeprefix("passage-") if form.prefix else ""
        passage = Passage(covers, text, fate == Fate.LEAVE_OUT)
        if self.data.get("take") == chosen or fate == Fate.SOURCE:
            self.passages += taken(passage, now)
        elif fate == Fate.MERGE and (covers or text):
            self._merge(form, passage)
        elif self.data.get("keep") == chosen:
            self.passages += kept(passage, now)
        elif fate == Fate.SHOW and covers and not text:
            form.add_error("text", gettext("There is no text. To show nothing here, choose “Leave out”."))
        elif fate == Fate.SHOW and len(covers) == 1 and [text] == [source.text.strip() for source in form.sources]:
            self.passages += taken(passage, now)
        elif covers or (text and fate != Fate.LEAVE_OUT):
            self.passages.append(passage)

    def _merge(self, form: PassageForm, passage: Passage) -> None:
        above = self.passages.pop() if self.passages else None
        if above is None or above.left_out:
            form.add_error("fate", gettext("There is no text above it to merge it into."))
            return
        now = self.part.by_key
        said = above.text if above.text is not None else "\n\n".join(now[key].text for key in above.keys if key in now)
        text = "\n\n".join(part for part in (said, passage.text) if part)
        self.passages.append(Passage((*above.covers, *passage.covers), text))

    def _compare(self) -> None:
        """Fill `theirs` where another version was saved since, and let the next save go through."""
        if self.seen == self.version:
            return
        self.data["seen"] = str(self.version)
        for number, (theirs, mine) in enumerate(zip_longest(self.stored, self.passages), 1):
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

    def shown(self, passage: Passage | None) -> str:
        if passage is None:
            return "–"
        if passage.left_out:
            return gettext("Left out")
        now = self.part.by_key
        reported = "\n\n".join(now[key].text for key in passage.keys if key in now)
        return reported if passage.text is None else passage.text


def _number(text: Any) -> int:
    """Of a hidden field; 0 for anything that is none."""
    told = str(text)
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0
