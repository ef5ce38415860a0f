"""Understand a pasted text as issues, action points, leads and updates of an agenda, with questions and errors; and add it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionPoint, ReportedStatus
from actions.models.progress_update import NARRATIVE_LIMIT, REASON_LIMIT
from actions.setup.facts import read_facts
from actions.setup.lines import plain
from actions.setup.naming import Directory, UnknownAgency, expands, split_names
from actions.setup.outline import read_outline
from actions.setup.outline_parts import Outline, PastedIssue, PastedPoint
from actions.setup.questions import agency_questions, structure_questions
from actions.setup.understood import Question, UnderstoodIssue, UnderstoodPoint, UnderstoodUpdate
from actions.setup.wording import LEAD_LABEL
from issues.models import Agenda, Issue
from tracker.enumerations import comma_separated
from tracker.folding import fold
from tracker.people.models import Agency
from tracker.text import is_blank
from tracker.web.optimistic_lock import version_of_content

MAX_ACTION_POINTS, MAX_UPDATES = 2000, 300
MAX_TITLE_LENGTH, MAX_NUMBER = 200, 999

_SENTENCE_END = re.compile(r"[.!?。؟](?= )")


@dataclass(slots=True)
class PastedAgenda:
    """What a text would add to an agenda, and what is to be cleared up before."""

    agenda: Agenda
    outline: Outline
    directory: Directory
    issues: list[UnderstoodIssue]
    questions: list[Question] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def points(self) -> list[UnderstoodPoint]:
        return [point for issue in self.issues for point in issue.points]

    @property
    def update_count(self) -> int:
        return sum(len(point.updates) for point in self.points)

    @property
    def introduction(self) -> str:
        return _paragraphs(self.outline.introduction)

    @property
    def new_issue_count(self) -> int:
        return sum(issue.existing is None for issue in self.issues)

    @property
    def version(self) -> str:
        """Identify what would be added, so that only what was shown is added."""
        shown = [
            (
                issue.number,
                issue.title,
                issue.rationale,
                bool(issue.existing),
                [_shown(point) for point in issue.points],
            )
            for issue in self.issues
        ]
        return version_of_content(self.introduction, shown)

    def summary(self) -> str:
        """Return how much it adds, such as "2 issues, 3 action points"."""
        issues, points, updates = self.new_issue_count, len(self.points), self.update_count
        parts = [
            ngettext("%(count)s issue", "%(count)s issues", issues) % {"count": issues} if issues else "",
            ngettext("%(count)s action point", "%(count)s action points", points) % {"count": points},
            ngettext("%(count)s update", "%(count)s updates", updates) % {"count": updates} if updates else "",
        ]
        return comma_separated(part for part in parts if part)


def _shown(point: UnderstoodPoint) -> tuple[object, ...]:
    updates = [(update.text, str(update.facts.happened), update.facts.status) for update in point.updates]
    return (point.number, point.title, point.description, [lead.acronym for lead in point.leads], updates)


def understand(agenda: Agenda, text: str, answers: Mapping[str, str], today: date) -> PastedAgenda:
    """Read the text for this agenda. Four queries."""
    directory = Directory(list(Agency.objects.all()))
    outline = read_outline(text, answers, lambda words: read_facts(words, directory, today).is_attributed)
    directory.unknown.clear()
    existing = {issue.number: issue for issue in agenda.issues.order_by("number")}
    taken: dict[int, set[int]] = {}
    for issue_number, number in ActionPoint.objects.filter(issue__agenda=agenda).values_list("issue__number", "number"):
        taken.setdefault(issue_number, set()).add(number)
    reader = _Understanding(agenda, directory, existing, taken, today)
    pasted = PastedAgenda(agenda, outline, directory, [reader.issue(issue) for issue in outline.issues])
    pasted.questions = [
        *structure_questions(outline, pasted.issues),
        *agency_questions(pasted.points, directory, answers),
    ]
    pasted.errors = [*reader.errors, *_size_errors(pasted, sum(map(len, taken.values())))]
    return pasted


class _Understanding:
    def __init__(
        self, agenda: Agenda, directory: Directory, existing: dict[int, Issue], taken: dict[int, set[int]], today: date
    ) -> None:
        self.agenda, self.directory, self.today = agenda, directory, today
        self.existing, self.taken = existing, taken
        self.last_number = max(existing, default=0)
        self.errors: list[str] = []

    def issue(self, pasted: PastedIssue) -> UnderstoodIssue:
        title, rest = _split_title(pasted.words)
        by_title = {issue.title.casefold(): issue for issue in self.existing.values()}
        existing = self.existing.get(pasted.number) if pasted.number else by_title.get(title.casefold())
        number = pasted.number or (existing.number if existing else self.last_number + 1)
        self.last_number = max(self.last_number, number)
        rationale = _paragraphs([*rest, *pasted.texts])
        issue = UnderstoodIssue(pasted.line, number, title, rationale, [], existing)
        self._check_issue(pasted, issue)
        used = self.taken.setdefault(number, set())
        for point in pasted.points:
            issue.points.append(self.point(point, number, used))
        if existing:
            issue.title = existing.title
        return issue

    def point(self, pasted: PastedPoint, issue: int, used: set[int]) -> UnderstoodPoint:
        number = pasted.number or max(used, default=0) + 1
        words, leads, unknown = self._take_leads(pasted.words)
        texts: list[str] = []
        for text in pasted.texts:
            names = _names_after_label(text)
            more, more_unknown = self._agencies(names)
            if names and len(more) + len(more_unknown) == len(names):
                leads, unknown = [*leads, *more], [*unknown, *more_unknown]
            else:
                texts.append(text)
        title, rest = _split_title(words)
        updates = [self._update(update.line, update.key, update.texts) for update in pasted.updates]
        named = [*leads, *self.directory.named_in(words)]
        named += [agency for update in updates for agency in update.named]
        understood = UnderstoodPoint(
            pasted.line,
            pasted.last_line,
            pasted.key,
            number,
            title,
            _paragraphs([*rest, *texts]),
            list({agency.pk: agency for agency in leads}.values()),
            unknown,
            updates,
            list({agency.pk: agency for agency in named}.values()),
        )
        self._check_point(pasted, understood, f"{issue}.{number}", used)
        used.add(number)
        return understood

    def _take_leads(self, words: str) -> tuple[str, list[Agency], list[UnknownAgency]]:
        """Take the leads off the end of an action point: "[UNDP, UNSSC]", "(Lead: UNDP)" or "(UNDP)"."""
        stripped = plain(words).rstrip(" .")
        for opening, closing in ("[]", "()"):
            start = stripped.rfind(opening)
            if not stripped.endswith(closing) or start < 1 or len(stripped) - start > 300:
                continue
            inside = words[start + 1 : len(stripped) - 1]
            label = _names_after_label(inside)
            names = label or split_names(inside)
            is_certain = opening == "[" or bool(label)
            if not is_certain and (expands(inside, words[:start].rstrip()) or not all(map(self.directory.find, names))):
                continue
            found, unknown = self._agencies(names)
            if names and len(found) + len(unknown) == len(names):
                return words[:start].rstrip(), found, unknown
        return words, [], []

    def _agencies(self, names: list[str]) -> tuple[list[Agency], list[UnknownAgency]]:
        found = [agency for name in names if (agency := self.directory.find(name))]
        return found, [unknown for name in names if (unknown := self.directory.note_unknown(name))]

    def _update(self, line: int, key: str, texts: list[str]) -> UnderstoodUpdate:
        facts = read_facts(texts[0], self.directory, self.today)
        text = _paragraphs([facts.text, *texts[1:]])
        for unknown in self.directory.note_unknown_in(text):
            if unknown not in facts.unknown and unknown.acronym in facts.text.split(" ")[:2]:
                facts.unknown = [unknown, *facts.unknown]
        limit = REASON_LIMIT if facts.status == ReportedStatus.NO_PROGRESS else NARRATIVE_LIMIT
        if len(text) > limit:
            message = _("The update has %(count)s characters; at most %(most)s are possible. Shorten it.")
            self._note(line, message % {"count": len(text), "most": limit})
        return UnderstoodUpdate(line, key, facts, text, [*facts.agencies, *self.directory.named_in(text)])

    # Errors

    def _note(self, line: int, message: str) -> None:
        self.errors.append(_("Line %(line)s: %(words)s") % {"line": line, "words": message})

    def _check_issue(self, pasted: PastedIssue, issue: UnderstoodIssue) -> None:
        numbers = {"number": issue.number}
        if pasted.is_repeated:
            self._note(pasted.line, _("Issue %(number)s is in the text twice.") % numbers)
        self._check_number(pasted.line, issue.number)
        self._check_title(pasted.line, issue.title)
        if not issue.existing and not issue.title:
            message = _("The agenda has no issue %(number)s. Write it above its action points.")
            self._note(pasted.line, message % numbers)
        elif issue.existing and issue.title and issue.title.casefold() != issue.existing.title.casefold():
            message = _("The agenda already has an issue %(number)s, “%(title)s”. Use another number.")
            self._note(pasted.line, message % (numbers | {"title": issue.existing.title}))
        elif issue.existing and issue.rationale:
            message = _(
                "The agenda already has issue %(number)s. Edit its text on its own page, and leave the text out here."
            )
            self._note(pasted.line, message % numbers)

    def _check_point(self, pasted: PastedPoint, point: UnderstoodPoint, code: str, used: set[int]) -> None:
        self._check_number(pasted.line, point.number)
        self._check_title(pasted.line, point.title)
        if point.number in used:
            message = _("The agenda already has an action point %(code)s. Use another number.")
            self._note(pasted.line, message % {"code": code})

    def _check_number(self, line: int, number: int) -> None:
        if number < 1:
            self._note(line, _("Numbers begin at 1."))
        elif number > MAX_NUMBER:
            self._note(line, _("An issue has 999 action points at most."))

    def _check_title(self, line: int, title: str) -> None:
        if title and is_blank(title):
            self._note(line, _("The title consists of characters that nobody can see. Type what others should read."))


def _names_after_label(text: str) -> list[str]:
    """Return the names after a label such as "Lead: "; none without one."""
    folded = fold(text[:300])
    match = LEAD_LABEL.match(folded) if len(text) <= 300 and len(folded) == len(text) else None
    return split_names(text[match.end() :]) if match else []


def _split_title(words: str) -> tuple[str, list[str]]:
    """Return a title that fits, and all of the text if the title had to be shortened: at a sentence, otherwise at a word."""
    words = words.replace("**", "").strip()
    if len(words) <= MAX_TITLE_LENGTH:
        is_sentence = words.endswith(".") and not words.endswith("..") and words.count(". ") == 0
        return (words[:-1] if is_sentence else words), []
    ends = [match.end() for match in _SENTENCE_END.finditer(words[: MAX_TITLE_LENGTH + 1]) if match.end() > 20]
    if ends:
        return words[: ends[-1]].rstrip("."), [words]
    cut = words[: MAX_TITLE_LENGTH - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…", [words]


def _paragraphs(texts: list[str]) -> str:
    """Join paragraphs as Markdown; the items of a list stay together."""
    joined = ""
    for text in texts:
        is_list = text.startswith("- ") and joined.rpartition("\n")[2].startswith("- ")
        joined += ("\n" if is_list else "\n\n" if joined else "") + text
    return joined.strip()


def _size_errors(pasted: PastedAgenda, existing: int) -> Iterator[str]:
    if len(pasted.points) + existing > MAX_ACTION_POINTS:
        yield _("An agenda has at most %(most)s action points. Leave some of them out.") % {"most": MAX_ACTION_POINTS}
    if pasted.update_count > MAX_UPDATES:
        yield _("At most %(most)s updates can be added at once. Paste the text in parts.") % {"most": MAX_UPDATES}
    if not pasted.points and not pasted.issues:
        yield _("No issue and no action point was found. Write each on its own line, with a number or a bullet.")
