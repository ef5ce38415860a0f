"""Test how long ago partial dates were, in words."""

import re
from datetime import date

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.dates.strategies import LANGUAGES, partial_dates
from tracker.dates.ages import age
from tracker.dates.value import PartialDate

TODAY = date(2006, 5, 16)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2006-05-16", "today"),
        ("2006-05-17", "today"),
        ("2006-05-15", "yesterday"),
        ("2006-05-04", "12 days ago"),
        ("2006-03-17", "60 days ago"),
        ("2006-03-16", "2 months ago"),
        ("2005-12-22", "4 months ago"),
        ("2005-05-17", "11 months ago"),
        ("2005-05-16", "12 months ago"),
        ("2004-05-17", "23 months ago"),
        ("2004-05-16", "2 years ago"),
        ("2006-05", "this month"),
        ("2006-05 early", "this month"),
        ("2006-04", "1 month ago"),
        ("2006-03", "2 months ago"),
        ("2004-05", "2 years ago"),
        ("2006-34", "this quarter"),
        ("2006-33", "2 months ago"),
        ("2006-21", "this season"),
        ("2005-24", "3 months ago"),
        ("2006-40", "this half-year"),
        ("2005-41", "5 months ago"),
        ("2006", "this year"),
        ("2005", "1 year ago"),
        ("1998", "8 years ago"),
        ("2006 early", "1 month ago"),
        ("2006 mid", "this year"),
        ("2005-12/2006-02", "3 months ago"),
        ("2006-02/2006-05-14", "2 days ago"),
        ("1998~", "8 years ago"),
        ("2006-05 before", "1 month ago"),
        ("2006-04/2006-05 by", "this month"),
    ],
)
def test_age_is_as_precise_as_the_date(text, words):
    with translation.override("en"):
        assert age(PartialDate.parse(text), TODAY) == words


@pytest.mark.parametrize("day", [1, 16, 31])
def test_age_of_a_month_is_the_same_on_every_day_of_a_month(day):
    with translation.override("en"):
        assert age(PartialDate.parse("2006-03"), date(2006, 5, day)) == "2 months ago"


@pytest.mark.parametrize(
    ("language", "month", "day"),
    [
        ("fr", "il y a 2 mois", "aujourd’hui"),
        ("es", "hace 2 meses", "hoy"),
        ("ru", "2 месяца назад", "сегодня"),
        ("ar", "قبل شهرين", "اليوم"),
        ("zh-hans", "2个月前", "今天"),
    ],
)
def test_age_in_other_languages(language, month, day):
    with translation.override(language):
        assert (age(PartialDate.parse("2006-03"), TODAY), age(PartialDate.day(TODAY), TODAY)) == (month, day)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=partial_dates(), days=st.integers(0, 40_000))
def test_age_of_every_date_is_in_words(language, value, days):
    today = date.fromordinal(min(value.earliest.toordinal() + days, date(2110, 1, 1).toordinal()))

    with translation.override(language):
        words = age(value, today)

    assert words
    assert not re.search("-[0-9]", words)


def test_filter_uses_the_current_day_or_that_of_a_past_date(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)
    template = Template("{% load dates %}{{ when|age }}, {{ when|age:day }}")

    with translation.override("en"):
        html = template.render(Context({"when": PartialDate.parse("2006-03"), "day": date(2007, 3, 1)}))

    assert html == "2 months ago, 12 months ago"
