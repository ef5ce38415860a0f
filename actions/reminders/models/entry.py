"""What a digest says, as the ledger keeps it: codes and ISO dates; words are made when it is read."""

from typing import NotRequired, TypedDict

MILESTONE_AHEAD = "milestone_ahead"
"""Why an action point that moves is in a digest all the same."""


class EntryMilestone(TypedDict):
    title: str
    due: str
    """A partial date in EDTF: where it recurs, of this turn. Empty in old digests for a later turn."""
    in_days: int
    """Until its earliest day, when the digest was made."""
    passed: bool


class Entry(TypedDict):
    """One action point as a digest tells of it."""

    action_point: int
    slug: str
    issue: int
    number: int
    reference: str
    title: str
    status: str
    reasons: list[str]
    """`NoProgressReason`s, and MILESTONE_AHEAD."""
    milestones: NotRequired[list[EntryMilestone]]
    """Those that passed, and those that are announced."""
    days_silent: int | None
    streak: NotRequired[int]
    """Reports in a row that say "no progress"; not there in digests of before this was counted."""
    reminded: NotRequired[int]
    """Periods before this one in which a digest told of it, and nobody answered."""
    last_reported: str | None
    """A partial date in EDTF."""
    unanswered: bool
    """Whether it is in because nobody who gets digests answers for it."""
    escalated: NotRequired[bool]
    """Whether it is in because those who answer for it were reminded and gave no answer."""
