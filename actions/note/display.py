"""Lay out a page of the note for its reader: each paragraph with its badges, and what the reader may do with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.models import ActionPoint
from actions.note import sections
from actions.note.blocks import EditedBlock, blocks_from_json
from actions.note.builder import NoteBuilder
from actions.note.content import EvidenceLink, Note, NoteIssue, NotePoint, NoteUpdate
from actions.note.edits import place_of
from actions.note.forms.paragraph import ParagraphForm
from actions.note.forms.sign_off import SignOffForm
from actions.note.models import SectionEdit
from actions.note.pages import NotePage
from actions.note.paragraphs import SectionParagraph, new_paragraph
from actions.note.sections import Section
from actions.note.sign_offs import AgencySignOff, PointSignOffs
from tracker.people.models import Agency, User

Answers = Sequence[AgencySignOff]


@dataclass(frozen=True, slots=True)
class Badge:
    kind: str
    """info, warning, success or danger."""
    label: str


@dataclass(frozen=True, slots=True)
class EarlierText:
    """What a paragraph said in one version of its section; None as reported."""

    edit: SectionEdit
    text: str | None
    left_out: bool

    @classmethod
    def of(cls, edit: SectionEdit, key: str) -> "EarlierText":
        blocks = blocks_from_json(edit.blocks)
        place = place_of(blocks, key)
        block = blocks[place] if place is not None else EditedBlock()
        return cls(edit, block.text, block.left_out)

    @property
    def is_as_reported(self) -> bool:
        return self.text is None and not self.left_out


@dataclass(frozen=True, slots=True)
class Editor:
    """The form that is open on a paragraph, and what stands beside it."""

    paragraph: SectionParagraph
    form: ParagraphForm
    edits: Sequence[SectionEdit]
    """The newest versions of its section."""

    @property
    def earlier(self) -> list[EarlierText]:
        """Return what the paragraph said in each version since it was first edited, the newest first, the same text once."""
        if not self.paragraph.place:
            return []
        found = [EarlierText.of(edit, self.paragraph.key) for edit in self.edits]
        texts = [list(same)[-1] for _text, same in groupby(found, lambda each: (each.text, each.left_out))]
        return texts[:-1] if texts and texts[-1].is_as_reported else texts

    @property
    def can_merge(self) -> bool:
        place = self.paragraph.place
        return place > 1 and not self.form.stored[place - 2].left_out


@dataclass(frozen=True, slots=True)
class ReviewBox:
    """The form with which a focal point answers for agencies about one action point."""

    signing: PointSignOffs
    form: SignOffForm
    agencies: Sequence[Agency]

    @property
    def address(self) -> str:
        return review_address(self.signing)


@dataclass(frozen=True, slots=True)
class DisplayedParagraph:
    wording: str | None
    """Markdown; None shows the updates as reported."""
    updates: tuple[NoteUpdate, ...] = ()
    badges: tuple[Badge, ...] = ()
    edit: SectionParagraph | None = None
    """What coordinators edit; None for everybody else."""
    editor: Editor | None = None

    @property
    def evidence(self) -> tuple[EvidenceLink, ...]:
        return tuple(link for update in self.updates for link in update.evidence)


@dataclass(frozen=True, slots=True)
class DisplayedSection:
    paragraphs: tuple[DisplayedParagraph, ...] = ()
    add: SectionParagraph | None = None
    """The paragraph that a coordinator may add."""


@dataclass(frozen=True, slots=True)
class DisplayedPoint:
    point: NotePoint
    description: DisplayedSection
    updates: DisplayedSection
    badges: tuple[Badge, ...] = ()
    """Answers of agencies that report none of its paragraphs."""
    review: str = ""
    """The address at which the reader reviews it; empty if it does not name the reader's agency."""
    is_waiting: bool = False
    """Whether it waits for the reader's answer."""
    box: ReviewBox | None = None
    signed: tuple[AgencySignOff, ...] = ()
    """The answers that are of the text as it is now."""


@dataclass(frozen=True, slots=True)
class DisplayedIssue:
    issue: NoteIssue
    rationale: DisplayedSection
    points: tuple[DisplayedPoint, ...]


@dataclass(frozen=True, slots=True)
class DisplayedNote:
    introduction: DisplayedSection
    issues: tuple[DisplayedIssue, ...]


def display_as_text(note: Note, page: NotePage) -> DisplayedNote:
    """Lay out a note that is only read, such as a published version."""
    return DisplayedNote(
        _read_only(note.introduction),
        tuple(
            DisplayedIssue(
                issue,
                _read_only(issue.rationale),
                tuple(_read_only_point(point) for point in issue.points),
            )
            for issue in page.issues
        ),
    )


def _read_only(text: str) -> DisplayedSection:
    return DisplayedSection((DisplayedParagraph(text),) if text else ())


def _read_only_point(point: NotePoint) -> DisplayedPoint:
    paragraphs = tuple(DisplayedParagraph(entry.wording, entry.items) for entry in point.entries)
    return DisplayedPoint(point, _read_only(point.description), DisplayedSection(paragraphs))


@dataclass
class NoteDisplay:
    """Lay out the note for somebody who is signed in, with at most one form open."""

    builder: NoteBuilder
    sign_offs: Sequence[PointSignOffs]
    user: User
    may_edit: bool
    editor: Editor | None = None
    review: ReviewBox | None = None
    _by_code: Mapping[str, PointSignOffs] = field(init=False)

    def __post_init__(self) -> None:
        self._by_code = {each.point.code: each for each in self.sign_offs}

    def display(self, page: NotePage) -> DisplayedNote:
        """Return what this page of the note shows. No queries."""
        issues = {issue.number: issue for issue in self.builder.issues}
        return DisplayedNote(
            self._text(sections.introduction(self.builder.agenda), self.builder.note.introduction),
            tuple(
                DisplayedIssue(
                    issue,
                    self._text(sections.rationale(issues[issue.number]), issue.rationale)
                    if page.begins(issue)
                    else DisplayedSection(),
                    tuple(self._point(point) for point in issue.points),
                )
                for issue in page.issues
            ),
        )

    def _text(self, section: Section, text: str) -> DisplayedSection:
        return self._editable(section, None) if self.may_edit else _read_only(text)

    def _editable(
        self, section: Section, updates: Mapping[str, NoteUpdate] | None, signed: Answers = ()
    ) -> DisplayedSection:
        """Lay out all paragraphs of a section, also those that the note does not show. A section of one text needs no second one."""
        paragraphs = [
            DisplayedParagraph(
                wording=None if each.block.text is None and updates and each.sources else each.text,
                updates=tuple(updates[key] for key in each.block.keys if key in updates) if updates else (),
                badges=(*_edit_badges(each), *_answers_about({source.by for source in each.sources}, signed)),
                edit=each,
                editor=self._editor_of(each),
            )
            for each in self.builder.paragraphs(section)
        ]
        added, can_add = new_paragraph(section), updates is not None or not paragraphs
        if editor := self._editor_of(added):
            paragraphs.append(DisplayedParagraph("", edit=added, editor=editor))
        return DisplayedSection(tuple(paragraphs), added if can_add and not editor else None)

    def _editor_of(self, paragraph: SectionParagraph) -> Editor | None:
        if self.editor and self.editor.paragraph.anchor == paragraph.anchor:
            return self.editor
        return None

    def _point(self, point: NotePoint) -> DisplayedPoint:
        signing = self._by_code[point.code]
        answered = [answer for answer in signing.answers if answer.sign_off]
        updates = self._updates(point, signing, answered)
        reporting = {update.by for paragraph in updates.paragraphs for update in paragraph.updates}
        return DisplayedPoint(
            point,
            self._description(point, signing.action_point),
            updates,
            badges=tuple(_answer_badges(each for each in answered if each.agency.acronym not in reporting)),
            review=review_address(signing) if signing.is_own(self.user) else "",
            is_waiting=signing.is_open_for(self.user),
            box=self.review if self.review and self.review.signing.point.code == point.code else None,
            signed=tuple(answer for answer in answered if answer.is_of_this_wording),
        )

    def _description(self, point: NotePoint, action_point: ActionPoint) -> DisplayedSection:
        return self._text(sections.description(action_point), point.description)

    def _updates(self, point: NotePoint, signing: PointSignOffs, answered: Answers) -> DisplayedSection:
        if self.may_edit:
            reported = {str(update.number): update for update in self.builder.note_updates[signing.action_point.pk]}
            return self._editable(self.builder.reported(signing.action_point), reported, answered)
        return DisplayedSection(
            tuple(
                DisplayedParagraph(
                    entry.wording,
                    entry.items,
                    (
                        *([Badge("info", _("Edited"))] if entry.wording is not None and entry.items else []),
                        *_answers_about({update.by for update in entry.items}, answered),
                    ),
                )
                for entry in point.entries
            )
        )


def review_address(signing: PointSignOffs) -> str:
    issue = signing.action_point.issue
    return reverse("note_sign_off", args=[issue.agenda.slug, issue.number, signing.action_point.number])


def _edit_badges(paragraph: SectionParagraph) -> list[Badge]:
    badges = []
    if paragraph.is_edited and not paragraph.is_own:
        badges.append(Badge("info", _("Edited")))
    if paragraph.changed_sources:
        badges.append(Badge("warning", _("Source changed")))
    return badges


def _answers_about(acronyms: Iterable[str], answers: Answers) -> list[Badge]:
    acronyms = set(acronyms)
    return _answer_badges(answer for answer in answers if answer.agency.acronym in acronyms)


def _answer_badges(answers: Iterable[AgencySignOff]) -> list[Badge]:
    badges = []
    for answer in answers:
        if answer.sign_off and answer.sign_off.dissent:
            badges.append(Badge("danger", _("Dissent by %(agency)s") % {"agency": answer.agency.acronym}))
        elif answer.is_of_this_wording:
            badges.append(Badge("success", _("Signed off by %(agency)s") % {"agency": answer.agency.acronym}))
    return badges
