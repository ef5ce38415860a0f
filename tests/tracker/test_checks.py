"""Test the system checks of the database."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tracker.embedded.management.commands.start import refuse_unsuitable_database


@pytest.mark.django_db
def test_database_without_synchronous_commit_is_refused():
    if connection.vendor != "postgresql":
        call_command("check", databases=["default"])
        return
    call_command("check", databases=["default"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    with pytest.raises(SystemCheckError, match="synchronous_commit is off"):
        call_command("check", databases=["default"])


@pytest.mark.django_db
@pytest.mark.parametrize("migration", [("actions", "0002_of_another_version"), ("people", "0099_of_another_version")])
def test_database_with_unknown_migrations_is_refused(migration):
    refuse_unsuitable_database()
    MigrationRecorder(connection).record_applied(*migration)

    with pytest.raises(CommandError, match=r"another version of the tracker.*\n.*TRACKER_DATA"):
        refuse_unsuitable_database()
    with pytest.raises(SystemCheckError, match=r"\.".join(migration)):
        call_command("migrate", skip_checks=False)
