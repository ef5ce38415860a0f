"""Bars as plain data: what `_components/bar.html` draws."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a bar: where it starts and how long it is, in per cent of the bar."""

    status: str
    start: float
    length: float
