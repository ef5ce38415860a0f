"""Tests of indexing for the search: on save, and by `rebuild_search` after bulk writes."""

import pytest
from django.core.management import call_command
from django.db import connection

from actions.models import ActionPoint
from actions.search.search import search_all
from tests import personas
from tracker.folding import words_of
from tracker.people.models import Agency, User


@pytest.fixture
def point(focal_point):
    return personas.action_point(title="Joint training", description="For all offices.")


def is_found(query, user):
    return bool(search_all(words_of(query), user))


def test_changed_wording_replaces_the_old_one_in_the_index(point, focal_point):
    point.title = "Newsletter"
    point.save()

    assert (is_found("newsletter", focal_point), is_found("joint", focal_point)) == (True, False)


@pytest.mark.parametrize("update_fields", [["title"], ("title", "number"), {"title"}])
def test_change_of_named_fields_is_found(point, focal_point, update_fields):
    point.title = "Newsletter"
    point.save(update_fields=update_fields)

    assert (is_found("newsletter", focal_point), is_found("joint", focal_point)) == (True, False)


def test_fields_that_are_not_saved_are_not_found(point, focal_point):
    point.title = "Newsletter"
    point.save(update_fields=["number"])

    assert (is_found("newsletter", focal_point), is_found("joint", focal_point)) == (False, True)


@pytest.mark.parametrize("loaded", [["pk"], ["pk", "number"]])
def test_saving_a_row_with_deferred_text_keeps_the_index(point, focal_point, loaded):
    part = ActionPoint.objects.only(*loaded).get()
    part.number = 2
    part.save()

    assert is_found("joint training offices", focal_point)


def test_removed_rows_are_not_found(focal_point):
    agency = personas.agency("GONE")
    found_before = is_found("gone", focal_point)
    agency.delete()

    assert (found_before, is_found("gone", focal_point)) == (True, False)


def test_history_does_not_contain_the_folded_text(point):
    for model in (ActionPoint, Agency, User):
        assert "search_text" not in {field.name for field in model.history.model._meta.get_fields()}


@pytest.mark.parametrize(
    ("create", "query"),
    [
        (
            lambda issue: ActionPoint.objects.bulk_create([ActionPoint(issue=issue, number=9, title="Boréholes")]),
            "boreholes",
        ),
        (lambda issue: Agency.objects.bulk_create([Agency(acronym="WHO", name="Health")]), "who health"),
        (lambda issue: Agency.objects.bulk_create([Agency(acronym="WHO", name="卫生")]), "卫生"),
        (lambda issue: User.objects.filter(email="focal.undp@example.org").update(name="Zoë"), "zoe"),
    ],
)
def test_command_indexes_bulk_writes(point, focal_point, create, query):
    create(point.issue)
    found_before = is_found(query, focal_point)
    call_command("rebuild_search", verbosity=0)

    assert (found_before, is_found(query, focal_point)) == (False, True)


def test_command_reports_the_number_of_changed_texts(point, capsys):
    ActionPoint.objects.update(title="Renamed")
    call_command("rebuild_search")
    first = capsys.readouterr().out
    call_command("rebuild_search")

    assert "outdated: 1." in first
    assert "outdated: 0." in capsys.readouterr().out


def test_command_rebuilds_an_empty_trigram_table(point, focal_point):
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_actions_actionpoint")
    call_command("rebuild_search", verbosity=0)

    assert is_found("training", focal_point)


@pytest.mark.parametrize("load", [["loaddata", "baseline_2005"], ["load_baseline"]])
def test_loaded_baseline_is_indexed(focal_point, load):
    call_command(*load, verbosity=0)

    kinds = [group.kind for group in search_all(["training"], focal_point)]

    assert kinds[:2] == ["action_points", "updates"]


def test_database_has_no_triggers(db):
    """Check that no trigger hinders migrations or writes behind the code."""
    triggers = (
        "pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {triggers}")

        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("EVALUATION", [2]),
        ("e\u0301valuation des", [2]),
        ("%", []),
        ("tr", [1]),
        ('"joint training"', [1]),
        ("e", [1, 2]),
    ],
)
def test_list_filter_matches_words_like_the_search(client, point, focal_point, query, numbers):
    personas.action_point(number=2, title="Évaluation des compétences")
    personas.sign_in(client, focal_point)

    page = client.get("/agendas/2026/action-points/", {"q": query}).content.decode()

    assert [number for number in (1, 2) if f'href="/agendas/2026/1.{number}/"' in page] == numbers
