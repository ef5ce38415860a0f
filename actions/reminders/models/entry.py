"""The content of a digest as its row stores it: codes and ISO dates. The text is rendered when it is needed."""

from typing import NotRequired, TypedDict

MILESTONE_AHEAD = "milestone_ahead"
"""The reason for an action point that is only in the digest for a coming milestone."""


class DigestMilestone(TypedDict):
    title: str
    due: str
    """A partial date in EDTF; of a repeating milestone, that of this turn. Empty in old digests for a later turn."""
    in_days: int
    """Days from the digest to the earliest day."""
    passed: bool


class DigestEntry(TypedDict):
    """One action point in a digest."""

    action_point: int
    slug: str
    issue: int
    number: int
    reference: str
    title: str
    status: str
    reasons: list[str]
    """`AttentionReason`s, and MILESTONE_AHEAD."""
    milestones: NotRequired[list[DigestMilestone]]
    """Those that are overdue, and those that are announced."""
    days_silent: int | None
    streak: NotRequired[int]
    """Reports in a row with the answer "no progress". Missing in digests older than this count."""
    reminded: NotRequired[int]
    """Earlier periods in which a digest listed it and nobody answered."""
    last_reported: str | None
    """A partial date in EDTF."""
    unanswered: bool
    """Whether it is listed because nobody who gets digests is responsible for it."""
    escalated: NotRequired[bool]
    """Whether it is listed because those responsible for it got reminders and did not answer."""
