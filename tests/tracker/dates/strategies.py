"""Generate partial dates for hypothesis: every form, over the whole range of years."""

import calendar

from hypothesis import strategies as st

from tracker.dates.parts import FIRST_YEAR, HALVES, LAST_YEAR, QUARTERS, SEASONS
from tracker.dates.value import PartialDate

LANGUAGES = ["en", "fr", "es", "ru", "ar", "zh-hans"]


@st.composite
def single_texts(draw: st.DrawFn) -> str:
    """Return EDTF texts of a day, month, season, quarter, half or year."""
    year = draw(st.integers(FIRST_YEAR, LAST_YEAR))
    month = draw(st.sampled_from([None, *range(1, 13), *SEASONS, *QUARTERS, *HALVES]))
    if month is None:
        return f"{year}"
    if month > 12 or draw(st.booleans()):
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{draw(st.integers(1, calendar.monthrange(year, month)[1])):02}"


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """Return partial dates of every form."""
    thirds = st.sampled_from(["", " early", " mid", " late"])
    texts = [
        text + (draw(thirds) if len(text) < len("2005-12-22") else "")
        for text in draw(st.lists(single_texts(), min_size=1, max_size=2))
    ]
    first, last = min(ends := [PartialDate.parse(text) for text in texts]), max(ends)
    texts = [first.text] if first == last or last.latest < first.latest else [first.text, last.text]
    modifier = draw(st.sampled_from(["", "", "", "~", " by", " before"]))
    if modifier == "~":
        texts = [text.replace(" ", "~ ") if " " in text else f"{text}~" for text in texts]
        return PartialDate.parse("/".join(texts))
    if modifier == " before" and any(text.endswith("late") for text in texts):
        modifier = " by"
    return PartialDate.parse("/".join(texts) + modifier)
