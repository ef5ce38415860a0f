"""Test how partial dates are displayed in each language."""

from datetime import date

import pytest
from babel.dates import get_month_names
from django.utils import formats, translation
from hypothesis import given

from tests.tracker.dates.strategies import LANGUAGES, partial_dates
from tracker.dates.display import cldr_locale
from tracker.dates.parsing import parse_typed
from tracker.dates.value import PartialDate


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
        ("2006-21", "spring 2006"),
        ("2006-24", "winter 2006/2007"),
        ("2006-23/2006-24", "autumn 2006 – winter 2006/2007"),
        ("2006-04 early", "early April 2006"),
        ("2006 mid", "mid-2006"),
        ("2006-22 late", "late summer 2006"),
        ("2006-35 late", "end of the 3rd quarter of 2006"),
        ("2005 late/2006 early", "late 2005 – early 2006"),
        ("2006-04/2006-05 by", "by April–May 2006"),
        ("2006-41 by", "by the 2nd half of 2006"),
        ("2006-33 late by", "by the end of the 1st quarter of 2006"),
        ("2006-05 before", "before May 2006"),
        ("2006-05-16/2006-05-18 before", "before 16–18 May 2006"),
        ("1998~", "about 1998"),
        ("2006-04~ early", "about early April 2006"),
    ],
)
def test_display_in_english(text, english):
    assert PartialDate.parse(text).display("en") == english


TEXTS = ["2005-12-22", "2005-12", "2006-34", "2006-41", "2006", "2006-04/2006-05"]
INTERVALS = ["2006-05-16/2006-05-18", "2006-05-30/2006-06-02", "2005-12-30/2006-01-02", "2005/2006", "2006-33/2006-05"]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("fr", "22 décembre 2005 | décembre 2005 | 2e trimestre 2006 | 2e semestre 2006 | 2006 | avril – mai 2006"),
        (
            "es",
            "22 de diciembre de 2005 | diciembre de 2005 | 2.º trimestre de 2006 | 2.º semestre de 2006 | 2006"
            " | abril–mayo de 2006",
        ),
        (
            "ru",
            "22 декабря 2005 г. | декабрь 2005 г. | 2-й квартал 2006 г. | вторая половина 2006 года | 2006"
            " | апрель — май 2006 г.",
        ),
        (
            "ar",
            "22 ديسمبر 2005 | ديسمبر 2005 | الربع الثاني 2006 | النصف الثاني من عام 2006 | 2006 | أبريل – مايو 2006",
        ),
        ("zh-hans", "2005年12月22日 | 2005年12月 | 2006年第2季度 | 2006年下半年 | 2006年 | 2006年4月 – 5月"),
    ],
)
def test_display_in_other_languages(language, written):
    assert [PartialDate.parse(text).display(language) for text in TEXTS] == written.split(" | ")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (
            "fr",
            "16–18 mai 2006 | 30 mai – 2 juin 2006 | 30 décembre 2005 – 2 janvier 2006 | 2005–2006"
            " | 1er trimestre 2006 – mai 2006",
        ),
        (
            "es",
            "16–18 de mayo de 2006 | 30 de mayo – 2 de junio de 2006 | 30 de diciembre de 2005 – 2 de enero de 2006"
            " | 2005–2006 | 1.er trimestre de 2006 – mayo de 2006",
        ),
        (
            "ru",
            "16—18 мая 2006 г. | 30 мая — 2 июня 2006 г. | 30 декабря 2005 г. — 2 января 2006 г. | 2005—2006"
            " | 1-й квартал 2006 г. — май 2006 г.",
        ),
        (
            "ar",
            "16–18 مايو 2006 | 30 مايو – 2 يونيو 2006 | 30 ديسمبر 2005 – 2 يناير 2006 | 2005–2006"
            " | الربع الأول 2006 – مايو 2006",
        ),
        (
            "zh-hans",
            "2006年5月16日 – 18日 | 2006年5月30日 – 6月2日 | 2005年12月30日 – 2006年1月2日 | 2005–2006年"
            " | 2006年第1季度 – 2006年5月",
        ),
    ],
)
def test_display_of_intervals_in_other_languages(language, written):
    assert [PartialDate.parse(text).display(language) for text in INTERVALS] == written.split(" | ")


VAGUE = ["2006-23", "2006-24", "2006-04 early", "2006 mid", "2006-22 early", "2006-33 late"]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (
            "fr",
            "automne 2006 | hiver 2006/2007 | début avril 2006 | mi-2006 | début de l’été 2006 | fin du 1er trimestre 2006",
        ),
        (
            "es",
            "otoño de 2006 | invierno de 2006/2007 | principios de abril de 2006 | mediados de 2006"
            " | principios del verano de 2006 | finales del 1.er trimestre de 2006",
        ),
        (
            "ru",
            "осень 2006 г. | зима 2006/2007 г. | начало апреля 2006 г. | середина 2006 г. | начало лета 2006 г."
            " | конец 1-го квартала 2006 г.",
        ),
        (
            "ar",
            "خريف عام 2006 | شتاء 2006/2007 | أوائل أبريل 2006 | منتصف عام 2006 | أوائل صيف عام 2006"
            " | أواخر الربع الأول من عام 2006",
        ),
        ("zh-hans", "2006年秋季 | 2006/2007年冬季 | 2006年4月上旬 | 2006年中 | 2006年夏季初 | 2006年第1季度末"),
    ],
)
def test_display_of_vague_dates_in_other_languages(language, written):
    assert [PartialDate.parse(text).display(language) for text in VAGUE] == written.split(" | ")


MODIFIED = ["1998~", "2006-04/2006-05 by", "2005-12-22 before", "2006-23 by", "2006-33 before", "2006-40 late by"]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (
            "fr",
            "vers 1998 | d’ici avril – mai 2006 | avant le 22 décembre 2005 | d’ici l’automne 2006"
            " | avant le 1er trimestre 2006 | d’ici la fin du 1er semestre 2006",
        ),
        (
            "es",
            "hacia 1998 | para abril–mayo de 2006 | antes del 22 de diciembre de 2005 | para el otoño de 2006"
            " | antes del 1.er trimestre de 2006 | para finales del 1.er semestre de 2006",
        ),
        (
            "ru",
            "около 1998 г. | не позднее апреля — мая 2006 г. | до 22 декабря 2005 г. | не позднее осени 2006 г."
            " | до 1-го квартала 2006 г. | не позднее конца первой половины 2006 года",
        ),
        (
            "ar",
            "حوالي عام 1998 | بحلول أبريل – مايو 2006 | قبل 22 ديسمبر 2005 | بحلول خريف عام 2006"
            " | قبل الربع الأول من عام 2006 | بحلول أواخر النصف الأول من عام 2006",
        ),
        (
            "zh-hans",
            "约1998年 | 不迟于2006年4月 – 5月 | 2005年12月22日之前 | 不迟于2006年秋季 | 2006年第1季度之前"
            " | 不迟于2006年上半年末",
        ),
    ],
)
def test_display_of_modified_dates_in_other_languages(language, written):
    assert [PartialDate.parse(text).display(language) for text in MODIFIED] == written.split(" | ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("month", range(1, 13))
def test_display_has_the_month_names_of_cldr(language, month):
    locale = cldr_locale(language)
    after_day, alone = (get_month_names("wide", context, locale)[month] for context in ("format", "stand-alone"))
    expected = (f"{month}月", f"{month}月") if language == "zh-hans" else (after_day, alone)

    assert expected[0] in PartialDate.parse(f"2006-{month:02}-16").display(language)
    assert expected[1] in PartialDate.parse(f"2006-{month:02}").display(language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("month", range(1, 13))
def test_display_of_a_day_agrees_with_other_dates_on_the_page(language, month):
    if (language, month) == ("ar", 4):
        pytest.skip("Django spells April differently")
    day = date(2006, month, 7)

    with translation.override(language):
        assert PartialDate.day(day).display() == formats.date_format(day)


def test_display_and_str_follow_the_active_language():
    value = PartialDate.parse("2005-12-22")

    with translation.override("fr"):
        assert (value.display(), str(value)) == ("22 décembre 2005", "22 décembre 2005")
    with translation.override(None):
        assert str(value) == "22 December 2005"


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=partial_dates())
def test_display_is_parsed_as_the_same_date(language, value):
    assert parse_typed(value.display(language), today=date(2026, 3, 1)) == value


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=partial_dates())
def test_display_contains_only_plain_spaces(language, value):
    assert not [sign for sign in value.display(language) if sign.isspace() and sign != " "]
