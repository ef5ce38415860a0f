"""Bars as plain data: what `_components/bar.html` draws."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: per cent of its length, from its beginning."""

    status: str
    start: float
    length: float
