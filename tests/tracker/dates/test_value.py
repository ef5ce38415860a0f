"""Partial dates: reading EDTF, order, and how each language writes them."""

from datetime import date
from itertools import pairwise

import edtf
import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tracker.dates.strategies import LANGUAGES, partial_dates, single_texts
from tracker.dates.value import LONGEST_EDTF, PartialDate, PartialDateError, Precision

NEARLY_DATES = st.text("0123456789-/ QТ年月日.~?%[]{},u", max_size=30)


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("2005-12-22", Precision.DAY, date(2005, 12, 22), date(2005, 12, 22)),
        ("2004-02-29", Precision.DAY, date(2004, 2, 29), date(2004, 2, 29)),
        ("2005-12", Precision.MONTH, date(2005, 12, 1), date(2005, 12, 31)),
        ("2005-02", Precision.MONTH, date(2005, 2, 1), date(2005, 2, 28)),
        ("2004-02", Precision.MONTH, date(2004, 2, 1), date(2004, 2, 29)),
        ("2006-33", Precision.QUARTER, date(2006, 1, 1), date(2006, 3, 31)),
        ("2006-34", Precision.QUARTER, date(2006, 4, 1), date(2006, 6, 30)),
        ("2006-35", Precision.QUARTER, date(2006, 7, 1), date(2006, 9, 30)),
        ("2006-36", Precision.QUARTER, date(2006, 10, 1), date(2006, 12, 31)),
        ("2006-40", Precision.HALF, date(2006, 1, 1), date(2006, 6, 30)),
        ("2006-41", Precision.HALF, date(2006, 7, 1), date(2006, 12, 31)),
        ("2005", Precision.YEAR, date(2005, 1, 1), date(2005, 12, 31)),
        ("1945", Precision.YEAR, date(1945, 1, 1), date(1945, 12, 31)),
        ("2100", Precision.YEAR, date(2100, 1, 1), date(2100, 12, 31)),
        ("2006-05-16/2006-05-18", Precision.INTERVAL, date(2006, 5, 16), date(2006, 5, 18)),
        ("2005-05/2006-03", Precision.INTERVAL, date(2005, 5, 1), date(2006, 3, 31)),
        ("2005/2006-33", Precision.INTERVAL, date(2005, 1, 1), date(2006, 3, 31)),
    ],
)
def test_parse_gives_the_precision_and_both_edges(text, precision, earliest, latest):
    parsed = PartialDate.parse(text)

    assert (parsed.text, parsed.precision, parsed.earliest, parsed.latest) == (text, precision, earliest, latest)


def test_interval_between_the_same_dates_is_that_date():
    assert PartialDate.parse("2005-12/2005-12") == PartialDate.parse("2005-12")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2005-13", "There is no month 13: write a month from 1 to 12, or its name, as in December 2005."),
        ("2005-00", "There is no month 0: write a month from 1 to 12, or its name, as in December 2005."),
        ("2005-33-01", "There is no month 33: write a month from 1 to 12, or its name, as in December 2005."),
        ("2005-02-30", "There is no day 30 in February 2005: it has 28 days."),
        ("2005-04-00", "There is no day 0 in April 2005: it has 30 days."),
        ("0000", "The year 0000 is out of range: years from 1945 to 2100 are accepted."),
        ("0001", "The year 0001 is out of range: years from 1945 to 2100 are accepted."),
        ("9999-12-31", "The year 9999 is out of range: years from 1945 to 2100 are accepted."),
        ("1944", "The year 1944 is out of range: years from 1945 to 2100 are accepted."),
        ("2101-01", "The year 2101 is out of range: years from 1945 to 2100 are accepted."),
        (
            "2006-05/2006-04",
            "The end comes before the beginning: April 2006 is not after May 2006. Write the earlier date first.",
        ),
        (
            "2006/2006-05",
            "The end comes before the beginning: May 2006 is not after 2006. Write the earlier date first.",
        ),
    ],
)
def test_parse_says_what_is_wrong_with_a_date_that_cannot_be(text, message):
    with pytest.raises(PartialDateError) as error, translation.override("en"):
        PartialDate.parse(text)

    assert str(error.value) == message


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "junk", "2005-1", "205", "20051222", " 2005", "2005\n", "2005\x00", "-2005", "2005-12-22T10:00:00"],
        *["2005/", "/2005", "2005/2006/2007", "2005/..", "../2005", "2005?", "2005~", "200X", "2005-XX", "2005-21"],
        *["２００５", "٢٠٠٥", "2005–2006", "2005-12-22 ", "\ud800", "9" * 100_000, "2005-12/" * 10_000],
    ],
)
def test_parse_refuses_all_that_is_not_its_part_of_edtf(text):
    with pytest.raises(PartialDateError) as error:
        PartialDate.parse(text)

    assert len(str(error.value).encode()) < 400, "it can be shown and stored, and does not repeat a whole book"


@given(st.text(st.characters(codec=None)) | NEARLY_DATES)
@example("\ud800/\udfff")
@example("2005-12-99")
def test_parse_gives_back_the_text_or_refuses_it(text):
    try:
        parsed = PartialDate.parse(text)
    except PartialDateError as error:
        str(error).encode()
    else:
        assert parsed.earliest <= parsed.latest
        assert text in (parsed.text, f"{parsed.text}/{parsed.text}")


@given(partial_dates())
def test_text_of_a_date_is_read_as_the_same_date(value):
    assert PartialDate.parse(value.text) == value
    assert len(value.text) <= LONGEST_EDTF


@given(single_texts() | st.builds("{}/{}".format, single_texts(), single_texts()))
def test_edges_are_those_that_the_library_edtf_finds(text):
    """It reads everything of our part but intervals of quarters and halves; those it refuses, so they are left out."""
    try:
        ours = PartialDate.parse(text)
    except PartialDateError:
        return  # the end before the beginning
    try:
        theirs = edtf.parse_edtf(text)
    except edtf.EDTFParseException:
        assert "/" in text
        assert {"33", "34", "35", "36", "40", "41"} & {end[5:] for end in text.split("/")}
        return

    assert ours.earliest == date(*theirs.lower_strict()[:3])
    assert ours.latest == date(*theirs.upper_strict()[:3])


def test_dates_sort_by_their_earliest_day_then_by_their_latest():
    in_order = ["2005-01-01", "2005-01", "2005-33", "2005-40", "2005", "2005/2006", "2005-12", "2005-12-22", "2006"]

    assert [value.text for value in sorted(PartialDate.parse(text) for text in reversed(in_order))] == in_order


@given(st.lists(partial_dates(), max_size=5))
def test_order_is_total_and_agrees_with_equality(values):
    ordered = sorted(values)

    assert all(first < second or first == second for first, second in pairwise(ordered))
    assert len(set(values)) == len({value.text for value in values})


def test_same_days_in_other_words_are_another_date():
    quarter, months = PartialDate.parse("2006-33"), PartialDate.parse("2006-01/2006-03")

    assert (quarter.earliest, quarter.latest) == (months.earliest, months.latest)
    assert quarter != months


def test_day_and_month_make_dates():
    assert PartialDate.day(date(2005, 12, 2)) == PartialDate.parse("2005-12-02")
    assert PartialDate.month(2005, 2) == PartialDate.parse("2005-02")


@pytest.mark.parametrize("year", [1, 1944, 2101, 9999])
def test_day_and_month_refuse_years_out_of_range(year):
    with pytest.raises(PartialDateError):
        PartialDate.day(date(year, 1, 1))
    with pytest.raises(PartialDateError):
        PartialDate.month(year, 1)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("2005-12-22", "22 December 2005"),
        ("2005-12-02", "2 December 2005"),
        ("2005-12", "December 2005"),
        ("2005", "2005"),
        ("2006-33", "1st quarter of 2006"),
        ("2006-34", "2nd quarter of 2006"),
        ("2006-35", "3rd quarter of 2006"),
        ("2006-36", "4th quarter of 2006"),
        ("2006-40", "1st half of 2006"),
        ("2006-41", "2nd half of 2006"),
        ("2006-05-16/2006-05-18", "16–18 May 2006"),
        ("2006-05-30/2006-06-02", "30 May – 2 June 2006"),
        ("2005-12-30/2006-01-02", "30 December 2005 – 2 January 2006"),
        ("2006-04/2006-05", "April–May 2006"),
        ("2005-05/2006-03", "May 2005 – March 2006"),
        ("2005/2006", "2005–2006"),
        ("2005/2006-33", "2005 – 1st quarter of 2006"),
        ("2006-05/2006-06-12", "May 2006 – 12 June 2006"),
    ],
)
def test_display_in_english(text, english):
    assert PartialDate.parse(text).display("en") == english


@pytest.mark.parametrize(
    ("language", "day", "month", "days", "months"),
    [
        ("fr", "22 décembre 2005", "décembre 2005", "16–18 mai 2006", "avril–mai 2006"),
        ("es", "22 de diciembre de 2005", "diciembre de 2005", "16–18 de mayo de 2006", "abril–mayo de 2006"),
        ("ru", "22 декабря 2005 г.", "Декабрь 2005 г.", "16–18 мая 2006 г.", "Апрель–май 2006 г."),
        ("ar", "22 ديسمبر، 2005", "ديسمبر 2005", "16–18 مايو، 2006", "إبريل–مايو 2006"),
        ("zh-hans", "2005年12月22日", "2005年12月", "2006年5月16–18日", "2006年4月–5月"),
    ],
)
def test_display_in_other_languages(language, day, month, days, months):
    texts = ["2005-12-22", "2005-12", "2006-05-16/2006-05-18", "2006-04/2006-05"]

    assert [PartialDate.parse(text).display(language) for text in texts] == [day, month, days, months]


def test_display_and_str_follow_the_active_language():
    value = PartialDate.parse("2005-12-22")

    with translation.override("fr"):
        assert (value.display(), str(value)) == ("22 décembre 2005", "22 décembre 2005")
    with translation.override(None):
        assert str(value) == "22 December 2005"


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=partial_dates())
def test_display_is_read_as_the_same_date(language, value):
    assert PartialDate.read(value.display(language), language, today=date(2026, 3, 1)) == value
