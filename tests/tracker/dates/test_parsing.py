"""Test parsing the dates that people type, in words and numbers."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tracker.dates.strategies import LANGUAGES
from tracker.dates import vocabulary
from tracker.dates.parsing import MAX_TYPED_LENGTH, examples, named_day, parse_typed
from tracker.dates.parts import PartialDateError
from tracker.dates.value import PartialDate
from tracker.folding import fold

TODAY = date(2026, 3, 1)
EXAMPLES = "1 March 2026, March 2026, 1st quarter of 2026, early 2026, 2026, or 16–18 March 2026"

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
    "fin",
    "before",
    "c.",
    "осень",
    "winter",
    "Thursday",
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
        ("22-Dec-2005", "2005-12-22"),
        ("22/Dec/2005", "2005-12-22"),
        ("2005.12.22", "2005-12-22"),
        ("Thursday 22 December 2005", "2005-12-22"),
        ("Thu, 22/12/2005", "2005-12-22"),
        ("22 December 2005 (Thursday)", "2005-12-22"),
        ("Tuesday 16 to Thursday 18 May 2006", "2006-05-16/2006-05-18"),
        ("Dec-2005", "2005-12"),
        ("Q4/2005", "2005-36"),
        ("2005-Q4", "2005-36"),
        ("4Q 2005", "2005-36"),
        ("April/May 2006", "2006-04/2006-05"),
        ("April and May 2006", "2006-04/2006-05"),
        ("between April and May 2006", "2006-04/2006-05"),
        ("December 2005/January 2006", "2005-12/2006-01"),
        ("16-18/05/2006", "2006-05-16/2006-05-18"),
        ("May – 31 May 2006", "2006-05/2006-05-31"),
        ("22/12/2005–24/12/2005", "2005-12-22/2005-12-24"),
        ("2005-12-22–2005-12-24", "2005-12-22/2005-12-24"),
        ("early 2006", "2006 early"),
        ("at the beginning of 2006", "2006 early"),
        ("beginning of 2006", "2006 early"),
        ("early April 2006", "2006-04 early"),
        ("mid-April 2006", "2006-04 mid"),
        ("mid 2006", "2006 mid"),
        ("end of April 2006", "2006-04 late"),
        ("late in 2006", "2006 late"),
        ("end of Q3 2006", "2006-35 late"),
        ("early to mid-2006", "2006 early/2006 mid"),
        ("mid to late April 2006", "2006-04 mid/2006-04 late"),
        ("mid-April – mid-May 2006", "2006-04 mid/2006-05 mid"),
        ("late 2005 to early 2006", "2005 late/2006 early"),
        ("mid-2005–2006", "2005 mid/2006"),
        ("fall of 2006", "2006-23"),
        ("in the autumn of 2006", "2006-23"),
        ("late summer 2006", "2006-22 late"),
        ("winter 2005/2006", "2005-24"),
        ("winter of 2005-06", "2005-24"),
        ("autumn–winter 2006/07", "2006-23/2006-24"),
        ("winter 2005/2006 – spring 2006", "2005-24/2006-21"),
        ("winter 1945", "1945-24"),
        ("by April/May 2006", "2006-04/2006-05 by"),
        ("by the second half of 2006", "2006-41 by"),
        ("No later than 22 December 2005", "2005-12-22 by"),
        ("until May 2006", "2006-05 by"),
        ("by the end of 2006", "2006 late by"),
        ("before the end of 2006", "2006 late by"),
        ("before May 2006", "2006-05 before"),
        ("prior to 16–18 May 2006", "2006-05-16/2006-05-18 before"),
        ("about 1998", "1998~"),
        ("c. 1998", "1998~"),
        ("~1998", "1998~"),
        ("around early April 2006", "2006-04~ early"),
        ("about 1998 to about 2000", "1998~/2000~"),
        ("2006-04 early", "2006-04 early"),
        ("2006-04/2006-05 by", "2006-04/2006-05 by"),
    ],
)
def test_parse_typed_understands_what_people_type(typed, edtf):
    assert parse_typed(typed, today=TODAY) == PartialDate.parse(edtf)


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("1er mai 2006", "2006-05-01"),
        ("du 16 au 18 mai 2006", "2006-05-16/2006-05-18"),
        ("16 au 18 mai 2006", "2006-05-16/2006-05-18"),
        ("déc. 2005", "2005-12"),
        ("T2 2006", "2006-34"),
        ("2e trimestre de 2006", "2006-34"),
        ("T1 2006 au T2 2006", "2006-33/2006-34"),
        ("avril–mai 2006", "2006-04/2006-05"),
        ("1er semestre 2006", "2006-40"),
        ("fév 2006", "2006-02"),
        ("22 de diciembre del 2005", "2005-12-22"),
        ("1er trimestre 2006", "2006-33"),
        ("16 al 18 de mayo de 2006", "2006-05-16/2006-05-18"),
        ("22 декабря 2005 года", "2005-12-22"),
        ("декабрь 2005", "2005-12"),
        ("с 16 по 18 мая 2006", "2006-05-16/2006-05-18"),
        ("1-й квартал 2006", "2006-33"),
        ("2-й кв. 2006 г.", "2006-34"),
        ("16–18 мая 2006", "2006-05-16/2006-05-18"),
        ("٢٢ ديسمبر ٢٠٠٥", "2005-12-22"),
        ("22 ديسمبر، 2005", "2005-12-22"),
        ("إبريل 2006", "2006-04"),
        ("الربع الأول من عام 2006", "2006-33"),
        ("الربع الأول من 2006", "2006-33"),
        ("من 16 إلى 18 مايو 2006", "2006-05-16/2006-05-18"),
        ("2005年12月22日", "2005-12-22"),
        ("2006年5月16日至18日", "2006-05-16/2006-05-18"),
        ("2006年第一季度", "2006-33"),
        ("2006年第1季度", "2006-33"),
        ("2006年5月16–18日", "2006-05-16/2006-05-18"),
        ("22 decembre 2005", "2005-12-22"),
        ("jeudi 22 décembre 2005", "2005-12-22"),
        ("3ème trimestre 2006", "2006-35"),
        ("début avril 2006", "2006-04 early"),
        ("à la mi-avril 2006", "2006-04 mid"),
        ("fin 2006", "2006 late"),
        ("avril/mai 2006", "2006-04/2006-05"),
        ("à l’automne 2006", "2006-23"),
        ("hiver 2005/2006", "2005-24"),
        ("d’ici à fin mai 2006", "2006-05 late by"),
        ("d'ici au 22 décembre 2005", "2005-12-22 by"),
        ("au plus tard le 22 décembre 2005", "2005-12-22 by"),
        ("jusqu’en mai 2006", "2006-05 by"),
        ("avant mai 2006", "2006-05 before"),
        ("avant la fin de l’année 2006", "2006 late by"),
        ("vers 1998", "1998~"),
        ("primer trimestre de 2006", "2006-33"),
        ("2.º semestre de 2006", "2006-41"),
        ("jueves 22 de diciembre de 2005", "2005-12-22"),
        ("setiembre de 2006", "2006-09"),
        ("a principios de abril de 2006", "2006-04 early"),
        ("de mayo a principios de junio de 2006", "2006-05/2006-06 early"),
        ("otoño de 2006", "2006-23"),
        ("a más tardar en mayo de 2006", "2006-05 by"),
        ("para finales del otoño de 2006", "2006-23 late by"),
        ("antes del 22 de diciembre de 2005", "2005-12-22 before"),
        ("alrededor de 1998", "1998~"),
        ("1-й квартал 2006 г.", "2006-33"),
        ("в первом квартале 2006 года", "2006-33"),
        ("во второй половине 2006 года", "2006-41"),
        ("IV квартал 2006 г.", "2006-36"),
        ("II полугодие 2006 г.", "2006-41"),
        ("в 1-м квартале 2006 года", "2006-33"),
        ("в среду, 21 декабря 2005 г.", "2005-12-21"),
        ("четверг, 22 декабря 2005 г.", "2005-12-22"),
        ("в начале апреля 2006 г.", "2006-04 early"),
        ("осенью 2006 г.", "2006-23"),
        ("зима 2005/06 г.", "2005-24"),
        ("с 16 до 18 мая 2006", "2006-05-16/2006-05-18"),
        ("до мая 2006", "2006-05 before"),
        ("до конца 2006 года", "2006 late by"),
        ("к маю 2006 г.", "2006-05 by"),
        ("не позже 22 декабря 2005 г.", "2005-12-22 by"),
        ("около 1998 г.", "1998~"),
        ("كانون الأول/ديسمبر 2005", "2005-12"),
        ("22 كانون الأول/ديسمبر 2005", "2005-12-22"),
        ("16 - 18 كانون الثاني/يناير 2005", "2005-01-16/2005-01-18"),
        ("كانون الثاني 2005", "2005-01"),
        ("22 كانون الأول (ديسمبر) 2005", "2005-12-22"),
        ("تموز/يوليه 2006", "2006-07"),
        ("جويلية 2006", "2006-07"),
        ("الخميس 22 ديسمبر 2005", "2005-12-22"),
        ("أوائل نيسان/أبريل 2006", "2006-04 early"),
        ("منتصف عام 2006", "2006 mid"),
        ("في خريف عام 2006", "2006-23"),
        ("بحلول نهاية عام 2006", "2006 late by"),
        ("قبل مايو 2006", "2006-05 before"),
        ("حوالي عام 1998", "1998~"),
        ("2006年4月上旬", "2006-04 early"),
        ("2006年4月初", "2006-04 early"),
        ("2006年年中", "2006 mid"),
        ("2006年底", "2006 late"),
        ("2006年上半年", "2006-40"),
        ("2006年秋", "2006-23"),
        ("2005年12月22日（星期四）", "2005-12-22"),
        ("2006年5月以前", "2006-05 before"),
        ("2006年5月底前", "2006-05 late by"),
        ("不晚于2006年5月", "2006-05 by"),
        ("1998年左右", "1998~"),
        ("2006年十二月", "2006-12"),
        ("2006年4月～5月", "2006-04/2006-05"),
        ("2006年5月中旬至6月上旬", "2006-05 mid/2006-06 early"),
        ("2005年12月22日礼拜四", "2005-12-22"),
        ("14 juill. 2006", "2006-07-14"),
        ("III trimestre de 2006", "2006-35"),
        ("Thurs. 22 Dec 2005", "2005-12-22"),
        ("year-end 2006", "2006 late"),
        ("courant 2006", "2006"),
        ("в течение 2006 года", "2006"),
        ("весна–лето 2006 г.", "2006-21/2006-22"),
        ("من كانون الأول/ديسمبر 2005 إلى شباط/فبراير 2006", "2005-12/2006-02"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_parse_typed_understands_every_language_in_every_language(language, typed, edtf):
    with translation.override(language):
        assert parse_typed(typed, today=TODAY) == PartialDate.parse(edtf)


@pytest.mark.parametrize("language", LANGUAGES)
@given(today=st.dates(date(1945, 1, 1), date(2100, 12, 31)))
def test_examples_are_read_as_dates(language, today):
    with translation.override(language):
        shown = [PartialDate.parse(f"{today:%Y-%m}{rest}").display() for rest in (f"-{today:%d}", "")]
        text = examples(today)

    assert all(words in text for words in shown)
    assert str(today.year) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "days_ago"),
    [
        *[
            ("today", 0),
            (" Yesterday ", 1),
            ("TODAY", 0),
            ("aujourd’hui", 0),
            ("Aujourd'hui", 0),
            ("Hier", 1),
            ("hoy", 0),
        ],
        *[("ayer", 1), ("Сегодня", 0), ("вчера", 1), ("اليوم", 0), ("أمس", 1), ("امس", 1), ("今天", 0), ("昨天", 1)],
    ],
)
def test_named_day_is_understood_in_every_language(language, typed, days_ago):
    with translation.override(language):
        assert named_day(typed, TODAY) == TODAY - timedelta(days=days_ago)


def test_words_mean_the_same_in_every_language():
    meanings: dict[tuple[str, bool], set[Any]] = defaultdict(set)
    for name, meaning_of_name in [*vocabulary.weekdays(), *vocabulary.months()]:
        meanings[fold(name).strip("."), False].add(meaning_of_name)
    for words in vocabulary.WORDS.values():
        for meaning, listed in words.items():
            is_leading = meaning.startswith("leading ")
            for word in listed.split(", "):
                meanings[fold(word), is_leading].add(meaning.removeprefix("leading "))

    ambiguous = {word for (word, _is_leading), found in meanings.items() if len(found) > 1}
    assert ambiguous == {"mar"}, "March in English, Tuesday in French and Spanish: read as March"


@pytest.mark.parametrize("typed", ["", "1 March 2026", "tomorrow", "today " * 20, "\ud800", "9" * 10**6])
def test_named_day_is_none_for_any_other_text(typed):
    assert named_day(typed, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "03/04/2005",
            "“03/04/2005” can be read in two ways. Write the month's name: 3 April 2005 or 4 March 2005.",
        ),
        (
            "winter 2006",
            "“winter 2006” can be read in two ways. Write both years: winter 2005/2006 or winter 2006/2007.",
        ),
        (
            "Friday 22 December 2005",
            "22 December 2005 is a Thursday, not a Friday. Correct the date, or leave the day of the week out.",
        ),
        (
            "Tue 16 to Wed 18 May 2006",
            "18 May 2006 is a Thursday, not a Wednesday. Correct the date, or leave the day of the week out.",
        ),
        ("early April", f"“early April” has no year. Write the date as in {EXAMPLES}."),
        ("22/2005", "There is no month 22: write a month from 1 to 12, or its name, as in December 2005."),
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
            f"This is too long for a date (at most 100 characters). Write it as in {EXAMPLES}.",
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
        *[
            "early",
            "fin",
            "before",
            "by about May 2006",
            "early 22 May 2006",
            "Thursday May 2006",
            "16 to May 2006",
            "May 5/2006",
            "5-6/2006",
            "5 6/2006",
        ],
        *[
            "16 May to before 18 May 2006",
            "autumn May 2006",
            "winter 2004/2006",
            "early late 2006",
            "2 months ago",
            "1-2",
        ],
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
        parse_typed(typed, today=TODAY)

    assert len(str(error.value).encode()) < 600


@pytest.mark.parametrize("language", LANGUAGES)
@given(typed=st.text(st.characters(codec=None)) | NEARLY_DATES)
@example(typed="\ud800 May 2006")
def test_parse_typed_returns_a_date_or_raises_partial_date_error(language, typed):
    try:
        value = parse_typed(typed, today=TODAY)
    except PartialDateError as error:
        str(error).encode()
    else:
        assert PartialDate.parse(value.text) == value
        assert parse_typed(value.text, today=TODAY) == value
