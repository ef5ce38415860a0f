"""The content of a digest as its row stores it: codes, ids and ISO dates. The mail is rendered from it when it is needed."""

from enum import StrEnum
from typing import NotRequired, TypedDict

MILESTONE_AHEAD = "milestone_ahead"
"""The reason for a milestone that is due soon and not overdue."""


class Kind(StrEnum):
    """Why a person's digest lists something, in the order of the mail."""

    REPORT = "report"
    """A part of the person's to report on."""
    MILESTONE = "milestone"
    """A milestone of the person's that is overdue or due soon."""
    ESCALATED = "escalated"
    """A part whose people got reminders and did not answer."""
    UNANSWERED = "unanswered"
    """A part that nobody who accepts digests is responsible for."""


class OtherReport(TypedDict):
    """The last report on another agency's part of the same action point."""

    agency: int
    reported: str
    """A partial date in EDTF."""


class LastUpdate(TypedDict):
    """The last update that covers the part."""

    status: str
    reported: str
    """A partial date in EDTF."""
    agency: str
    """Its acronym; empty without one."""
    by_recipient: bool
    text: str
    """The beginning of the narrative, or of the reason for no progress, as plain text."""
    language: str


class MilestoneText(TypedDict):
    pk: int
    title: str
    due: str | None
    """A partial date in EDTF; None without a date."""


class EntryText(TypedDict):
    """What the mail adds in words for an entry that it lists in full."""

    agenda: str
    title: str
    agency: str
    """The acronym of the agency whose part or milestone it is; empty without one."""
    others: list[tuple[str, str]]
    """Acronyms and EDTF dates of later reports on other agencies' parts."""
    last: LastUpdate | None
    milestone: MilestoneText | None


class DigestEntry(TypedDict):
    """One part of an action point, or one milestone, in a person's digest."""

    kind: str
    agenda: int
    slug: str
    action_point: int
    issue: int
    number: int
    part: int | None
    """The id of the responsibility; None without a lead."""
    agency: int | None
    """The id of the agency whose part or milestone it is."""
    reasons: list[str]
    """`AttentionReason`s, or MILESTONE_AHEAD."""
    due_since: str | None
    """The first day on which an update was due, in ISO format."""
    days_since_report: int | None
    reminded: int
    """Earlier periods in which digests listed the part and nobody answered."""
    others: list[OtherReport]
    milestone: int | None
    """The id of the milestone; of a part its next one that the digest does not list by itself."""
    text: NotRequired[EntryText]
    """Only of entries that are listed in full."""
