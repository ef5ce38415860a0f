"""Prepared statements do what the queries do that they are made of, on one connection after another."""

import pytest
from django.db import connection

from issues.models import Agenda
from tests import personas
from tracker.prepared import Param, PreparedInsert, PreparedSelect, PreparedUpdate


def renamed(slugs):
    """The title is 100 % new where it was another one."""
    named = [Param(f"slug{number}", Agenda._meta.get_field("slug")) for number in range(slugs)]
    title = Param("title", Agenda._meta.get_field("title"))
    return Agenda.objects.filter(slug__in=named, state="open").exclude(title=title), {
        "title": title,
        "report_title": "100 %",
    }


def titled():
    return Agenda.objects.filter(slug=Param("slug", Agenda._meta.get_field("slug"))).values_list(
        "title", "report_title"
    )


@pytest.mark.django_db
def test_statements_take_their_values_when_they_run():
    for slug in ("2025", "2026", "2027"):
        personas.agenda(slug)
    update, select = PreparedUpdate(renamed), PreparedSelect(titled)

    assert update.run("default", 2, slug0="2025", slug1="2026", title="It's new") == 2
    assert update.run("default", 2, slug0="2025", slug1="2027", title="It's new") == 1
    assert update.run("default", 1, slug0="1999", title="Else") == 0
    assert [select.row("default", slug=slug) for slug in ("2026", "1999")] == [("It's new", "100 %"), None]


@pytest.mark.django_db
def test_statement_may_take_no_values():
    personas.agenda("2026")

    assert PreparedSelect(lambda: Agenda.objects.values_list("slug")).rows("default") == [("2026",)]


@pytest.mark.django_db
def test_statement_is_planned_once_a_connection(django_assert_num_queries):
    personas.agenda("2026")
    select = PreparedSelect(titled)

    with django_assert_num_queries(3) as queries:
        found = {select.row("default", slug="2026") for _ in range(3)}

    assert len(found) == 1
    if connection.vendor == "postgresql":
        assert all(query["sql"].startswith("EXECUTE tracker_") for query in queries)


@pytest.mark.django_db(transaction=True)
def test_statement_runs_on_the_next_connection_too():
    personas.agenda("2026")
    select = PreparedSelect(titled)
    before = select.row("default", slug="2026")
    connection.close()

    assert select.row("default", slug="2026") == before


@pytest.mark.django_db
def test_instance_is_added_as_it_would_be_saved():
    saved = personas.agenda("2026")
    added = Agenda(**{field.attname: getattr(saved, field.attname) for field in Agenda._meta.concrete_fields})
    added.pk, added.slug = None, "2027"

    PreparedInsert(Agenda).add(added, "default")

    assert (added._state.adding, added._state.db) == (False, "default")
    twin = Agenda.objects.filter(pk=added.pk).values().get()
    assert twin == Agenda.objects.filter(pk=saved.pk).values().get() | {"id": added.pk, "slug": "2027"}


@pytest.mark.django_db
def test_step_is_done_first_and_in_one_trip_where_that_can_be(django_assert_num_queries):
    personas.agenda("2026")
    update, select = PreparedUpdate(renamed), PreparedSelect(titled)
    update.run("default", 1, slug0="1999", title="Else")
    select.row("default", slug="1999")

    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        step = update.step("default", 1, slug0="2026", title="Named anew")
        found = select.row("default", first=step, slug="2026")

    assert found == ("Named anew", "100 %")
