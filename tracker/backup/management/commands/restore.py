"""Restore a backup of the tracker."""

import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from tracker.backup import archive, fingerprints, postgresql, sqlite
from tracker.backup.archive import ArchiveError, Manifest
from tracker.embedded.management.commands.start import claim_data_folder


class Command(BaseCommand):
    help = "Restore what `backup` has written. Stop the tracker first. What SQLite and the data folder had is moved aside, not deleted."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file of the backup")
        parser.add_argument("--replace", action="store_true", help="although the tracker has data (SQLite only)")

    def handle(self, *args: Any, **options: Any) -> None:
        data = settings.DATA_DIR
        with claim_data_folder(data, "restore"), tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as name:
            folder = Path(name)
            try:
                manifest = archive.extract(options["file"], folder)
            except ArchiveError as error:
                raise CommandError(f"{error} Nothing was changed.") from error
            _refuse_unsuitable(manifest)
            aside = data / f"replaced-{timezone.now():%Y%m%dT%H%M%SZ}"
            if connection.vendor == "sqlite":
                _restore_sqlite(folder / archive.DATABASE, manifest, aside, replace=options["replace"])
            else:
                _restore_postgresql(folder / archive.DATABASE, manifest)
            count = _restore_files(folder / "files", aside)
        rows = sum(count for count, _digest in manifest.tables.values())
        self.stdout.write(
            f"Restored and compared: {len(manifest.tables)} tables with {rows} rows, {count} files of {manifest.created_at}."
            + (f" What was here before is in {aside}." if aside.exists() else "")
            + " Now bring the database up to date: manage.py migrate (`start` does it by itself)."
        )


def _refuse_unsuitable(manifest: Manifest) -> None:
    """Raise CommandError if this tracker cannot use the backup."""
    if manifest.vendor != connection.vendor:
        raise CommandError(
            f"This is a backup of {manifest.vendor}, and DATABASE_URL names {connection.vendor}. Restore it with the former "
            "database (without DATABASE_URL for SQLite), then use move_to_postgresql. Nothing was changed."
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if unknown := sorted(set(manifest.migrations) - set(known)):
        raise CommandError(
            f"This backup is of another version of the tracker ({'.'.join(unknown[0])} is unknown here). Restore it with that "
            "version, or a newer one. Nothing was changed."
        )


def _restore_sqlite(source: Path, manifest: Manifest, aside: Path, *, replace: bool) -> None:
    database = Path(connection.settings_dict["NAME"])
    if database.exists() and not replace:
        raise CommandError(
            f"{database} exists. To restore in its place, which moves it aside, give the command with --replace. Nothing was changed."
        )
    if wrong := fingerprints.differences(manifest.tables, sqlite.tables(source)):
        raise CommandError(f"The backup is damaged, and nothing was changed: {'; '.join(wrong)}")
    connection.close()
    for path in sorted(database.parent.glob(f"{database.name}*")):
        if path.is_file():
            _move(path, aside / path.name)
    _move(source, database)


def _restore_postgresql(source: Path, manifest: Manifest) -> None:
    postgresql.restore(source)
    with transaction.atomic():
        found = postgresql.tables()
    if wrong := fingerprints.differences(manifest.tables, found):
        raise CommandError(f"The restored database differs from the backup; do not use it: {'; '.join(wrong)}")


def _restore_files(folder: Path, aside: Path) -> int:
    """Put the files into the data folder, those of the same names aside; return how many."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        target = settings.DATA_DIR / path.relative_to(folder)
        if target.exists():
            _move(target, aside / path.relative_to(folder))
        _move(path, target)
    return len(files)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(source, target)
