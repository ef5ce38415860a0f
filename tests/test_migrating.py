"""The next migration of any table goes through: triggers and indexes of ours name columns, and neither database changes those then."""

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations import Migration

from actions.models import ActionPoint, Milestone
from actions.search.finding import find
from actions.search.query import parse
from issues.models import Agenda, Issue
from tests import personas
from tracker.people.models import Agency, User

COLUMNS = [(User, "name"), (User, "email"), (Agency, "name"), (ActionPoint, "title"), (Milestone, "title")]


def migrate(change):
    """As `migrate` does it: the signal, the change, the signal."""
    plan = [(Migration("next", "tracker"), False)]
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default", plan=plan)
    try:
        with connection.schema_editor() as editor:
            change(editor)
    finally:
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default", plan=plan)


def field_like(field, model, name, **changed):
    after = field.clone()
    for key, value in changed.items():
        setattr(after, key, value)
    after.set_attributes_from_name(name)
    after.model = model
    return after


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("model", "name"), COLUMNS, ids=str)
def test_migration_of_a_column_that_triggers_name_goes_through(model, name):
    personas.update(personas.action_point(), personas.person("a@example.org"))
    before = model._meta.get_field(name)
    wider = field_like(before, model, name, max_length=before.max_length + 50)

    migrate(lambda editor: editor.alter_field(model, before, wider))
    try:
        User.objects.update(name="Renamed")
        personas.action_point(number=2)
    finally:
        migrate(lambda editor: editor.alter_field(model, wider, before))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Agenda, Issue, ActionPoint, User], ids=str)
def test_migration_that_adds_and_removes_a_column_goes_through(model):
    personas.action_point()
    added = field_like(User._meta.get_field("digests_paused_until"), model, "next_year")

    migrate(lambda editor: editor.add_field(model, added))
    migrate(lambda editor: editor.remove_field(model, added))


@pytest.mark.django_db(transaction=True)
def test_migration_meets_no_trigger_and_what_was_there_is_found_after_it():
    user, met = personas.person("a@example.org"), []
    personas.agency("UNDP", name="Boreholes")

    migrate(lambda editor: met.extend(triggers()))

    assert met == []
    assert [found.kind for found in find(parse("boreholes"), user)] == ["agencies"]


def triggers():
    known = (
        "sqlite_master WHERE type = 'trigger'" if connection.vendor == "sqlite" else "pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {known}")
        return cursor.fetchall()
