"""Back up the tracker into one file, while it runs."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from tracker.backup import archive, fingerprints, postgresql, sqlite
from tracker.backup.archive import ArchiveError, Manifest


class Command(BaseCommand):
    help = (
        "Back up the database and the files of the data folder into one file, and check that file. The tracker may run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="a new file (by default in the folder `backups` of the data)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        target: Path = options["file"] or settings.DATA_DIR / "backups" / f"tracker-{now:%Y%m%dT%H%M%SZ}.tar.gz"
        if target.exists():
            raise CommandError(f"{target} exists already. Name a new file.")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
                manifest = self._back_up(Path(folder), now.isoformat(timespec="seconds"))
                (Path(folder) / "backup").rename(target)
        except (OSError, OperationalError, ArchiveError) as error:
            raise CommandError(f"The backup was not written: {error}") from error
        rows = sum(count for count, _digest in manifest.tables.values())
        self.stdout.write(
            f"{target}: {len(manifest.tables)} tables with {rows} rows, {len(manifest.files) - 1} files. "
            "It contains keys and passwords' hashes: keep it where only you can read it."
        )

    def _back_up(self, folder: Path, now: str) -> Manifest:
        """Write the archive `backup` into the folder, read it again and compare it. Raises ArchiveError."""
        database, written, read = folder / "database", folder / "backup", folder / "read"
        migrations = sorted(MigrationRecorder(connection).applied_migrations())
        if connection.vendor == "sqlite":
            source = Path(connection.settings_dict["NAME"])
            sqlite.copy(source, database)
            tables = sqlite.tables(database)
        else:
            source = None
            tables = postgresql.dump(database)
        manifest = Manifest(now, connection.vendor, tables, migrations)
        archive.write(written, manifest, database, settings.DATA_DIR, archive.data_files(settings.DATA_DIR, source))
        read.mkdir(mode=0o700)
        archive.extract(written, read)
        if source and (wrong := fingerprints.differences(tables, sqlite.tables(read / archive.DATABASE))):
            raise ArchiveError("; ".join(wrong))
        return manifest
