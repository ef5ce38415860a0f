"""Ask about what is doubtful in a pasted text."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from actions.setup.naming import Directory, UnknownAgency
from actions.setup.outline_parts import Doubt, Outline
from actions.setup.understood import Question, UnderstoodIssue, UnderstoodPoint
from tracker.people.models import Agency

MAX_AGENCIES = 100
"""Unknown agencies that are asked about at once; the others follow once these are answered."""


def structure_questions(outline: Outline, understood: Sequence[UnderstoodIssue]) -> Iterator[Question]:
    issues = dict(zip(map(id, outline.issues), understood, strict=True))
    for doubt in outline.doubts:
        issue = issues.get(id(doubt.issue))
        near = (
            next((point for point in issue.points if doubt.point and point.key == doubt.point.key), None)
            if issue
            else None
        )
        yield Question(
            doubt.key,
            doubt.kind,
            _words_of(doubt),
            doubt.quote,
            [(reading, _label(reading, doubt, issue, near)) for reading in doubt.readings],
            doubt.line,
            doubt.last_line,
            near.key if near else "",
        )


def _words_of(doubt: Doubt) -> str:
    return {
        "point": _("Is this an action point or an update?"),
        "below": _("Is this an action point or an update?"),
        "paragraph": _("Is this an update?"),
        "heading": _("Is this an issue?"),
        "flat": _("Are these issues or action points?"),
        "preamble": _("Where does the text above the first issue go?"),
    }[doubt.kind]


def _label(reading: str, doubt: Doubt, issue: UnderstoodIssue | None, near: UnderstoodPoint | None) -> str:
    code = f"{issue.number}.{near.number}" if issue and near else ""
    following = f"{issue.number}.{near.number + 1}" if issue and near else ""
    return {
        "update": _("Update on %(code)s") % {"code": code},
        "point": _("Action point %(code)s") % {"code": following},
        "text": _("Text of %(code)s") % {"code": code},
        "issue": _("A new issue"),
        "issues": _("Issues"),
        "points": _("Action points"),
        "introduction": _("Into the introduction"),
        "nothing": _("Leave it out"),
    }[reading]


def agency_questions(
    points: Sequence[UnderstoodPoint], directory: Directory, answers: Mapping[str, str]
) -> Iterator[Question]:
    """Ask once about each agency that the text names and the directory lacks, below the first action point that names it."""
    for point in points:
        for text in (point.title, point.description):
            list(directory.note_unknown_in(text))
    texts = {
        point.key: "\n".join([point.title, point.description, *(each.text for each in point.updates)])
        for point in points
    }
    asked = [each for each in directory.unknown.values() if answers.get(f"agency:{each.key}") != "keep"]
    for unknown in asked[:MAX_AGENCIES]:
        near = next((point for point in points if unknown.acronym in texts[point.key] or _names(point, unknown)), None)
        words = _("%(acronym)s isn't an agency here yet.") % {"acronym": unknown.acronym}
        choices = [("add", _("Add agency %(acronym)s") % {"acronym": unknown.acronym}), ("keep", _("Keep as text"))]
        name = unknown.name if unknown.name != unknown.acronym else ""
        line = near.line if near else 0
        last = near.last_line if near else 0
        key = f"agency:{unknown.key}"
        yield Question(key, "agency", words, name, choices, line, last, near.key if near else "", unknown)


def _names(point: UnderstoodPoint, unknown: UnknownAgency) -> bool:
    return unknown in point.unknown_leads or any(unknown in update.facts.unknown for update in point.updates)


def add_agency(unknown: UnknownAgency, name: str) -> Agency:
    """Add an agency that the text names. Raises ValidationError if its acronym or its name cannot be stored."""
    existing = Agency.objects.filter(acronym__iexact=unknown.acronym).first()
    if existing:
        return existing
    agency = Agency(acronym=unknown.acronym, name=" ".join(name.split()) or unknown.name, kind=unknown.kind)
    agency.full_clean()
    agency.save()
    return agency
