"""The parts of a pasted text, as its lines, bullets and numbers show them."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class PastedUpdate:
    line: int
    last_line: int
    key: str
    texts: list[str]


@dataclass(slots=True)
class PastedPoint:
    line: int
    last_line: int
    key: str
    number: int
    """0 until the agenda gives it one, if the text has none."""
    words: str
    """All of its text up to the first paragraph below it."""
    texts: list[str] = field(default_factory=list)
    """The paragraphs of its description."""
    updates: list[PastedUpdate] = field(default_factory=list)


@dataclass(slots=True)
class PastedIssue:
    line: int
    last_line: int
    number: int
    words: str
    texts: list[str] = field(default_factory=list)
    """The paragraphs of its rationale."""
    points: list[PastedPoint] = field(default_factory=list)
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A block that can be read in several ways, and how it is read until somebody answers."""

    key: str
    line: int
    last_line: int
    kind: str
    readings: tuple[str, ...]
    """Of `point`, `update`, `text`, `issue`, `issues`, `points`, `introduction`, `nothing`."""
    quote: str
    issue: PastedIssue | None = None
    """The issue, and the action point, below which it is shown."""
    point: PastedPoint | None = None


@dataclass(slots=True)
class Outline:
    issues: list[PastedIssue]
    introduction: list[str]
    doubts: list[Doubt]
    used: dict[int, str]
    """What the first line of each block was read as, by its number."""
