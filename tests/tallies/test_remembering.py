"""Pages are shown as they were made, and never when something has changed since."""

import json

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from actions.dashboard import views
from actions.tallies import remembering
from actions.tallies.rebuilding import stamps
from actions.tallies.remembering import Memory
from tests import personas
from tests.actions.pages import text

LIST, DASHBOARD = "/agendas/2026/action-points/", "/agendas/2026/dashboard/"


@pytest.fixture
def point(db):
    return personas.action_point(title="Train focal points")


def test_memory_holds_until_something_changes(point):
    Memory[str](stamps().shown, "page", 1).keep("as it was")

    assert Memory[str](stamps().shown, "page", 1).made == "as it was"
    assert Memory[str](stamps().shown, "page", 2).made is None
    personas.update(point)
    assert Memory[str](stamps().shown, "page", 1).made is None


def test_memory_is_of_one_language_and_time_zone(point):
    Memory[str]("stamp", "page").keep("in English")

    with translation.override("fr"):
        assert Memory[str]("stamp", "page").made is None


@pytest.mark.parametrize("page", [LIST, DASHBOARD])
def test_page_is_made_once_and_anew_after_each_change(client, focal_point, point, django_assert_max_num_queries, page):
    personas.sign_in(client, focal_point)
    assert "Train focal points" in text(client.get(page))

    with django_assert_max_num_queries(8):
        assert "Train focal points" in text(client.get(page))
    type(point).objects.update(title="Teach focal points")
    assert "Teach focal points" in text(client.get(page))


def test_filters_stay_as_made_when_progress_is_logged_and_not_when_an_agency_is_added(
    client, focal_point, point, monkeypatch
):
    made = []

    def render(name, context):
        made.append(name)
        return render_to_string(name, context)

    monkeypatch.setattr(views, "render_to_string", render)
    personas.sign_in(client, focal_point).get(LIST)
    personas.update(point)
    client.get(LIST)
    assert [name for name in made if "choices" in name] == ["dashboard/_list_choices.html"]

    personas.agency("WFP")
    assert '<option value="WFP">' in client.get(LIST).text


def test_choices_are_made_once_for_all_words_and_pages(client, focal_point, point, monkeypatch):
    made = []

    def render(name, context):
        made.append(name)
        return render_to_string(name, context)

    monkeypatch.setattr(views, "render_to_string", render)
    personas.sign_in(client, focal_point)
    pages = [client.get(f"{LIST}?{query}").text for query in ("q=alpha", "q=beta&after=1", "q=gamma&before=9000")]

    for page, word in zip(pages, ("alpha", "beta", "gamma"), strict=True):
        fields = page[page.index('<form class="filters"') :]
        assert f'value="{word}"' in fields[: fields.index("</form>")]
        assert sum(f'value="{one}"' in page for one in ("alpha", "beta", "gamma")) == 1
    assert made.count("dashboard/_list_choices.html") == 1


def test_list_of_ones_own_is_not_shown_to_another(client, focal_point, other_focal_point, point):
    point.focal_points.add(focal_point)

    own = text(personas.sign_in(client, focal_point).get(f"{LIST}?owner=mine"))
    other = text(personas.sign_in(client, other_focal_point).get(f"{LIST}?owner=mine"))

    assert "Train focal points" in own
    assert "Train focal points" not in other


def test_list_of_ones_own_follows_a_change_of_agency(client, focal_point, point):
    wfp = personas.agency("WFP")
    point.lead_agencies.add(wfp)
    assert "Train focal points" not in text(personas.sign_in(client, focal_point).get(f"{LIST}?owner=mine"))

    type(focal_point).objects.update(agency=wfp)
    assert "Train focal points" in text(client.get(f"{LIST}?owner=mine"))

    type(wfp).objects.filter(pk=wfp.pk).update(parent=personas.agency("UN"))
    type(focal_point).objects.update(agency=personas.agency("UN"))
    assert "Train focal points" in text(client.get(f"{LIST}?owner=mine"))


def test_what_is_kept_are_texts_and_numbers(client, focal_point, point, monkeypatch):
    kept = []

    def keep(memory, made):
        kept.append(made)
        return made

    monkeypatch.setattr(Memory, "keep", keep)
    personas.sign_in(client, focal_point)
    for page in (LIST, DASHBOARD):
        client.get(page)

    assert kept
    for made in kept:
        assert json.loads(json.dumps(made)) == (list(made) if isinstance(made, tuple) else made)


def test_page_of_another_release_is_not_shown(point, monkeypatch):
    Memory[str]("stamp", "page").keep("as it was")
    monkeypatch.setattr(remembering, "_release", lambda: "next")

    assert Memory[str]("stamp", "page").made is None


def test_names_remembered_for_the_network_are_not_shown_to_visitors(client, focal_point, point):
    point.focal_points.add(focal_point)
    type(point.issue.agenda).objects.update(visible_to="everybody")
    assert focal_point.name in text(personas.sign_in(client, focal_point).get(LIST))
    client.logout()

    assert focal_point.name not in text(client.get(LIST))


def test_faulty_address_is_answered_as_faulty_each_time(client, focal_point, point):
    personas.sign_in(client, focal_point)

    assert [client.get(f"{LIST}?statsu=open").status_code for _ in range(2)] == [400, 400]


def test_cache_that_is_gone_is_one_that_is_empty(client, focal_point, point, settings):
    gone = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = settings.CACHES | {"default": gone}
    personas.sign_in(client, focal_point)

    assert [client.get(page).status_code for page in (LIST, DASHBOARD)] == [200, 200]


@pytest.mark.parametrize(
    "made_up",
    [
        f"{LIST}?status=completed",
        f"{LIST}?after=1001",
        f"{LIST}?q=course",
        f"{LIST}?columns=status",
        f"{LIST}?as_of=2006-03-31",
        f"{DASHBOARD}?made=up",
        f"{DASHBOARD}?as_of=2006-03-31",
    ],
)
def test_addresses_that_visitors_make_up_fill_no_cache(client, focal_point, point, monkeypatch, made_up):
    kept = set()

    def keep(memory, made):
        kept.add(memory._key)
        return made

    monkeypatch.setattr(Memory, "keep", keep)
    type(point.issue.agenda).objects.update(visible_to="everybody")

    for page in (LIST, DASHBOARD):
        client.get(page)
    known = set(kept)
    assert known
    assert client.get(made_up).status_code == 200
    assert kept == known

    personas.sign_in(client, focal_point).get(made_up)
    assert kept > known
