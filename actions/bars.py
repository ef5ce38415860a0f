"""Hold the segments of bars as plain data, for `_components/bar.html`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a bar, with its start and length in per cent of the bar."""

    status: str
    start: float
    length: float
