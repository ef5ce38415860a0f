"""What was understood of a pasted text: issues, action points, leads and updates, and what is to be asked about them."""

from dataclasses import dataclass

from actions.setup.facts import Facts
from actions.setup.naming import UnknownAgency
from issues.models import Issue
from tracker.people.models import Agency


@dataclass(slots=True)
class UnderstoodUpdate:
    line: int
    key: str
    facts: Facts
    text: str
    named: list[Agency]


@dataclass(slots=True)
class UnderstoodPoint:
    line: int
    last_line: int
    key: str
    number: int
    title: str
    description: str
    leads: list[Agency]
    unknown_leads: list[UnknownAgency]
    updates: list[UnderstoodUpdate]
    named: list[Agency]
    """The agencies named in it and in its updates, each once."""

    @property
    def happened(self) -> list[str]:
        """Return the dates of its updates, as people write them."""
        return [str(update.facts.happened) for update in self.updates if update.facts.happened]


@dataclass(slots=True)
class UnderstoodIssue:
    line: int
    number: int
    title: str
    rationale: str
    points: list[UnderstoodPoint]
    existing: Issue | None = None
    """The issue of the agenda that the action points are added to."""


@dataclass(frozen=True, slots=True)
class Question:
    """Ask how a passage is to be read, or what an unknown name is."""

    key: str
    kind: str
    words: str
    quote: str
    answers: list[tuple[str, str]]
    """Value and label of each answer."""
    line: int
    last_line: int
    point_key: str = ""
    """The action point below which it is shown; empty for the top."""
    agency: UnknownAgency | None = None
