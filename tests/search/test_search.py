"""Tests of the search: results, permissions, order and page, the same on SQLite and PostgreSQL."""

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions.models import ActionPoint
from actions.progress import correct, withdraw
from actions.search.search import EXCERPT_LENGTH, excerpt, search_all
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text
from tracker.folding import words_of
from tracker.people.models import Agency
from tracker.searchable import with_words
from tracker.text import is_blank


@pytest.fixture
def point(focal_point):
    return personas.action_point(title="Joint training for country offices", description="Éducation and évaluation.")


def results(query, user, kind=""):
    return [result for group in search_all(words_of(query), user, kind) for result in group.results]


def titles(query, user, kind=""):
    return [result.title for result in results(query, user, kind)]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("training", True),
        ("TRAINING", True),
        ("train", True),
        ("rain", True),
        ("tr", True),
        ("training country", True),
        ("country training", True),
        ("training of", True),
        ("tr of", True),
        ('"joint training"', True),
        ("education", True),
        ("Évaluation", True),
        ("e\u0301valuation", True),
        ("training newsletter", False),
        ("tr zz", False),
        ("training zz", False),
    ],
)
def test_action_point_with_all_the_words_is_found(point, focal_point, query, is_found):
    assert titles(query, focal_point) == ([point.title] if is_found else [])


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("联合培训课程", "培训"),
        ("联合培训课程", "联合培训"),
        ("合", "合"),
        ("التدريب المشترك للمكاتب", "المُشترك"),
        ("إدارة المكتبة", "اداره المكتبه"),
        ("Совместное обучение", "ОБУЧЕН"),
        ("共同トレーニング", "ﾄﾚｰﾆﾝｸﾞ"),
        ("공동 교육", "교육"),
        ("संयुक्त प्रशिक्षण", "प्रशिक्षण"),
        ("Große Straße", "GROSSE strasse"),
        ("Κοινή εκπαίδευση", "ΕΚΠΑΙΔΕΥΣΗ"),
    ],
)
def test_other_scripts_are_found(focal_point, title, query):
    personas.action_point(title=title)

    assert titles(query, focal_point) == [title]


@pytest.mark.parametrize("query", ["%", "100%", "_", "a_b", "a%", "\\", "\\%", "c++", "*", "(", "AND", "o'"])
def test_wildcards_and_quotes_are_searched_literally(focal_point, query):
    personas.action_point(number=1, title="Plain words, axb, 100 of those")
    with_them = personas.action_point(number=2, title=f"Here it is: {query}").title

    assert titles(query, focal_point) == [with_them]


@pytest.mark.parametrize("query", ["", "-", '"', '""', "'", "!!", "a\x00b", "NOT", ":*", "zz OR", "\ud800", "\u0301"])
def test_any_query_is_answered(client, point, focal_point, query):
    response = personas.sign_in(client, focal_point).get("/search/", {"q": query.encode("utf-8", "replace")})

    assert search_all(words_of(query), focal_point) == []
    assert response.status_code == 200


def test_newest_action_points_come_first(focal_point):
    for number in range(1, 4):
        personas.action_point(number=number, title=f"Course {number}")

    assert titles("course", focal_point) == ["Course 3", "Course 2", "Course 1"]


def test_current_updates_are_found_and_others_are_not(point, focal_point, coordinator):
    update = personas.update(point, narrative="Ambassadors met in Turin.")
    before = titles("Turin", focal_point, "updates")
    corrected = correct(
        update, personas.progress(narrative="They met in Rome."), author=coordinator, now=timezone.now()
    )
    after = titles("Turin", focal_point, "updates"), titles("Rome", focal_point, "updates")
    withdraw(corrected, by=coordinator, reason="Wrong.", now=timezone.now())

    assert (before, after) == ([point.title], ([], [point.title]))
    assert titles("Rome", focal_point, "updates") == []


def test_reason_of_no_progress_is_found(point, focal_point):
    personas.update(point, status="no_progress", narrative="", reason="The budget was cut.")

    assert titles("budget cut", focal_point) == [point.title]


def test_visitor_finds_public_agendas_and_no_people(client, point, focal_point):
    hidden = client.get("/search/", {"q": "training"})
    Agenda.objects.update(visible_to="everybody")
    shown, people = client.get("/search/", {"q": "training"}), client.get("/search/", {"q": "focal.undp"})

    assert point.title not in text(hidden)
    assert point.title in text(shown)
    assert focal_point.email not in text(people)


def test_draft_is_found_by_coordinators_only(focal_point, coordinator):
    draft = personas.agenda("2027", state=Agenda.State.DRAFT)
    personas.update(personas.action_point(personas.issue(draft), title="Course"), narrative="A course.")

    assert (titles("course", focal_point), titles("course", coordinator)) == ([], ["Course", "Course"])


def test_hidden_action_points_do_not_displace_visible_ones(focal_point, visitor):
    shown = personas.agenda("2025", visible_to="everybody")
    personas.action_point(personas.issue(shown), title="Course for all")
    for number in range(1, 15):
        personas.action_point(number=number, title="Course")

    assert titles("course", visitor) == ["Course for all"]
    assert len(titles("course", focal_point)) == 10


def test_people_and_agencies_are_found(point, focal_point):
    assert titles("undp", focal_point, "agencies") == ["UNDP in full"]
    assert titles("focal.undp", focal_point, "people") == [focal_point.name]


def test_deactivated_people_are_not_found(focal_point, other_focal_point):
    other_focal_point.is_active = False
    other_focal_point.save()

    assert titles("focal.unssc", focal_point, "people") == []


def test_person_links_to_a_list_with_only_that_person(client, coordinator):
    personas.person("ana+undp@example.org", name="Ana")
    (result,) = results("ana", coordinator, "people")

    page = text(personas.sign_in(client, coordinator).get(result.address))

    assert "ana+undp@example.org" in page
    assert coordinator.email not in page


AGENCIES = {
    "UNDP-RB": "Regional Bureau",
    "UNDP": "United Nations Development Programme",
    "UNDP-NO": "Nordic Office of UNDP, UNDP for short",
    "UNDP-ECIS": "Europe",
    "EU-UNDP": "At UNDP",
    "ZEB": "Of UNDP-ECIS",
}


@pytest.mark.parametrize(
    ("query", "acronyms"),
    [
        ("UNDP", ["UNDP", "UNDP-ECIS", "UNDP-NO", "UNDP-RB", "EU-UNDP", "ZEB"]),
        ("undp", ["UNDP", "UNDP-ECIS", "UNDP-NO", "UNDP-RB", "EU-UNDP", "ZEB"]),
        ("und", ["UNDP", "UNDP-ECIS", "UNDP-NO", "UNDP-RB", "EU-UNDP", "ZEB"]),
        ("undp-ecis", ["UNDP-ECIS", "ZEB"]),
    ],
)
def test_agency_with_a_matching_acronym_comes_first(coordinator, query, acronyms):
    for acronym, name in AGENCIES.items():
        personas.agency(acronym, name=name)

    assert [result.reference for result in results(query, coordinator, "agencies")] == acronyms


def test_person_with_the_full_name_comes_first(coordinator):
    for number, name in enumerate(["José Silva", "Silva Jose Silva", "José Silvana", "Jose Silvaba"]):
        personas.person(f"silva.jose.{number}@example.org", name=name)

    assert titles("jose silva", coordinator) == ["José Silva", "Jose Silvaba", "José Silvana", "Silva Jose Silva"]


@pytest.mark.parametrize("reference", ["2026/1.1", "1.1", " 2026/1.1 "])
def test_reference_redirects_to_its_action_point(client, point, focal_point, reference):
    response = personas.sign_in(client, focal_point).get("/search/", {"q": reference})

    assert response.headers["Location"] == "/agendas/2026/1.1/"


def test_unknown_reference_finds_nothing(client, point, focal_point):
    response = personas.sign_in(client, focal_point).get("/search/", {"q": "2026/9.9"})

    assert "Nothing found" in text(response)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"q": "training" + "x" * 200}, "too long"),
        ({"q": " ".join(f"training{'g' * number}" for number in range(11))}, "the first 10 of them"),
        ({"q": "training", "kind": "secrets"}, "Results of every kind"),
    ],
)
def test_overlong_query_is_shortened_with_a_message(client, point, focal_point, query, message):
    response = personas.sign_in(client, focal_point).get("/search/", query)

    assert response.status_code == 400
    assert message in text(response)


def test_repeated_words_count_once(client, point, focal_point):
    response = personas.sign_in(client, focal_point).get("/search/", {"q": "training " * 20})

    assert response.status_code == 200
    assert point.title in text(response)


def test_excerpt_shows_the_lines_around_the_word():
    long = "One word after another. " * 20 + "Here is Turin, at last. " + "And so on and on. " * 20

    shown = excerpt(long, ["turin"])

    assert "Turin" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= EXCERPT_LENGTH + 4


@pytest.mark.parametrize(("wording", "shown"), [("", ""), ("Short.", "Short."), ("联合" * 200, "联合" * 90 + " …")])
def test_excerpt_without_the_word_is_the_beginning_of_the_text(wording, shown):
    assert excerpt(wording, ["turin"]) == shown


def test_excerpts_are_escaped_and_have_no_markdown(client, focal_point):
    raw = "- Screening is **complete** everywhere & `<b>`"
    personas.update(personas.action_point(description=raw), narrative=raw)

    page = personas.sign_in(client, focal_point).get("/search/", {"q": "complete"}).content.decode()

    assert page.count("Screening is complete everywhere &amp; &lt;b&gt;") == 2


def test_page_shows_ten_of_each_kind_and_links_to_more(client, focal_point):
    for number in range(1, 13):
        personas.action_point(number=number, title=f"Course {number}")
    personas.sign_in(client, focal_point)

    first = client.get("/search/", {"q": "course"})
    more = client.get("/search/", {"q": "course", "kind": "action_points"})

    assert "?q=course&amp;kind=action_points" in first.content.decode()
    assert (text(first).count("Course"), text(more).count("Course")) == (10, 12)


@pytest.mark.parametrize("count", [1, 3])
def test_search_has_a_fixed_number_of_queries(client, focal_point, django_assert_num_queries, count):
    for number in range(1, count + 1):
        personas.update(personas.action_point(number=number, title="Course"), narrative="A course.")
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(10):
        client.get("/search/", {"q": "course"})


@pytest.mark.parametrize("model", [ActionPoint, Agency])
def test_words_of_three_letters_use_the_index(db, model):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")

    plan = with_words(model.objects.order_by(), ["net", "work"]).explain()

    used = f"Bitmap Index Scan on search_{model._meta.db_table}"
    assert (used if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX") in plan


SCRIPTS = {
    "Latin": (0xC0, 0x24F),
    "Greek": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Armenian": (0x531, 0x58A),
    "Hebrew": (0x591, 0x5F4),
    "Arabic": (0x610, 0x6FF),
    "Devanagari": (0x900, 0x97F),
    "Thai": (0xE01, 0xE5B),
    "Tibetan": (0xF00, 0xFDA),
    "Georgian": (0x10A0, 0x10FF),
    "Ethiopic": (0x1200, 0x137C),
    "Khmer": (0x1780, 0x17F9),
    "Greek with accents": (0x1F00, 0x1FFE),
    "punctuation": (0x2010, 0x205E),
    "kana": (0x3041, 0x30FF),
    "Chinese": (0x4E00, 0x4FFF),
    "Hangul": (0xAC00, 0xAFFF),
    "Arabic ligatures": (0xFB50, 0xFDFB),
    "halfwidth and fullwidth": (0xFF01, 0xFFEE),
    "emoji": (0x1F300, 0x1F64F),
    "rare Chinese": (0x20000, 0x20FFF),
}
letters_of_a_script = (
    st.sampled_from(list(SCRIPTS.values()))
    .flatmap(
        lambda script: st.text(
            st.characters(min_codepoint=script[0], max_codepoint=script[1]) | st.sampled_from(" aZ9-'\"%_\\."),
            min_size=1,
            max_size=30,
        )
    )
    .filter(lambda text: not is_blank(text))
)


class TestEveryScript(TestCase):
    @settings(max_examples=100, deadline=None)
    @given(letters_of_a_script)
    def test_word_is_found_as_it_was_written(self, title):
        agency = personas.agency("X")
        agency.name = title
        agency.save()

        for word in title.split():
            if typed := words_of(word):
                assert list(with_words(Agency.objects.all(), typed)) == [agency]
        assert list(with_words(Agency.objects.all(), words_of(title))) == [agency]
