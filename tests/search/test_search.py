"""The search: what it finds, for whom, in which order, and how it shows it. The same on SQLite and on PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions.models import ActionPoint
from actions.search import index
from actions.search.finding import excerpt, find, marked
from actions.search.index import SOURCES, ensure_index, ranked
from actions.search.query import parse
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text
from tracker.people.models import User


@pytest.fixture
def point(focal_point):
    return personas.action_point(title="Joint training for country offices", description="Éducation and évaluation.")


def hits(words, user, kind=""):
    return [hit for of in find(parse(words), user, kind) for hit in of.hits]


def titles(words, user, kind=""):
    return [without_marks(hit.title) for hit in hits(words, user, kind)]


def without_marks(html):
    return html.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("training", True),
        ("TRAINING", True),
        ("train", True),
        ("rain", False),
        ("train country", False),
        ("training country", True),
        ("country training", True),
        ('"joint training"', True),
        ('"training joint"', False),
        ("training -country", False),
        ("training -newsletter", True),
        ("education", True),
        ("Évaluation", True),
        ("evaluation", True),
        ("training zzz", False),
    ],
)
def test_words_find_what_has_them(point, focal_point, words, found):
    assert titles(words, focal_point) == ([point.title] if found else [])


@pytest.mark.parametrize(
    "words",
    ["", "-", '"', '""', "'", "!!", "a\x00b", "-training", "AND", "NOT", "*", ":*", "(", "a OR", "%", "\\", "\ud800"],
)
def test_anything_typed_is_answered(client, point, focal_point, words):
    assert find(parse(words), focal_point) is not None
    assert (
        personas.sign_in(client, focal_point).get("/search/", {"q": words.encode("utf-8", "replace")}).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("title", "words"),
    [("联合培训课程", "培训"), ("التدريب المشترك للمكاتب", "المشترك"), ("Совместное обучение", "обучен")],
)
def test_other_scripts_are_found(focal_point, title, words):
    personas.action_point(title=title)

    assert titles(words, focal_point) == [title]


def test_minus_leaves_out_in_scripts_without_spaces_too(focal_point):
    personas.action_point(number=1, title="联合培训课程")
    personas.action_point(number=2, title="联合培训手册")

    assert titles("培训 -课程", focal_point) == ["联合培训手册"]


def test_title_comes_before_description(focal_point):
    personas.action_point(number=1, title="Something else", description="A newsletter, perhaps.")
    personas.action_point(number=2, title="Newsletter of the network")

    assert titles("newsletter", focal_point) == ["Newsletter of the network", "Something else"]


def test_updates_in_force_are_found_and_others_are_not(point, focal_point, coordinator):
    update = personas.update(point, narrative="Ambassadors met in Turin.")
    before = titles("Turin", focal_point, "updates")
    corrected = update.correct(personas.progress(narrative="They met in Rome."), author=coordinator, now=timezone.now())
    after = titles("Turin", focal_point, "updates"), titles("Rome", focal_point, "updates")
    corrected.withdraw(by=coordinator, reason="Wrong.", now=timezone.now())

    assert (before, after) == ([point.title], ([], [point.title]))
    assert titles("Rome", focal_point, "updates") == []


def test_visitor_finds_what_is_open_to_everybody_and_no_people(client, point, focal_point):
    hidden = client.get("/search/", {"q": "training"})
    Agenda.objects.update(visible_to="everybody")
    shown, people = client.get("/search/", {"q": "training"}), client.get("/search/", {"q": "focal.undp"})

    assert point.title not in text(hidden)
    assert point.title in text(shown)
    assert focal_point.email not in text(people)


def test_people_and_agencies_are_found(point, focal_point):
    assert titles("undp", focal_point, "agencies") == ["UNDP in full"]
    assert titles("focal.undp", focal_point, "people") == [focal_point.name]


AGENCIES = {
    "UNDP-RB": "Regional Bureau",
    "UNDP": "United Nations Development Programme",
    "UNDP-NO": "Nordic Office of UNDP, UNDP for short",
    "UNDP-ECIS": "Europe",
    "ZEB": "Of UNDP-ECIS",
    "EU-UNDP": "At UNDP",
}


@pytest.mark.parametrize(
    ("words", "acronyms"),
    [
        ("UNDP", ["UNDP", "UNDP-ECIS", "UNDP-NO", "UNDP-RB"]),
        ("undp", ["UNDP", "UNDP-ECIS", "UNDP-NO", "UNDP-RB"]),
        ('"undp"', ["UNDP", "UNDP-ECIS", "UNDP-NO", "UNDP-RB"]),
        ("und", ["UNDP", "UNDP-ECIS", "UNDP-NO", "UNDP-RB"]),
        ("undp-ecis", ["UNDP-ECIS"]),
        ("undp -regional", ["UNDP", "UNDP-ECIS", "UNDP-NO"]),
    ],
)
def test_agency_that_is_called_just_so_comes_first(coordinator, words, acronyms):
    for acronym, name in AGENCIES.items():
        personas.agency(acronym, name=name)

    found = [without_marks(hit.reference) for hit in hits(words, coordinator, "agencies")]

    assert found[: len(acronyms)] == acronyms
    assert set(found[len(acronyms) :]) <= {"ZEB", "EU-UNDP"}


def test_agency_that_is_called_just_so_is_among_the_first_ten_of_many(coordinator):
    personas.agency("UNDP")
    for number in range(12):
        personas.agency(f"UNDP-{number}", name="UNDP UNDP UNDP")

    assert titles("undp", coordinator, "agencies")[0] == "UNDP in full"


def test_agency_found_by_its_acronym_has_it_marked(client, coordinator):
    personas.agency("WHO-R&D", name="World Health Organization")
    page = personas.sign_in(client, coordinator).get("/search/", {"q": "who"})

    assert '<span class="reference"><mark>WHO</mark>-R&amp;D</span>' in page.content.decode()


def test_person_who_is_called_just_so_comes_first(coordinator):
    for number, name in enumerate(["José Silva", "Silva Jose Silva", "José Silvana", "Jose Silvaba"]):
        personas.person(f"silva.jose.{number}@example.org", name=name)

    assert titles("jose silva", coordinator) == ["José Silva", "Jose Silvaba", "José Silvana", "Silva Jose Silva"]


@pytest.mark.parametrize(
    ("title", "words", "instead"),
    [
        ("Joint training", "trainings", "training"),
        ("Joint training of agency staff", "Agencies trainings", "Agenc training"),
        ("Joint training", '"joint training" trainings -newsletters', '"joint training" training -newsletters'),
        ("Une stratégie nationale", "stratégies", "stratég"),
        ("Совместный проект", "проекты", "проект"),
        ("التدريب المشترك", "التدريبات", "التدريب"),
    ],
)
def test_plural_that_is_nowhere_finds_its_singular_and_says_so(client, focal_point, title, words, instead):
    personas.action_point(title=title)
    page = personas.sign_in(client, focal_point).get("/search/", {"q": words}).content.decode()

    assert escape(f"words that begin like “{instead}”.") in page
    assert title in without_marks(page)


@pytest.mark.parametrize(
    ("words", "is_found"), [('"trainings"', False), ("trainings -joint", False), ("gas", False), ("courses", True)]
)
def test_plural_is_left_alone_where_it_is_meant_or_found(client, focal_point, words, is_found):
    personas.action_point(number=1, title="Joint training on gaining ground")
    personas.action_point(number=2, title="Courses")
    personas.action_point(number=3, title="Course")
    page = text(personas.sign_in(client, focal_point).get("/search/", {"q": words}))

    assert "words that begin" not in page
    assert ("Nothing found" not in page, "Courses" in page) == (is_found, is_found)


def test_search_that_finds_nothing_twice_costs_the_same(client, point, focal_point, django_assert_num_queries):
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(12):
        client.get("/search/", {"q": "newsletters"})


@pytest.mark.parametrize("reference", ["2026/1.1", "1.1", " 2026/1.1 "])
def test_reference_leads_to_its_action_point(client, point, focal_point, reference):
    response = personas.sign_in(client, focal_point).get("/search/", {"q": reference})

    assert response.headers["Location"] == "/agendas/2026/1.1/"


def test_reference_that_is_none_finds_nothing(client, point, focal_point):
    response = personas.sign_in(client, focal_point).get("/search/", {"q": "2026/9.9"})

    assert "Nothing found" in text(response)


@pytest.mark.parametrize("query", [{"q": "x" * 201}, {"q": "training", "kind": "secrets"}])
def test_faulty_search_is_said_and_answered(client, point, focal_point, query):
    assert personas.sign_in(client, focal_point).get("/search/", query).status_code == 400


def test_found_words_are_marked_and_all_else_is_escaped():
    query = parse("evaluation train")

    assert (
        marked("<b>Évaluation</b> & Training", query)
        == "&lt;b&gt;<mark>Évaluation</mark>&lt;/b&gt; &amp; <mark>Train</mark>ing"
    )


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ('"training on partners"', "On training: [Training on: partners], training on partnerships"),
        ('"training on" part', "On training: [Training on]: [part]ners, [training on] [part]nerships"),
        ("training-on-part", "On training: [Training on: part]ners, [training on part]nerships"),
        ("partners on", "[On] training: Training [on]: [partners], training [on] partnerships"),
    ],
)
def test_phrase_is_marked_as_a_whole(words, shown):
    shown = shown.replace("[", "<mark>").replace("]", "</mark>")

    assert marked("On training: Training on: partners, training on partnerships", parse(words)) == shown


def test_excerpt_shows_what_stands_around():
    long = "One word after another. " * 20 + "Here is Turin, at last. " + "And so on and on. " * 20

    found = excerpt(long, parse("turin"))

    assert "<mark>Turin</mark>" in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) < 260


@pytest.mark.parametrize("words", ["complete", '"is complete everywhere"'])
def test_excerpts_are_plain_words(focal_point, words):
    raw = "- Screening is **complete** everywhere & `<b>`"
    personas.update(personas.action_point(description=raw), narrative=raw)

    excerpts = [hit.excerpt for hit in hits(words, focal_point)]

    assert [without_marks(each) for each in excerpts] == [
        "Screening is complete everywhere &amp; &lt;b&gt;",
        "Screening is complete everywhere &amp; &lt;b&gt;",
    ]
    assert all("<mark>" in each for each in excerpts)


def test_more_than_ten_are_a_page_of_their_own(client, focal_point):
    for number in range(1, 13):
        personas.action_point(number=number, title=f"Course {number}")
    personas.sign_in(client, focal_point)

    first = client.get("/search/", {"q": "course"})
    all_of_them = client.get("/search/", {"q": "course", "kind": "action_points"})

    assert (text(first).count("Course"), text(all_of_them).count("Course")) == (10, 12)


@pytest.mark.parametrize("count", [1, 3])
def test_search_costs_the_same_for_any_number_of_hits(client, focal_point, django_assert_num_queries, count):
    for number in range(1, count + 1):
        personas.update(personas.action_point(number=number, title="Course"), narrative="A course.")
    personas.sign_in(client, focal_point)

    with django_assert_num_queries(12):
        client.get("/search/", {"q": "course"})


def test_change_behind_the_trackers_back_is_found(point, focal_point):
    ActionPoint.objects.filter(pk=point.pk).update(title="Renamed in bulk")

    assert titles("renamed", focal_point) == ["Renamed in bulk"]
    assert titles("joint", focal_point) == []


def test_index_that_lost_its_triggers_is_made_whole(point, focal_point):
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name in ("added", "removed", "changed"):
            cursor.execute(f"DROP TRIGGER search_actions_actionpoint_{name}")
    ActionPoint.objects.filter(pk=point.pk).update(title="Unseen")
    ensure_index(connection)

    assert titles("unseen", focal_point) == ["Unseen"]


def test_command_fills_the_index_anew(point, focal_point):
    call_command("rebuild_search", verbosity=0)

    assert titles("training", focal_point) == [point.title]


def test_what_one_may_not_see_takes_no_place_from_what_one_may(monkeypatch, focal_point, visitor):
    monkeypatch.setattr(index, "RANKED", 3)
    shown = personas.agenda("2025", visible_to="everybody")
    personas.action_point(personas.issue(shown), title="Course for all")
    for number in range(1, 6):
        personas.action_point(number=number, title="Course")

    assert titles("course", visitor) == ["Course for all"]
    assert len(titles("course", focal_point)) == 3


class TestAnyChanges(TestCase):
    WORDS = ("alpha", "beta", "gamma")

    @settings(max_examples=30)
    @given(st.lists(st.tuples(st.sampled_from(["add", "rename", "remove"]), st.sampled_from(WORDS)), max_size=10))
    def test_index_says_what_the_table_says(self, changes):
        for number, (change, word) in enumerate(changes, 1):
            newest = User.objects.order_by("-pk").first()
            if change == "add" or not newest:
                personas.person(f"{number}@example.org", name=word)
            elif change == "rename":
                User.objects.filter(pk=newest.pk).update(name=word)
            else:
                User.objects.filter(pk=newest.pk).delete()

        for word in self.WORDS:
            found = ranked(User.objects.all(), SOURCES["people"], parse(f'"{word}"'), 100)
            assert sorted(found) == sorted(User.objects.filter(name=word).values_list("pk", flat=True))
