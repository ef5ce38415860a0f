"""Parse an agenda that was pasted as text into issues and action points:

    1. Institutional reform
    Why it matters, in as many lines as it takes.
    1.1 Train focal points [UNSSC, UNDP]
    What is to be done.

A line that begins with a number and a dot is an issue, a line with two numbers an action point. Other lines belong to the one above.
"""

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from datetime import date
from hashlib import sha256
from itertools import count

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionPoint
from actions.responsibilities import default_since
from issues.models import Agenda, Issue
from tracker.people.models import Agency
from tracker.text import is_blank

MAX_ACTION_POINTS = 300
MAX_TITLE_LENGTH = 200

_ACTION_POINT = re.compile(r"(\d{1,3})\.(\d{1,3})[.):]?\s+(\S.*)")
_ISSUE = re.compile(r"(\d{1,3})[.):]\s+(\S.*)")
_LEADS = re.compile(r"(.*\S)\s*\[([^\[\]]*)\]")


@dataclass(slots=True)
class PastedActionPoint:
    line: int
    """The number of its line in the text, from 1."""
    number: int
    title: str
    leads: list[str]
    """Acronyms as they were typed."""
    text: list[str] = field(default_factory=list)
    """The lines of its description."""

    @property
    def description(self) -> str:
        return "\n".join(self.text).strip()


@dataclass(slots=True)
class PastedIssue:
    line: int
    number: int
    title: str
    text: list[str] = field(default_factory=list)
    """The lines of its rationale."""
    action_points: list[PastedActionPoint] = field(default_factory=list)
    exists: bool = False
    """Whether the agenda has the issue, so that only action points are added to it."""

    @property
    def rationale(self) -> str:
        return "\n".join(self.text).strip()


@dataclass(frozen=True, slots=True)
class PastedAgenda:
    """Hold what a text would add to an agenda, and what is wrong with it."""

    agenda: Agenda
    issues: list[PastedIssue]
    agencies: dict[str, Agency]
    """The agencies of the directory by acronym in lower case; empty if the text names none."""
    errors: list[str]

    @property
    def action_point_count(self) -> int:
        return sum(len(issue.action_points) for issue in self.issues)

    @property
    def version(self) -> str:
        """Identify what would be added, so that only what was previewed is added."""
        return sha256(repr([astuple(issue) for issue in self.issues]).encode()).hexdigest()

    def summary(self) -> str:
        """Return how much it adds, such as "2 issues, 3 action points"."""
        new = sum(not issue.exists for issue in self.issues)
        issues = ngettext("%(count)s issue", "%(count)s issues", new) % {"count": new}
        total = self.action_point_count
        action_points = ngettext("%(count)s action point", "%(count)s action points", total) % {"count": total}
        return f"{issues}, {action_points}" if new else action_points

    def add(self, today: date) -> None:
        """Store the issues, action points and lead agencies. Call it in a transaction that has locked the agenda."""
        existing = {issue.number: issue for issue in self.agenda.issues.all()}
        for pasted in self.issues:
            issue = existing.get(pasted.number) or Issue.objects.create(
                agenda=self.agenda, number=pasted.number, title=pasted.title, rationale=pasted.rationale
            )
            for pasted_point in pasted.action_points:
                self._add_action_point(issue, pasted_point, today)

    def _add_action_point(self, issue: Issue, pasted: PastedActionPoint, today: date) -> None:
        action_point = ActionPoint.objects.create(
            issue=issue,
            number=pasted.number,
            title=pasted.title,
            description=pasted.description,
            added_on=self.agenda.day_of_adding(today),
        )
        since = default_since(self.agenda, today)
        for acronym in dict.fromkeys(acronym.casefold() for acronym in pasted.leads):
            # It has no update yet, so no status to derive.
            action_point.responsibilities.create(agency=self.agencies[acronym], since=since)


def parse_agenda(agenda: Agenda, text: str) -> PastedAgenda:
    """Return what the text would add to the agenda. Three queries."""
    issues, errors = _parse_lines(text)
    existing = {issue.number: issue for issue in agenda.issues.all()}
    taken = set(ActionPoint.objects.filter(issue__agenda=agenda).values_list("issue__number", "number"))
    has_leads = any(point.leads for issue in issues for point in issue.action_points)
    agencies = {agency.acronym.casefold(): agency for agency in Agency.objects.all()} if has_leads else {}
    for issue in issues:
        errors += _issue_errors(issue, existing.get(issue.number))
        errors += _action_point_errors(issue, taken, agencies)
    pasted = PastedAgenda(agenda, issues, agencies, errors)
    if pasted.action_point_count > MAX_ACTION_POINTS:
        message = _("At most %(most)s action points can be added at once. Paste the text in parts.")
        errors.append(message % {"most": MAX_ACTION_POINTS})
    if not issues and not errors:
        errors.append(_("No issue and no action point was found. Begin their lines with numbers, as in the example."))
    return pasted


def _parse_lines(text: str) -> tuple[list[PastedIssue], list[str]]:
    """Return the issues in the order of the text, and the errors that can be found without looking at the agenda."""
    issues: dict[int, PastedIssue] = {}
    errors: list[str] = []
    above: PastedIssue | PastedActionPoint | None = None
    for line, content in zip(count(1), text.splitlines(), strict=False):
        content = content.strip()
        if match := _ACTION_POINT.fullmatch(content):
            issue = issues.setdefault(int(match[1]), PastedIssue(line, int(match[1]), ""))
            above = PastedActionPoint(line, int(match[2]), *_title_and_leads(match[3]))
            issue.action_points.append(above)
        elif match := _ISSUE.fullmatch(content):
            above = issue = issues.setdefault(int(match[1]), PastedIssue(line, int(match[1]), ""))
            if issue.title:
                errors.append(_at(line, _("Issue %(number)s is in the text twice.") % {"number": issue.number}))
            issue.title = match[2]
        elif above:
            above.text.append(content)
        elif content:
            message = _("This belongs to no issue and no action point. Begin with a line such as “1. Title”.")
            return [], [_at(line, message)]
    return list(issues.values()), errors


def _title_and_leads(content: str) -> tuple[str, list[str]]:
    if not (match := _LEADS.fullmatch(content)):
        return content, []
    return match[1], [acronym for part in match[2].split(",") if (acronym := part.strip())]


def _issue_errors(issue: PastedIssue, existing: Issue | None) -> Iterator[str]:
    """Yield what is wrong with an issue. An existing one gets the title that it has in the agenda."""
    yield from _title_errors(issue.line, issue.number, issue.title)
    if not existing:
        if not issue.title:
            message = _("The agenda has no issue %(number)s. Write it above its action points.")
            yield _at(issue.line, message % {"number": issue.number})
        return
    issue.exists = True
    if issue.title and issue.title.casefold() != existing.title.casefold():
        message = _("The agenda already has an issue %(number)s, “%(title)s”. Use another number.")
        yield _at(issue.line, message % {"number": issue.number, "title": existing.title})
    elif issue.rationale:
        message = _(
            "The agenda already has issue %(number)s. Edit its text on its own page, and leave the text out here."
        )
        yield _at(issue.line, message % {"number": issue.number})
    issue.title = existing.title


def _action_point_errors(issue: PastedIssue, taken: set[tuple[int, int]], agencies: dict[str, Agency]) -> Iterator[str]:
    numbers = set(taken)
    for point in issue.action_points:
        yield from _title_errors(point.line, point.number, point.title)
        if (issue.number, point.number) in numbers:
            message = _("The agenda already has an action point %(code)s. Use another number.")
            yield _at(point.line, message % {"code": f"{issue.number}.{point.number}"})
        numbers.add((issue.number, point.number))
        for acronym in point.leads:
            if acronym.casefold() not in agencies:
                message = _(
                    "The directory has no agency “%(name)s”. Correct it, or leave it out and add the lead later."
                )
                yield _at(point.line, message % {"name": acronym[:40]})


def _title_errors(line: int, number: int, title: str) -> Iterator[str]:
    if not number:
        yield _at(line, _("Numbers begin at 1."))
    if title and is_blank(title):
        yield _at(line, _("The title consists of characters that nobody can see. Type what others should read."))
    if len(title) > MAX_TITLE_LENGTH:
        message = _("The title has %(count)s characters; at most %(most)s are possible. Put the rest on the next line.")
        yield _at(line, message % {"count": len(title), "most": MAX_TITLE_LENGTH})


def _at(line: int, message: str) -> str:
    return _("Line %(line)s: %(words)s") % {"line": line, "words": message}
