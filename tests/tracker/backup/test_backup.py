"""Test that a back-up holds everything, that a restore brings it back, and what both refuse."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from tests import servers
from tests.servers import ROOT
from tracker.backup import archive, fingerprints, sqlite

pytestmark = pytest.mark.one_database
needs_postgresql = pytest.mark.skipif(not servers.find_postgresql(), reason="PostgreSQL is not installed")


@dataclass
class Installation:
    """A tracker with a data folder of its own, which commands run on."""

    folder: Path
    url: str = ""

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BASE_URL"}}
        environment |= {"TRACKER_DATA": str(self.folder), "DJANGO_SETTINGS_MODULE": "tracker.settings"}
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            env=environment | ({"DATABASE_URL": self.url} if self.url else {}),
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=200,
        )

    def manage(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr

    def refusals(self, *commands: list[str]) -> list[str]:
        """Run commands one after the other in one process, which saves most of the time; return what each is refused with."""
        return list(json.loads(self.manage("shell", "--no-imports", "-c", REFUSALS.format(json.dumps(commands)))))

    @property
    def database(self) -> Path:
        return self.folder / "tracker.sqlite3"


REFUSALS = """
import json
from django.core.management import CommandError, call_command

refusals = []
for command in {}:
    try:
        call_command(*command)
    except CommandError as error:
        refusals.append(str(error))
    else:
        refusals.append("done")
print(json.dumps(refusals))
"""
FILL = (
    "from django.core.management import call_command; call_command('load_baseline'); call_command('load_demo_people')"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Path:
    """Return a data folder with the baseline, people, and files. Its tables are a copy of those of other tests, if there are any."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    folder.mkdir()
    if (migrated := Path(settings.DATABASES["default"]["NAME"])).exists():
        sqlite.copy(migrated, folder / "tracker.sqlite3")
    else:
        Installation(folder).manage("migrate", "--verbosity=0")
    Installation(folder).manage("shell", "--no-imports", "-c", FILL)
    for name in ("mail/one.eml", "note-files/7", "cache/transient", "logs/worker.log", "start.lock"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def tracker(filled: Path, tmp_path: Path) -> Installation:
    return Installation(Path(shutil.copytree(filled, tmp_path / "data")))


@pytest.fixture(scope="module")
def backup(filled: Path) -> Path:
    """Return a backup of what `tracker` has, for tests of what is done with one. Not to be changed."""
    path = filled.parent / "backup"
    Installation(filled).manage("backup", str(path))
    return path


def write(database: Path, name: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE people_agency SET name = ? WHERE acronym = 'UNDP'", [name])


def name_of_undp(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT name FROM people_agency WHERE acronym = 'UNDP'").fetchone()[0])


def test_backup_holds_what_is_in_the_write_ahead_log_and_the_files(tracker, tmp_path):
    made = tmp_path / "backup.tar.gz"
    with closing(sqlite3.connect(tracker.database)) as reader:
        reader.execute("PRAGMA wal_autocheckpoint=0")
        reader.execute("UPDATE people_agency SET name = 'In the log' WHERE acronym = 'UNDP'")
        reader.commit()
        wal = tracker.database.with_name("tracker.sqlite3-wal").stat().st_size
        output = tracker.manage("backup", str(made))

    manifest = archive.extract(made, folder := tmp_path / "read")

    assert wal > 0
    assert name_of_undp(folder / "database") == "In the log"
    assert set(manifest.files) == {"database", "files/secret_key", "files/mail/one.eml", "files/note-files/7"}
    assert manifest.tables == sqlite.tables(tracker.database)
    assert manifest.tables["actions_actionpoint"][0] == 17
    assert f"{len(manifest.tables)} tables with" in output
    assert oct(made.stat().st_mode & 0o777) == "0o600"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".backup")] == []


def test_restore_brings_back_rows_and_files_and_moves_others_aside(tracker, backup):
    expected = sqlite.tables(tracker.database)
    write(tracker.database, "Changed later")
    (tracker.folder / "mail" / "one.eml").write_text("changed")

    without = tracker.refused("restore", str(backup))
    output = tracker.manage("restore", str(backup), "--replace")

    assert "exists. To restore in its place" in without
    assert sqlite.tables(tracker.database) == expected
    assert (tracker.folder / "mail" / "one.eml").read_text() == "mail/one.eml"
    (aside,) = tracker.folder.glob("replaced-*")
    assert name_of_undp(aside / "tracker.sqlite3") == "Changed later"
    assert (aside / "mail" / "one.eml").read_text() == "changed"
    assert str(aside) in output
    assert tracker.manage("check", "--database", "default")


def test_restore_into_an_empty_folder(tracker, backup, tmp_path):
    other = Installation(tmp_path / "other")

    other.manage("restore", str(backup))

    assert sqlite.tables(other.database) == sqlite.tables(tracker.database)
    assert (other.folder / "secret_key").read_text() == (tracker.folder / "secret_key").read_text()
    assert other.manage("migrate", "--check") == ""


def test_backups_are_put_into_the_data_folder_by_themselves_and_not_into_each_other(tracker):
    tracker.manage("backup")

    (made,) = (tracker.folder / "backups").iterdir()
    assert made.name.startswith("tracker-20")
    assert "already" in tracker.refused("backup", str(made))
    with tarfile.open(made) as file:
        assert not any("backups" in name for name in file.getnames())


def damaged(kind: str, backup: Path) -> None:
    """Damage a backup so that only one kind of check finds it."""
    content = backup.read_bytes()
    if kind == "no archive":
        backup.write_text("hello")
    elif kind == "cut off":
        backup.write_bytes(content[: len(content) // 2])
    else:
        folder = backup.with_suffix(".folder")
        with tarfile.open(backup) as file:
            file.extractall(folder)
        manifest = json.loads((folder / "manifest.json").read_text())
        if kind == "changed file":
            (folder / "files" / "mail" / "one.eml").write_text("changed")
        elif kind == "changed row":
            write(folder / "database", "Changed")
            manifest["files"]["database"] = fingerprints.of_file(folder / "database")
        elif kind == "newer":
            manifest["migrations"].append(["issues", "9999_later"])
        elif kind == "outside":
            manifest["files"]["../outside"] = "0"
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with tarfile.open(backup, "w:gz") as file:
            for path in sorted(folder.rglob("*")):
                file.add(path, path.relative_to(folder), recursive=False)


DAMAGES = {
    "no archive": "is not a complete backup",
    "cut off": "is not a complete backup",
    "changed file": "files/mail/one.eml is not as it was backed up",
    "changed row": "people_agency: ",
    "newer": "issues.9999_later is unknown here",
    "outside": "is not a complete backup",
}
"""Kinds of damage, and what `restore` says."""


def test_restore_refuses_a_backup_that_is_damaged_and_changes_nothing(tracker, backup, tmp_path):
    for kind in DAMAGES:
        damaged(kind, Path(shutil.copy(backup, tmp_path / kind)))
    before = sqlite.tables(tracker.database)

    refusals = tracker.refusals(*(["restore", str(tmp_path / kind), "--replace"] for kind in DAMAGES))

    answers = dict(zip(DAMAGES, refusals, strict=True))
    assert {kind: answer for kind, answer in answers.items() if DAMAGES[kind] not in answer} == {}
    assert {kind: answer for kind, answer in answers.items() if "othing was changed" not in answer} == {}
    assert "is not a complete backup" in tracker.refused("restore", str(tmp_path / "cut off"), "--replace")
    assert sqlite.tables(tracker.database) == before
    assert list(tracker.folder.glob("replaced-*")) == []


def test_restore_refuses_while_the_tracker_runs(tracker, backup):
    with (tracker.folder / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert "already runs" in tracker.refused("restore", str(backup), "--replace")


def test_backup_of_a_folder_that_cannot_be_written_to(tracker):
    assert "The backup was not written" in tracker.refused("backup", "/proc/nowhere/backup")


@pytest.fixture(scope="module")
def server():
    with servers.postgresql() as url:
        yield url


def create(server: str, *statements: str) -> None:
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        for statement in statements:
            connection.cursor().execute(statement)


def count(url: str, table: str) -> int:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@needs_postgresql
def test_move_to_postgresql_keeps_everything_and_both_databases_back_up(tracker, server, tmp_path):
    create(
        server, "CREATE ROLE owner LOGIN", "CREATE DATABASE moved OWNER owner", "CREATE DATABASE restored OWNER owner"
    )
    as_owner = server.replace("tracker@", "owner@")  # who has no other rights
    moved = as_owner.replace("/postgres", "/moved")
    write(tracker.database, "UNDP in SQLite")
    history = {
        name: count for name, (count, _digest) in sqlite.tables(tracker.database).items() if "historical" in name
    }

    output = tracker.manage("move_to_postgresql", moved)
    again = tracker.refused("move_to_postgresql", moved)
    on_postgresql = Installation(tracker.folder, moved)
    on_postgresql.manage("migrate", "--check")
    added = on_postgresql.manage("shell", "-c", ADD_AN_AGENCY)
    on_postgresql.manage("backup", str(tmp_path / "backup"))
    restored = Installation(tmp_path / "other", as_owner.replace("/postgres", "/restored"))
    restored.manage("restore", str(tmp_path / "backup"))

    assert "Copied and compared" in output
    assert "not empty" in again
    assert sum(history.values()) > 17
    assert {name: count(moved, name) for name in history} == history | {
        "people_historicalagency": history["people_historicalagency"] + 1
    }
    assert added.split()[-1] == "True"
    assert count(restored.url, "people_agency") == count(moved, "people_agency")
    assert (restored.folder / "secret_key").exists()
    assert "not empty" in restored.refused("restore", str(tmp_path / "backup"))
    assert "backup of postgresql" in tracker.refused("restore", str(tmp_path / "backup"), "--replace")


ADD_AN_AGENCY = (
    "from tracker.people.models import Agency as A; a = A.objects.create(acronym='NEW', name='New'); "
    "print(A.objects.filter(name='UNDP in SQLite').exists() and a.pk == max(A.objects.values_list('pk', flat=True)))"
)


@needs_postgresql
def test_move_refuses_an_address_that_is_not_of_a_server(tracker):
    urls = ["sqlite:///x", "hello", "postgres://nobody@127.0.0.1:1/x"]

    refusals = tracker.refusals(*(["move_to_postgresql", url] for url in urls))

    assert "done" not in refusals
    assert "CommandError: " + refusals[1] in tracker.refused("move_to_postgresql", urls[1])


@needs_postgresql
def test_data_that_postgresql_does_not_take_leaves_no_rows(tracker, server):
    create(server, "CREATE DATABASE refusing")
    write(tracker.database, "with a \x00 in it")
    url = server.replace("/postgres", "/refusing")

    message = tracker.refused("move_to_postgresql", url)

    assert "PostgreSQL does not take people_agency" in message
    assert "Nothing was copied" in message
    assert count(url, "people_agency") == 0


@needs_postgresql
@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["CREATE DATABASE {0}", "GRANT ALL ON SCHEMA public TO {0}"], "may not create the extension pg_trgm"),
        (["CREATE DATABASE {0}"], "may not create tables in the database"),
    ],
    ids=["extension", "tables"],
)
def test_missing_rights_are_reported_before_the_first_migration(server, tmp_path, request, statements, message):
    name = f"role_{request.node.callspec.id}"
    create(server, f"CREATE ROLE {name} LOGIN", statements[0].format(name))
    create(server.replace("/postgres", f"/{name}"), *[each.format(name) for each in statements[1:]])
    url = server.replace("tracker@", f"{name}@").replace("/postgres", f"/{name}")
    tracker = Installation(tmp_path / "data", url)

    refusal = tracker.refused("migrate")
    started = tracker.refused("start", "--port", str(servers.free_port()))

    assert message in refusal
    assert message in started
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
