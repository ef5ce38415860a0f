"""The note of an agenda as plain data, from which its page and its files are made.

The names of fields are those of the JSON that published versions consist of (`serialization.py`).
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from actions.models import ActionStatus, ReportedStatus
from actions.note.blocks import fingerprint
from actions.note.directory import NoteAgency
from actions.note.markdown_tree import Block, Paragraph, Quote, Run, parse
from actions.note.milestones import NoteMilestone
from tracker.dates.value import PartialDate
from tracker.enumerations import comma_separated


def issue_anchor(number: int) -> str:
    return f"issue-{number}"


def action_point_anchor(code: str) -> str:
    return f"action-point-{code.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class NoteUpdate:
    """One current progress update."""

    number: int
    address: str
    status: str
    happened: PartialDate | None
    reported_on: PartialDate
    by: str
    participants: tuple[str, ...]
    is_piece: bool
    narrative: str
    """Markdown; may be empty if the status is "no progress"."""
    reason: str
    """Markdown: why there is no progress; else empty."""
    evidence: tuple[EvidenceLink, ...]
    language: str = ""
    """The language of the text; empty in versions that were published before it was stored."""

    @property
    def status_label(self) -> str:
        return str(ReportedStatus(self.status).label)

    @property
    def is_no_progress(self) -> bool:
        return self.status == ReportedStatus.NO_PROGRESS

    @property
    def when(self) -> str:
        """Return the date in words, never more precise than it is known."""
        if self.happened:
            return str(self.happened)
        return gettext("Reported %(when)s, no date given") % {"when": self.reported_on}

    @property
    def who(self) -> str:
        """Return who reported with which partners; empty if nobody is named."""
        if not self.participants:
            return self.by
        partners = comma_separated(self.participants)
        if not self.by:
            return gettext("with %(agencies)s") % {"agencies": partners}
        return gettext("%(agency)s with %(agencies)s") % {"agency": self.by, "agencies": partners}

    @property
    def heading(self) -> str:
        """Return date, agencies and status on one line."""
        status = self.status_label
        if self.is_piece:
            status += " (" + gettext("a piece of the work") + ")"
        return " · ".join(text for text in (self.when, self.who, status) if text)

    @property
    def source(self) -> str:
        """Return the whole text as Markdown, with which a coordinator begins to edit."""
        statement = "**" + gettext("No progress so far.") + "**" if self.is_no_progress else ""
        return "\n\n".join(text for text in (statement, self.reason, self.narrative) if text)

    @property
    def fingerprint(self) -> str:
        """Identify the text, in any language."""
        return fingerprint(self.status, self.reason, self.narrative)

    @property
    def facts(self) -> list[object]:
        """Return all that is shown of it, in no language, for the fingerprint of its action point."""
        happened = self.happened.text if self.happened else None
        evidence = [[link.title, link.address] for link in self.evidence]
        origin = [self.number, self.status, happened, self.reported_on.text, self.by, list(self.participants)]
        return [*origin, self.is_piece, self.narrative, self.reason, evidence]

    @property
    def text(self) -> tuple[Block, ...]:
        """Return the reason and the narrative, after a statement if the status is "no progress"."""
        blocks = parse(self.reason) + parse(self.narrative)
        if self.is_no_progress:
            blocks = (Paragraph((Run(gettext("No progress so far."), strong=True),)), *blocks)
        return blocks


@dataclass(frozen=True, slots=True)
class NoteEntry:
    """One entry below an action point: an update as reported, or a coordinator's text for some updates or for none."""

    items: tuple[NoteUpdate, ...]
    """The updates that it covers; none for a coordinator's own paragraph."""
    wording: str | None = None
    """A coordinator's text in Markdown; None shows the one update as reported."""

    @property
    def text(self) -> tuple[Block, ...]:
        return self.items[0].text if self.wording is None else parse(self.wording)

    @property
    def evidence(self) -> tuple[EvidenceLink, ...]:
        return tuple(link for update in self.items for link in update.evidence)


@dataclass(frozen=True, slots=True)
class Dissent:
    """Why an agency does not agree with what the note says about an action point."""

    agency: str
    words: str
    """Markdown."""
    is_of_earlier_wording: bool

    @property
    def heading(self) -> str:
        if self.is_of_earlier_wording:
            return gettext("Dissent of %(agency)s, of an earlier wording") % {"agency": self.agency}
        return gettext("Dissent of %(agency)s") % {"agency": self.agency}

    @property
    def text(self) -> tuple[Block, ...]:
        return (Paragraph((Run(self.heading, strong=True),)), Quote(parse(self.words)))


@dataclass(frozen=True, slots=True)
class NotePart:
    """One agency's part of an action point that several agencies lead."""

    agency: str
    status: ActionStatus


@dataclass(frozen=True, slots=True)
class NotePoint:
    """An action point: what was agreed, its owners, what came of it and its milestones."""

    code: str
    reference: str
    title: str
    address: str
    description: str
    """Markdown."""
    lead_agencies: tuple[str, ...]
    people: tuple[str, ...]
    """Names of the persons named for it; empty for visitors."""
    status: ActionStatus
    has_report: bool
    """Whether it has a current update, even if the note leaves it out."""
    entries: tuple[NoteEntry, ...]
    ahead: tuple[NoteMilestone, ...]
    passed: tuple[NoteMilestone, ...]
    dissents: tuple[Dissent, ...] = ()
    parts: tuple[NotePart, ...] = ()
    """One for each lead agency if there are several."""

    @property
    def status_line(self) -> str:
        """Return the status in words: of each part if several agencies lead it."""
        if self.parts:
            return " · ".join(f"{part.agency}: {part.status.label}" for part in self.parts)
        return str(self.status.label)

    @property
    def updates(self) -> tuple[NoteUpdate, ...]:
        """Return the updates that its entries cover."""
        return tuple(update for entry in self.entries for update in entry.items)

    @property
    def fingerprint(self) -> str:
        """Identify what agencies sign off: everything except the owners and the dissents."""
        entries = [[entry.wording, [update.facts for update in entry.items]] for entry in self.entries]
        milestones = sorted(json.dumps(milestone.facts) for milestone in (*self.ahead, *self.passed))
        return fingerprint(self.title, self.description, entries, milestones)

    @property
    def heading(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def anchor(self) -> str:
        return action_point_anchor(self.code)

    @property
    def owners(self) -> str:
        """Return the lead agencies and persons in words. Visitors do not read the names of persons."""
        return " · ".join(comma_separated(group) for group in (self.lead_agencies, self.people) if group)

    @property
    def answered_for(self) -> str:
        """Return who is responsible as a sentence."""
        return ": ".join([gettext("Responsible"), self.owners]) if self.lead_agencies else gettext("No one responsible")

    @property
    def facts(self) -> tuple[str, ...]:
        """Return who is responsible and, once something has been reported, the status, each as a line of its own."""
        status = ": ".join([gettext("Status"), self.status_line])
        return (self.answered_for, status) if self.has_report else (self.answered_for,)

    @property
    def milestone_groups(self) -> tuple[tuple[str, tuple[NoteMilestone, ...]], ...]:
        """Return its milestones that are not done in groups with a heading; no group is empty."""
        groups = ((gettext("Passed, not done"), self.passed), (gettext("Upcoming"), self.ahead))
        return tuple((heading, milestones) for heading, milestones in groups if milestones)


@dataclass(frozen=True, slots=True)
class NoteIssue:
    """An issue with its action points."""

    number: int
    title: str
    address: str
    rationale: str
    """Markdown."""
    points: tuple[NotePoint, ...]

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def anchor(self) -> str:
        return issue_anchor(self.number)

    @property
    def counts(self) -> tuple[int, ...]:
        """Count its action points by status: one number for each ActionStatus, in their order."""
        counts = Counter(point.status for point in self.points)
        return tuple(counts[status] for status in ActionStatus)


@dataclass(frozen=True, slots=True)
class Note:
    slug: str
    title: str
    agenda_title: str
    address: str
    introduction: str
    """Markdown."""
    agreed_on: PartialDate | None
    reporting_period: PartialDate | None
    as_of: date
    issues: tuple[NoteIssue, ...]
    directory: tuple[NoteAgency, ...]
    """Agencies that the note names or that have focal points, by acronym. Visitors see no contacts."""
    names_people: bool
    version: int | None = None
    """The number of a published version."""

    @property
    def up_to(self) -> str:
        """Return the agenda, the day and the version in words."""
        day = date_format(self.as_of, "DATE_FORMAT")
        text = gettext("%(agenda)s: progress as reported up to %(day)s.")
        text %= {"agenda": self.agenda_title, "day": day}
        version = gettext("Version %(number)s.") % {"number": self.version}
        return f"{text} {version}" if self.version else text

    @property
    def directory_heading(self) -> str:
        if self.names_people:
            return gettext("Annex: agencies and their focal points")
        return gettext("Annex: agencies")

    @property
    def figures(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Return a row for each issue and one for all: its name, then the number of action points by status, and their total."""
        rows = [(issue.heading, issue.counts) for issue in self.issues]
        columns = [sum(counts[place] for _name, counts in rows) for place in range(len(ActionStatus))]
        rows.append((gettext("All"), tuple(columns)))
        return tuple((name, (*counts, sum(counts))) for name, counts in rows)

    @property
    def figure_headings(self) -> tuple[str, ...]:
        """Return the headings of the columns of `figures`."""
        return (gettext("Issue"), *(str(status.label) for status in ActionStatus), gettext("Total"))
