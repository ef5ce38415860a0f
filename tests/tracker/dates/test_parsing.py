"""Test parsing the dates that people type, in words and numbers."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tracker.dates.strategies import LANGUAGES
from tracker.dates.parsing import MAX_TYPED_LENGTH, examples, named_day, parse_typed
from tracker.dates.parts import PartialDateError
from tracker.dates.value import PartialDate

TODAY = date(2026, 3, 1)
EXAMPLES = "1 March 2026, March 2026, 1st quarter of 2026, 2026, or 16–18 March 2026"

NUMBERS = ["16", "18", "2005", "2006", "0", "99", "13", "0000", "33", "٣"]
WORDS = [
    "December",
    "may",
    "Q1",
    "q",
    "h",
    "first",
    "half",
    "quarter",
    "of",
    "st",
    "early",
    "to",
    "年",
    "月",
    "日",
    "г",
    "ß",
]
NEARLY_DATES = st.lists(st.sampled_from([*NUMBERS, *WORDS, *"-–/.,"]), max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("22 December 2005", "2005-12-22"),
        ("22 dec 2005", "2005-12-22"),
        ("22nd of December, 2005", "2005-12-22"),
        ("December 22, 2005", "2005-12-22"),
        ("  DECEMBER   22,2005 ", "2005-12-22"),
        ("22.12.2005", "2005-12-22"),
        ("22/12/2005", "2005-12-22"),
        ("12/22/2005", "2005-12-22"),
        ("22-12-2005", "2005-12-22"),
        ("2005/12/22", "2005-12-22"),
        ("2005-1-2", "2005-01-02"),
        ("03/03/2005", "2005-03-03"),
        ("Dec 2005", "2005-12"),
        ("Sept. 2005", "2005-09"),
        ("12/2005", "2005-12"),
        ("2005-12", "2005-12"),
        ("2005-2", "2005-02"),
        ("2005", "2005"),
        ("1st quarter of 2006", "2006-33"),
        ("first quarter 2006", "2006-33"),
        ("Q4 2006", "2006-36"),
        ("2006 Q4", "2006-36"),
        ("2006-36", "2006-36"),
        ("2nd half of 2006", "2006-41"),
        ("H1 2006", "2006-40"),
        ("16–18 May 2006", "2006-05-16/2006-05-18"),
        ("16-18 May 2006", "2006-05-16/2006-05-18"),
        ("16 to 18 May 2006", "2006-05-16/2006-05-18"),
        ("May 16–18, 2006", "2006-05-16/2006-05-18"),
        ("from 30 May to 2 June 2006", "2006-05-30/2006-06-02"),
        ("30 December 2005 - 2 January 2006", "2005-12-30/2006-01-02"),
        ("April–May 2006", "2006-04/2006-05"),
        ("May 2005 – March 2006", "2005-05/2006-03"),
        ("2005–2006", "2005/2006"),
        ("2005-2006", "2005/2006"),
        ("Q1 2006 to Q2 2006", "2006-33/2006-34"),
        ("2006-05-16/2006-05-18", "2006-05-16/2006-05-18"),
        ("２２ December ２００５", "2005-12-22"),
        ("‏22 December 2005‎", "2005-12-22"),
        ("22\u00a0December\u00a02005", "2005-12-22"),
        ("2005‑12‑22", "2005-12-22"),
    ],
)
def test_parse_typed_understands_what_people_type(typed, edtf):
    assert parse_typed(typed, "en", today=TODAY) == PartialDate.parse(edtf)


@pytest.mark.parametrize(
    ("language", "typed", "edtf"),
    [
        ("fr", "1er mai 2006", "2006-05-01"),
        ("fr", "du 16 au 18 mai 2006", "2006-05-16/2006-05-18"),
        ("fr", "16 au 18 mai 2006", "2006-05-16/2006-05-18"),
        ("fr", "déc. 2005", "2005-12"),
        ("fr", "T2 2006", "2006-34"),
        ("fr", "2e trimestre de 2006", "2006-34"),
        ("fr", "T1 2006 au T2 2006", "2006-33/2006-34"),
        ("fr", "avril–mai 2006", "2006-04/2006-05"),
        ("fr", "1er semestre 2006", "2006-40"),
        ("fr", "fév 2006", "2006-02"),
        ("es", "22 de diciembre del 2005", "2005-12-22"),
        ("es", "1er trimestre 2006", "2006-33"),
        ("es", "16 al 18 de mayo de 2006", "2006-05-16/2006-05-18"),
        ("ru", "22 декабря 2005 года", "2005-12-22"),
        ("ru", "декабрь 2005", "2005-12"),
        ("ru", "с 16 по 18 мая 2006", "2006-05-16/2006-05-18"),
        ("ru", "1-й квартал 2006", "2006-33"),
        ("ru", "2-й кв. 2006 г.", "2006-34"),
        ("ru", "16–18 мая 2006", "2006-05-16/2006-05-18"),
        ("ar", "٢٢ ديسمبر ٢٠٠٥", "2005-12-22"),
        ("ar", "22 ديسمبر، 2005", "2005-12-22"),
        ("ar", "إبريل 2006", "2006-04"),
        ("ar", "الربع الأول من عام 2006", "2006-33"),
        ("ar", "الربع الأول من 2006", "2006-33"),
        ("ar", "من 16 إلى 18 مايو 2006", "2006-05-16/2006-05-18"),
        ("zh-hans", "2005年12月22日", "2005-12-22"),
        ("zh-hans", "2006年5月16日至18日", "2006-05-16/2006-05-18"),
        ("zh-hans", "2006年第一季度", "2006-33"),
        ("zh-hans", "2006年第1季度", "2006-33"),
        ("zh-hans", "2006年5月16–18日", "2006-05-16/2006-05-18"),
        ("zh-hans", "22 December 2005", "2005-12-22"),
        ("zh-hans", "Q2 2006", "2006-34"),
    ],
)
def test_parse_typed_understands_other_languages(language, typed, edtf):
    assert parse_typed(typed, language, today=TODAY) == PartialDate.parse(edtf)


@pytest.mark.parametrize("language", LANGUAGES)
@given(today=st.dates(date(1945, 1, 1), date(2100, 12, 31)))
def test_examples_are_read_as_dates(language, today):
    with translation.override(language):
        shown = [PartialDate.parse(f"{today:%Y-%m}{rest}").display() for rest in (f"-{today:%d}", "")]
        text = examples(today)

    assert all(words in text for words in shown)
    assert str(today.year) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("typed", "days_ago"), [("today", 0), (" Yesterday ", 1), ("TODAY", 0)])
def test_named_day_is_understood_in_english_whatever_the_language(language, typed, days_ago):
    with translation.override(language):
        assert named_day(typed, TODAY) == TODAY - timedelta(days=days_ago)


@pytest.mark.parametrize(("typed", "day"), [("Hier", date(2026, 2, 28)), ("aujourd’hui", TODAY)])
def test_named_day_is_understood_in_the_active_language(typed, day):
    with translation.override("fr"):
        assert named_day(typed, TODAY) == day


@pytest.mark.parametrize("typed", ["", "1 March 2026", "tomorrow", "today " * 20, "\ud800", "9" * 10**6])
def test_named_day_is_none_for_any_other_text(typed):
    assert named_day(typed, TODAY) is None


def test_parse_typed_uses_the_active_language():
    with translation.override("fr"):
        assert parse_typed("22 décembre 2005", today=TODAY) == PartialDate.parse("2005-12-22")
    with translation.override("en"), pytest.raises(PartialDateError):
        parse_typed("22 décembre 2005", today=TODAY)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "03/04/2005",
            "“03/04/2005” can be read in two ways. Write the month's name: 3 April 2005 or 4 March 2005.",
        ),
        (
            "early 2006",
            "“early 2006” is too vague to be sorted. Choose a quarter or a half, such as 1st quarter of 2026.",
        ),
        (
            "Fall 2006",
            "“fall 2006” is too vague to be sorted. Choose a quarter or a half, such as 1st quarter of 2026.",
        ),
        ("22 December", f"“22 December” has no year. Write the date as in {EXAMPLES}."),
        ("16–18 May", f"“16–18 May” has no year. Write the date as in {EXAMPLES}."),
        ("May", f"“May” has no year. Write the date as in {EXAMPLES}."),
        ("03/04/0000", "The year 0000 is out of range: years from 1945 to 2100 are accepted."),
        ("13/2005", "There is no month 13: write a month from 1 to 12, or its name, as in December 2005."),
        ("30 February 2006", "There is no day 30 in February 2006: it has 28 days."),
        ("0 May 2006", "There is no day 0 in May 2006: it has 31 days."),
        ("May 1066", "The year 1066 is out of range: years from 1945 to 2100 are accepted."),
        ("1 May 0000", "The year 0000 is out of range: years from 1945 to 2100 are accepted."),
        (
            "18–16 May 2006",
            "The end comes before the beginning: 16 May 2006 is not after 18 May 2006. Write the earlier date first.",
        ),
        ("next week", f"“next week” could not be read as a date. Write it as precisely as you know: {EXAMPLES}."),
        ("", f"“” could not be read as a date. Write it as precisely as you know: {EXAMPLES}."),
        (
            "May\x002006",
            f"The date contains a character that cannot be seen. Delete it, and write the date as in {EXAMPLES}.",
        ),
        (
            "5" * (MAX_TYPED_LENGTH + 1),
            f"This is too long for a date (at most 60 characters). Write it as in {EXAMPLES}.",
        ),
    ],
)
def test_parse_typed_suggests_what_to_write(typed, message):
    with pytest.raises(PartialDateError) as error, translation.override("en"):
        parse_typed(typed, today=TODAY)

    assert str(error.value) == message


@pytest.mark.parametrize(
    "typed",
    [
        *["junk", "22 dec 05", "20051222", "5th quarter of 2006", "Q 2006", "3rd half of 2006", "33/2005", "40/2005"],
        *["2005 2006", "May June 2006", "1 2 May 2006", "2005-12-22T10:00", "16–18–20 May 2006", "22 2005", "2005-"],
        *["-", "–", "/", "...", "the of", "Q1", "½ 2006", "²", "May 2006 to", "to May 2006", "'; drop table", "<b>"],
        *[
            "\n",
            "\t2005",
            "2005\r\n",
            "\x7f",
            "\u202e",
            "\ud800",
            "😀",
            "1e3",
            "0x7d5",
            "٠" * 60,
            "ﷺ" * 60,
            "9" * 10**6,
        ],
    ],
)
def test_parse_typed_refuses_other_text(typed):
    with pytest.raises(PartialDateError) as error:
        parse_typed(typed, "en", today=TODAY)

    assert len(str(error.value).encode()) < 600


@pytest.mark.parametrize("language", LANGUAGES)
@given(typed=st.text(st.characters(codec=None)) | NEARLY_DATES)
@example(typed="\ud800 May 2006")
def test_parse_typed_returns_a_date_or_raises_partial_date_error(language, typed):
    try:
        value = parse_typed(typed, language, today=TODAY)
    except PartialDateError as error:
        str(error).encode()
    else:
        assert PartialDate.parse(value.text) == value
