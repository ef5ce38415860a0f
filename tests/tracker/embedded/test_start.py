"""`manage.py start` as a person meets it: a process in a terminal, with a data folder of its own."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.core.management.base import CommandError
from django.utils import timezone

from actions.reminders.models import Heartbeat
from tests import personas
from tests.servers import ROOT, free_port, wait_until
from tracker.embedded.management.commands.start import Command, base_url
from tracker.embedded.supervisor import Program, Supervisor
from tracker.people.models import Role

pytestmark = pytest.mark.one_database


@dataclass
class Started:
    """A running `start`, and what it said so far."""

    process: "subprocess.Popen[bytes]"
    port: int
    data: Path
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    def open(self, path: str = "/accounts/login/") -> int:
        """The status that the page answers with."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            return int(response.status)

    def processes(self) -> list[int]:
        """Everything that runs with this data folder, children and grandchildren included."""
        wanted = f"TRACKER_DATA={self.data}".encode()
        found = []
        for environment in Path("/proc").glob("[0-9]*/environ"):
            try:
                if wanted in environment.read_bytes().split(b"\0"):
                    found.append(int(environment.parent.name))
            except OSError:
                continue
        return found


def command(data: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    environment = {**os.environ, "TRACKER_DATA": str(data), "DJANGO_SETTINGS_MODULE": "tracker.settings"}
    for name in ("BASE_URL", "DATABASE_URL", "CELERY_BROKER_URL"):
        environment.pop(name, None)
    return [sys.executable, "-m", "django", "start", *arguments], environment


def refused(data: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the message of a `start` that does not get far."""
    line, environment = command(data, *arguments)
    ended = subprocess.run(line, env=environment, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stderr


@contextmanager
def started(data: Path) -> Iterator[Started]:
    """Start the tracker and wait until it says where it runs; stop it in the end."""
    port = free_port()
    line, environment = command(data, "--port", str(port))
    output = data.with_suffix(".output")
    with output.open("wb") as file:
        process = subprocess.Popen(line, env=environment, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT)
    tracker = Started(process, port, data, output)
    try:
        wait_until(lambda: "runs at" in tracker.said or process.poll() is not None, "the tracker", 90)
        assert process.poll() is None, tracker.said
        yield tracker
    finally:
        process.terminate()
        process.wait(30)


def test_start_three_times(tmp_path: Path) -> None:
    """On one data folder, because the first start takes long and later ones must not do again what it did."""
    data = tmp_path / "data"
    with started(data) as tracker:
        assert "The tracker runs at http://127.0.0.1:" in tracker.said
        assert "@example.org" in tracker.said
        check_that_what_ends_is_started_again(tracker)
        tracker.process.kill()
        wait_until(lambda: not tracker.processes(), "the end of all processes")
    static_files = {path: path.stat().st_mtime_ns for path in (data / "static").rglob("*")}
    data.chmod(0o755)
    for path in data.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)

    with started(data) as tracker:
        assert "@example.org" not in tracker.said, "the passwords of the demo people were printed again"
        assert tracker.open() == 200
        check_that_data_is_private(data, tracker)
        check_that_another_start_names_this_one(data, tracker)
        check_that_it_stops_cleanly(tracker, signal.SIGINT)
    with started(data) as tracker:
        check_that_it_stops_cleanly(tracker, signal.SIGTERM)

    assert len(static_files) > 100
    assert {path: path.stat().st_mtime_ns for path in (data / "static").rglob("*")} == static_files


def check_that_data_is_private(data: Path, tracker: Started) -> None:
    tracker.open("/agendas/2005/dashboard/")
    wait_until(lambda: list(data.glob("celerybeat-schedule*")), "the scheduler")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [data, *data.rglob("*")] if path.exists()}
    names = {path.name for path in modes}
    assert {"tracker.sqlite3", "tracker.sqlite3-wal", "secret_key", "logs", "static", "broker", "start.lock"} <= names
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


def check_that_another_start_names_this_one(data: Path, tracker: Started) -> None:
    code, message = refused(data, "--port", str(free_port()))
    assert (code, f"http://127.0.0.1:{tracker.port} (process {tracker.process.pid})" in message) == (1, True)


def check_that_what_ends_is_started_again(tracker: Started) -> None:
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in tracker.processes()}
    worker = min(pid for pid, line in commands.items() if b"celery" in line)
    os.kill(worker, signal.SIGKILL)

    wait_until(lambda: "The worker ended unexpectedly; it starts again in 1 s." in tracker.said, "the message")
    wait_until(
        lambda: any(
            b"celery" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in tracker.processes() if pid > worker
        ),
        "the next worker",
    )


def check_that_it_stops_cleanly(tracker: Started, number: signal.Signals) -> None:
    assert len(tracker.processes()) >= 3

    tracker.process.send_signal(number)

    assert tracker.process.wait(15) == 0
    assert tracker.processes() == []
    assert tracker.said.endswith("Stopped. Everything that was entered is kept.\n")


def test_start_on_a_port_that_is_taken_names_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        code, message = refused(tmp_path, "--port", str(port))

    assert (code, f"Port {port} is taken by another program." in message) == (1, True)
    assert f"--port {port + 1}" in message


def test_start_refuses_what_is_no_port(tmp_path: Path) -> None:
    code, message = refused(tmp_path, "--port=web")

    assert (code, "is not a port: a port is a number from 1 to 65535" in message) == (2, True)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "８０"])
def test_start_takes_ports_from_1_to_65535(port: str) -> None:
    parser = Command().create_parser("manage.py", "start")

    assert [parser.parse_args([f"--port={good}"]).port for good in ("1", "65535")] == [1, 65535]
    with pytest.raises(CommandError, match="is not a port: a port is a number from 1 to 65535"):
        parser.parse_args([f"--port={port}"])


def test_start_refuses_a_host_that_is_not_here(tmp_path: Path) -> None:
    code, message = refused(tmp_path, "--host", "192.0.2.1")

    assert (code, "The tracker cannot listen on 192.0.2.1" in message) == (1, True)


def test_start_refuses_a_database_that_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "tracker.sqlite3").mkdir()

    code, message = refused(tmp_path, "--port", str(free_port()))

    assert (code, message) == (1, "CommandError: The database cannot be used: unable to open database file\n")


def test_manage_refuses_a_data_folder_that_cannot_be_made() -> None:
    _, environment = command(Path("/proc/nowhere"))

    ended = subprocess.run(
        [sys.executable, ROOT / "manage.py", "check"], env=environment, check=False, capture_output=True, text=True
    )

    assert ended.returncode == 1
    assert ended.stderr == (
        "The settings need a correction: TRACKER_DATA: the folder /proc/nowhere cannot be written to.\n"
    )


def test_links_begin_with_the_address_that_is_served() -> None:
    assert base_url("127.0.0.1", 8001) == "http://127.0.0.1:8001"
    assert base_url("::1", 8001) == "http://[::1]:8001"
    assert base_url("0.0.0.0", 8001) == f"http://{socket.gethostname()}:8001"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[[str], Program]]:
    """Makes programs that run a line of Python."""
    made: list[Program] = []

    def make(code: str) -> Program:
        line = [sys.executable, "-c", code]
        made.append(Program("program", line, dict(os.environ), tmp_path, tmp_path / "logs" / "program.log"))
        return made[-1]

    yield make
    Supervisor(made, print).stop()


def test_program_waits_longer_after_each_failure_and_forgets_after_a_good_minute(
    program: Callable[[str], Program],
) -> None:
    failing = program("raise SystemExit(1)")

    assert [failing.delay(now=1) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert failing.delay(now=61) == 1


def test_supervisor_starts_a_program_again_when_it_is_due(program: Callable[[str], Program]) -> None:
    said: list[str] = []
    ending = program("print('done')")
    supervisor = Supervisor([ending], said.append)
    supervisor.start()
    wait_until(lambda: not ending.is_running, "the program's end")

    supervisor.look_after(now=ending.started_at + 1)
    supervisor.look_after(now=ending.started_at + 1.5)
    assert ending.last_lines() == "    done"
    supervisor.look_after(now=ending.started_at + 2.5)

    wait_until(lambda: ending.last_lines() == "    done\n    done", "the second run")
    assert said == [f"The program ended unexpectedly; it starts again in 1 s. Its log: {ending.log}"]


def test_supervisor_checks_every_minute(program: Callable[[str], Program], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.embedded.supervisor.CHECK_EVERY", 0.5)
    checks: list[float] = []

    def check() -> None:
        checks.append(time.monotonic())
        if len(checks) == 2:
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        Supervisor([], print, check).run()

    assert 0.5 <= checks[0] - begun < 1
    assert 0.5 <= checks[1] - checks[0] < 1


@pytest.mark.django_db(transaction=True)
def test_start_mails_the_admins_when_the_worker_does_nothing(mailoutbox: list[EmailMessage]) -> None:
    personas.person("admin@example.org", Role.ADMIN)
    Heartbeat.objects.beat(timezone.now() - timedelta(hours=1))
    output = StringIO()

    Command(stdout=output).alert_admins()

    assert [mail.to for mail in mailoutbox] == [["admin@example.org"]]
    assert "Reminders have stopped" in output.getvalue()


def test_start_goes_on_when_the_database_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    output = StringIO()  # the test may not use the database

    Command(stdout=output).alert_admins()

    assert "Whether reminders run cannot be found out now" in output.getvalue()


def test_supervisor_kills_what_does_not_stop(
    program: Callable[[str], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.embedded.supervisor.PATIENCE", 0.5)
    deaf = program("import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)")
    supervisor = Supervisor([deaf], print)
    supervisor.start()
    wait_until(lambda: deaf.last_lines() == "    deaf", "the program")

    supervisor.stop()

    assert not deaf.is_running


def test_program_keeps_one_older_log(program: Callable[[str], Program], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.embedded.supervisor.LOG_LIMIT", 3)
    talking = program("print('hello')")
    for _ in range(2):
        talking.start()
        wait_until(lambda: talking.last_lines() == "    hello", "the program")

    assert (talking.log.parent / "program.old.log").read_text() == "hello\n"
