"""An agenda as people write it down, read into issues and action points:

    1. Institutional reform
    Why it matters, in as many lines as it takes.
    1.1 Train focal points [UNSSC, UNDP]
    What is to be done.

A line that begins with a number and a dot is an issue, one with two numbers an action point; other lines belong to the one above.
"""

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from hashlib import sha256
from itertools import count

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionPoint
from issues.models import Agenda, Issue
from tracker.people.models import Agency

LIMIT = 300
"""So many action points are added at once, at most."""
LONGEST = 200
"""Of a title, in characters."""

_POINT = re.compile(r"(\d{1,3})\.(\d{1,3})[.):]?\s+(\S.*)")
_ISSUE = re.compile(r"(\d{1,3})[.):]\s+(\S.*)")
_LEADS = re.compile(r"(.*\S)\s*\[([^\[\]]*)\]")


@dataclass(slots=True)
class NewPoint:
    line: int
    """Where it stands in the text, from 1."""
    number: int
    title: str
    leads: list[str]
    """Acronyms, as they were written."""
    text: list[str] = field(default_factory=list)
    """The lines of its description."""

    @property
    def description(self) -> str:
        return "\n".join(self.text).strip()


@dataclass(slots=True)
class NewIssue:
    """`is_there`: the agenda has it, and only action points are added under it."""

    line: int
    number: int
    title: str
    text: list[str] = field(default_factory=list)
    points: list[NewPoint] = field(default_factory=list)
    is_there: bool = False

    @property
    def rationale(self) -> str:
        return "\n".join(self.text).strip()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be added to the agenda, or what is wrong with it."""

    agenda: Agenda
    issues: list[NewIssue]
    agencies: dict[str, Agency]
    """Those that are named, by acronym in small letters."""
    complaints: list[str]

    @property
    def points(self) -> int:
        return sum(len(issue.points) for issue in self.issues)

    @property
    def fingerprint(self) -> str:
        """Of just this plan."""
        return sha256(repr([astuple(issue) for issue in self.issues]).encode()).hexdigest()

    def said(self) -> str:
        """How much it adds, in words."""
        new = sum(not issue.is_there for issue in self.issues)
        issues = ngettext("%(count)s issue", "%(count)s issues", new) % {"count": new}
        points = ngettext("%(count)s action point", "%(count)s action points", self.points) % {"count": self.points}
        return f"{issues}, {points}" if new else points

    def add(self) -> None:
        """Call it in a transaction, with the agenda locked."""
        there = {issue.number: issue for issue in self.agenda.issues.all()}
        for planned in self.issues:
            issue = there.get(planned.number) or Issue.objects.create(
                agenda=self.agenda, number=planned.number, title=planned.title, rationale=planned.rationale
            )
            for new in planned.points:
                point = ActionPoint.objects.create(
                    issue=issue, number=new.number, title=new.title, description=new.description
                )
                point.lead_agencies.set(self.agencies[acronym.casefold()] for acronym in new.leads)


def plan(agenda: Agenda, text: str) -> Plan:
    """What the text would add to the agenda. Three queries."""
    issues, complaints = _read(text)
    there = {issue.number: issue for issue in agenda.issues.all()}
    taken = set(ActionPoint.objects.filter(issue__agenda=agenda).values_list("issue__number", "number"))
    named = {acronym for issue in issues for point in issue.points for acronym in point.leads}
    agencies = {agency.acronym.casefold(): agency for agency in Agency.objects.all()} if named else {}
    for issue in issues:
        complaints += _issue_complaints(issue, there.get(issue.number))
        complaints += _point_complaints(issue, taken, agencies)
    if sum(len(issue.points) for issue in issues) > LIMIT:
        complaints.append(
            _("At most %(most)s action points are added at once. Cut the text in parts.") % {"most": LIMIT}
        )
    if not issues and not complaints:
        complaints.append(_("No issue and no action point was found: begin their lines with numbers, as above."))
    return Plan(agenda, issues, agencies, complaints)


def _read(text: str) -> tuple[list[NewIssue], list[str]]:
    """In the order of the text; what can be said of it without looking at the agenda."""
    issues: dict[int, NewIssue] = {}
    complaints: list[str] = []
    above: NewIssue | NewPoint | None = None
    for line, words in zip(count(1), text.splitlines(), strict=False):
        words = words.strip()
        if found := _POINT.fullmatch(words):
            issue = issues.setdefault(int(found[1]), NewIssue(line, int(found[1]), ""))
            above = NewPoint(line, int(found[2]), *_title_and_leads(found[3]))
            issue.points.append(above)
        elif found := _ISSUE.fullmatch(words):
            above = issue = issues.setdefault(int(found[1]), NewIssue(line, int(found[1]), ""))
            if issue.title:
                complaints.append(_at(line, _("Issue %(number)s stands in the text twice.") % {"number": issue.number}))
            issue.title = found[2]
        elif above:
            above.text.append(words)
        elif words:
            complaints.append(
                _at(line, _("This belongs to no issue and no action point. Begin with a line such as “1. Title”."))
            )
            return [], complaints
    return list(issues.values()), complaints


def _title_and_leads(words: str) -> tuple[str, list[str]]:
    if not (found := _LEADS.fullmatch(words)):
        return words, []
    return found[1], [acronym for part in found[2].split(",") if (acronym := part.strip())]


def _issue_complaints(issue: NewIssue, there: Issue | None) -> Iterator[str]:
    yield from _title_complaints(issue.line, issue.number, issue.title)
    if not there:
        if not issue.title:
            what = _("There is no issue %(number)s. Write it above its action points.")
            yield _at(issue.line, what % {"number": issue.number})
        return
    issue.is_there = True
    if issue.title and issue.title.casefold() != there.title.casefold():
        what = _("Issue %(number)s is there already, as “%(title)s”. Give this one another number.")
        yield _at(issue.line, what % {"number": issue.number, "title": there.title})
    elif issue.rationale:
        what = _("Issue %(number)s is there already: word it on its own page, and leave its text out here.")
        yield _at(issue.line, what % {"number": issue.number})
    issue.title = there.title


def _point_complaints(issue: NewIssue, taken: set[tuple[int, int]], agencies: dict[str, Agency]) -> Iterator[str]:
    seen = set(taken)
    for point in issue.points:
        yield from _title_complaints(point.line, point.number, point.title)
        if (issue.number, point.number) in seen:
            what = _("There is an action point %(code)s already. Give this one another number.")
            yield _at(point.line, what % {"code": f"{issue.number}.{point.number}"})
        seen.add((issue.number, point.number))
        for acronym in point.leads:
            if acronym.casefold() not in agencies:
                what = _("There is no agency “%(name)s”. Correct it, or leave it out and name it later.")
                yield _at(point.line, what % {"name": acronym[:40]})


def _title_complaints(line: int, number: int, title: str) -> Iterator[str]:
    if not number:
        yield _at(line, _("Numbers begin at 1."))
    if len(title) > LONGEST:
        what = _("The title has %(count)s characters, of at most %(most)s. Put the rest on the next line.")
        yield _at(line, what % {"count": len(title), "most": LONGEST})


def _at(line: int, words: str) -> str:
    return _("Line %(line)s: %(words)s") % {"line": line, "words": words}
