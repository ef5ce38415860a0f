"""The living note of an agenda as plain data: what every output of it is made from. Always up to date, because nothing is stored."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from actions.models import ActionStatus, ReportedStatus
from actions.note.blocks import fingerprint
from actions.note.markdown_tree import Block, Paragraph, Quote, Run, parse
from tracker.dates.value import PartialDate


@dataclass(frozen=True, slots=True)
class Evidence:
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Item:
    """One progress update in force."""

    number: int
    address: str
    status: str
    happened: PartialDate | None
    reported_on: PartialDate
    by: str
    participants: tuple[str, ...]
    part_only: bool
    narrative: str
    """Markdown; may be empty where there is no progress."""
    reason: str
    """Markdown: why there is no progress; else empty."""
    evidence: tuple[Evidence, ...]

    @property
    def status_label(self) -> str:
        return str(ReportedStatus(self.status).label)

    @property
    def is_no_progress(self) -> bool:
        return self.status == ReportedStatus.NO_PROGRESS

    @property
    def when(self) -> str:
        """In words, never more precise than it is known."""
        if self.happened:
            return str(self.happened)
        return gettext("Reported %(when)s, no date given") % {"when": self.reported_on}

    @property
    def who(self) -> str:
        """By whom with whom; empty where nobody is named."""
        if not self.participants:
            return self.by
        with_whom = ", ".join(self.participants)
        if not self.by:
            return gettext("with %(agencies)s") % {"agencies": with_whom}
        return gettext("%(agency)s with %(agencies)s") % {"agency": self.by, "agencies": with_whom}

    @property
    def heading(self) -> str:
        """When, who and how it stands, on one line."""
        status = self.status_label
        if self.part_only:
            status += " (" + gettext("a part only") + ")"
        return " · ".join(part for part in (self.when, self.who, status) if part)

    @property
    def source(self) -> str:
        """What it says as Markdown: what a coordinator who words it begins with."""
        statement = "**" + gettext("No progress thus far.") + "**" if self.is_no_progress else ""
        return "\n\n".join(part for part in (statement, self.reason, self.narrative) if part)

    @property
    def fingerprint(self) -> str:
        """Of what it says, in any language."""
        return fingerprint(self.status, self.reason, self.narrative)

    @property
    def facts(self) -> list[object]:
        """All that it tells, in any language."""
        happened = self.happened.text if self.happened else None
        evidence = [[evidence.title, evidence.address] for evidence in self.evidence]
        told = [self.number, self.status, happened, self.reported_on.text, self.by, list(self.participants)]
        return [*told, self.part_only, self.narrative, self.reason, evidence]

    @property
    def text(self) -> tuple[Block, ...]:
        """What it says; where there is no progress, that first, then why."""
        said = parse(self.reason) + parse(self.narrative)
        if self.is_no_progress:
            said = (Paragraph((Run(gettext("No progress thus far."), strong=True),)), *said)
        return said


@dataclass(frozen=True, slots=True)
class Entry:
    """What the note says in one place below an action point: an update, or a coordinator's words for some updates or for none."""

    items: tuple[Item, ...]
    """The updates that it tells of; none where it is a paragraph of the coordinators' own."""
    wording: str | None = None
    """Markdown; None where the one update stands as it was reported."""

    @property
    def text(self) -> tuple[Block, ...]:
        return self.items[0].text if self.wording is None else parse(self.wording)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(evidence for item in self.items for evidence in item.evidence)


@dataclass(frozen=True, slots=True)
class Dissent:
    """What an agency holds against the wording."""

    agency: str
    words: str
    """Markdown."""
    is_of_earlier_wording: bool

    @property
    def heading(self) -> str:
        told = gettext("Dissent of %(agency)s, of an earlier wording") if self.is_of_earlier_wording else None
        return (told or gettext("Dissent of %(agency)s")) % {"agency": self.agency}

    @property
    def text(self) -> tuple[Block, ...]:
        return (Paragraph((Run(self.heading, strong=True),)), Quote(parse(self.words)))


@dataclass(frozen=True, slots=True)
class Promise:
    """A milestone that is not done."""

    title: str
    place: str
    due: PartialDate
    due_note: str
    repeats_every_months: int | None

    @property
    def facts(self) -> list[str | int | None]:
        return [self.title, self.place, self.due.text, self.due_note, self.repeats_every_months]

    @property
    def words(self) -> str:
        """On one line, the date first. A note on the date, where there is one, tells of the repetition too."""
        told = f"{self.due}: {self.title}"
        if self.place not in self.title:
            told += f", {self.place}"
        aside = self.due_note
        if not aside and (months := self.repeats_every_months):
            aside = ngettext("every month", "every %(months)s months", months) % {"months": months}
        return f"{told} ({aside})" if aside else told


@dataclass(frozen=True, slots=True)
class Point:
    """An action point: what was agreed, who answers for it, what came of it and what is to come."""

    code: str
    reference: str
    title: str
    address: str
    description: str
    """Markdown."""
    lead_agencies: tuple[str, ...]
    people: tuple[str, ...]
    """Names of its focal points; empty for visitors."""
    is_owned: bool
    status: ActionStatus
    is_silent: bool
    """Nothing was ever reported that is in force: not the same as updates that are left out."""
    entries: tuple[Entry, ...]
    ahead: tuple[Promise, ...]
    passed: tuple[Promise, ...]
    dissents: tuple[Dissent, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """The updates that are told."""
        return tuple(item for entry in self.entries for item in entry.items)

    @property
    def fingerprint(self) -> str:
        """Of what agencies sign off: all that is told of it except its owners and what agencies say of the wording."""
        entries = [[entry.wording, [item.facts for item in entry.items]] for entry in self.entries]
        promises = sorted(json.dumps(promise.facts) for promise in (*self.ahead, *self.passed))
        return fingerprint(self.title, self.description, entries, promises)

    @property
    def heading(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def anchor(self) -> str:
        return f"action-point-{self.code.replace('.', '-')}"

    @property
    def owners(self) -> str:
        """In words; a visitor reads that focal points are assigned, not who they are."""
        if not self.is_owned:
            return gettext("Nobody owns this")
        named = [", ".join(names) for names in (self.lead_agencies, self.people) if names]
        return " · ".join(named) or gettext("focal points assigned")

    @property
    def answered_for(self) -> str:
        """The owners as a sentence."""
        return ": ".join([gettext("Who answers for it"), self.owners]) if self.is_owned else self.owners

    @property
    def promises(self) -> tuple[tuple[str, tuple[Promise, ...]], ...]:
        """Its milestones that are not done, in groups with a heading; no group is empty."""
        groups = ((gettext("Passed, not done"), self.passed), (gettext("Ahead"), self.ahead))
        return tuple((heading, promises) for heading, promises in groups if promises)


@dataclass(frozen=True, slots=True)
class Theme:
    """An issue with its action points."""

    number: int
    title: str
    address: str
    rationale: str
    """Markdown."""
    points: tuple[Point, ...]

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def anchor(self) -> str:
        return f"issue-{self.number}"

    @property
    def counts(self) -> tuple[int, ...]:
        """How many action points stand where: one number for each ActionStatus, in their order."""
        counted = Counter(point.status for point in self.points)
        return tuple(counted[status] for status in ActionStatus)


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    acronym: str
    name: str
    contacts: tuple[Contact, ...]

    @property
    def label(self) -> str:
        return self.acronym if self.name == self.acronym else f"{self.acronym} · {self.name}"


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
    issues: tuple[Theme, ...]
    directory: tuple[DirectoryEntry, ...]
    """Agencies that the note names or that have focal points, by acronym. Visitors see no contacts."""
    names_people: bool
    version: int | None = None
    """Of a published one."""

    @property
    def up_to(self) -> str:
        """What it is the note of, and as of when."""
        day = date_format(self.as_of, "DATE_FORMAT")
        told = gettext("%(agenda)s: progress as reported up to %(day)s.")
        told %= {"agenda": self.agenda_title, "day": day}
        version = gettext("Version %(number)s.") % {"number": self.version}
        return f"{told} {version}" if self.version else told

    @property
    def directory_heading(self) -> str:
        if self.names_people:
            return gettext("Annex: agencies and their focal points")
        return gettext("Annex: agencies")

    @property
    def figures(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """A row for each issue and one for all: its name, then how many action points stand where, and their total."""
        rows = [(issue.heading, issue.counts) for issue in self.issues]
        columns = [sum(counts[place] for _name, counts in rows) for place in range(len(ActionStatus))]
        rows.append((gettext("All"), tuple(columns)))
        return tuple((name, (*counts, sum(counts))) for name, counts in rows)

    @property
    def figure_headings(self) -> tuple[str, ...]:
        """Of the columns of `figures`."""
        return (gettext("Issue"), *(str(status.label) for status in ActionStatus), gettext("Total"))
