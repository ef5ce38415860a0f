"""Generate partial dates for hypothesis: every precision, over the whole range of years."""

import calendar

from hypothesis import strategies as st

from tracker.dates.parts import FIRST_YEAR, HALVES, LAST_YEAR, QUARTERS
from tracker.dates.value import PartialDate

LANGUAGES = ["en", "fr", "es", "ru", "ar", "zh-hans"]


@st.composite
def single_texts(draw: st.DrawFn) -> str:
    """Return EDTF texts of a day, month, quarter, half or year."""
    year = draw(st.integers(FIRST_YEAR, LAST_YEAR))
    month = draw(st.sampled_from([None, *range(1, 13), *QUARTERS, *HALVES]))
    if month is None:
        return f"{year}"
    if month > 12 or draw(st.booleans()):
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{draw(st.integers(1, calendar.monthrange(year, month)[1])):02}"


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """Return partial dates, including intervals."""
    ends = [PartialDate.parse(text) for text in draw(st.lists(single_texts(), min_size=1, max_size=2))]
    first, last = min(ends), max(ends)
    if first == last or last.latest < first.latest:
        return first
    return PartialDate.parse(f"{first.text}/{last.text}")
