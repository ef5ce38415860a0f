"""Move a tracker from SQLite to PostgreSQL, with its history."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.core.management.sql import sql_flush
from django.db import DatabaseError, connection, connections, models, transaction

from tracker.backup import fingerprints
from tracker.backup.fingerprints import Fingerprint
from tracker.embedded.management.commands.start import claim_data_folder, refuse_unsuitable_database
from tracker.postgresql.configuration import read_url

TARGET = "move_to_postgresql"
BATCH = 1000
_AGAIN = "Nothing was copied. Before the next attempt drop the PostgreSQL database and create it again."
ModelType = type[models.Model]


class Command(BaseCommand):
    help = (
        "Copy everything from the SQLite database of this tracker, with its history, to an empty PostgreSQL database. Stop the "
        "tracker first. SQLite stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="postgres://user:password@host/name, of an empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("This tracker uses PostgreSQL already (DATABASE_URL).")
        with claim_data_folder(settings.DATA_DIR, "move_to_postgresql"), _target(options["url"]):
            call_command("migrate", verbosity=0, interactive=False)
            counts = _move()
        self.stdout.write(
            f"Copied and compared: {len(counts)} tables with {sum(count for count, _digest in counts.values())} rows.\n"
            f"Now set DATABASE_URL to this database, and SECRET_KEY to what {settings.DATA_DIR / 'secret_key'} contains, so that "
            "second factors, links in mails and sessions stay valid (docs/production.md)."
        )


@contextmanager
def _target(url: str) -> Iterator[None]:
    """Configure the database of the URL as TARGET. Raises CommandError if it cannot take the data."""
    try:
        database = read_url(url)
    except ValueError as error:
        raise CommandError(str(error)) from None
    connections.databases[TARGET] = connections["default"].settings_dict | database
    try:
        target = connections[TARGET]
        if target.introspection.table_names():
            raise CommandError("The PostgreSQL database is not empty. Create an empty one (createdb) and name it.")
        refuse_unsuitable_database(TARGET)
        yield
    except DatabaseError as error:
        raise CommandError(f"The PostgreSQL database cannot be used: {error}") from error
    finally:
        connections[TARGET].close()
        del connections[TARGET], connections.databases[TARGET]


def _move() -> dict[str, Fingerprint]:
    """Create the tables, copy and compare all rows. Raises CommandError; then the tables stay, empty."""
    tables = [model for model in apps.get_models(include_auto_created=True) if _has_table(model)]
    call_command("migrate", database=TARGET, verbosity=0, interactive=False)
    target = connections[TARGET]
    with transaction.atomic(), transaction.atomic(using=TARGET):
        target.ops.execute_sql_flush(
            sql_flush(no_style(), target, allow_cascade=True)
        )  # rows that migrations have added
        for model in tables:
            _copy(model)
        before, after = (
            {model._meta.db_table: _fingerprint(model, using) for model in tables} for using in ("default", TARGET)
        )
        if wrong := fingerprints.differences(before, after):
            raise CommandError(f"The copy differs: {'; '.join(wrong)}\n{_AGAIN}")
        with target.cursor() as cursor:
            for statement in target.ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)
    return after


def _has_table(model: ModelType) -> bool:
    return model._meta.managed and not model._meta.proxy


def _copy(model: ModelType) -> None:
    """Copy the rows as they are stored: nothing is calculated again, and no time is set to now."""
    fields = model._meta.local_concrete_fields
    rows = model._base_manager.using("default").order_by("pk").iterator(BATCH)
    try:
        while batch := list(islice(rows, BATCH)):
            model._base_manager._insert(batch, fields=fields, using=TARGET, raw=True)  # type: ignore[attr-defined]
    except (DatabaseError, ValueError) as error:
        raise CommandError(f"PostgreSQL does not take {model._meta.db_table}: {error}\n{_AGAIN}") from error


def _fingerprint(model: ModelType, using: str) -> Fingerprint:
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows: Any = model._base_manager.using(using).order_by("pk").values_list(*names)
    return fingerprints.of_rows(rows.iterator(BATCH))
