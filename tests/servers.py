"""Real servers for the tests: PostgreSQL, Redis, SMTP, a Celery worker. Each is a context manager and stops with its parent process."""

import asyncio
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from aiosmtpd.controller import Controller

from tracker.embedded.processes import start_child, stop_child

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Return the first true value of `condition`, checked every 50 ms. Raise an AssertionError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"After {seconds} s still waiting for {what}"
        time.sleep(0.05)
    return value


def find_postgresql() -> Path | None:
    """Return the folder of `initdb` and `postgres`, which Debian keeps off the PATH; the newest if there are several."""
    if executable := shutil.which("postgres"):
        return Path(executable).resolve().parent
    folders = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    return Path(max(folders, key=lambda path: int(path.split("/")[4]))).parent if folders else None


def find_pgbouncer() -> str | None:
    """Return the path of PgBouncer, or None."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def find_chromium() -> str | None:
    """Return the path of Chromium or Chrome, or None. The headless shell has no user interface and needs half of the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def postgresql() -> Iterator[str]:
    """Run an empty PostgreSQL server without durable storage; yield its DATABASE_URL."""
    binaries = find_postgresql()
    assert binaries, "PostgreSQL is not installed"
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tracker-postgresql-") as folder:
        as_user = _without_root(folder)
        cluster = f"{folder}/cluster"
        initdb = [
            "initdb",
            "-D",
            cluster,
            "-U",
            "tracker",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        initdb[0] = str(binaries / initdb[0])
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "full_page_writes": "off",
            "dynamic_shared_memory_type": "mmap",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", cluster, *options]
        with (
            _log(folder, "postgresql") as log,
            _running(command, log, when_orphaned=signal.SIGQUIT, cwd=folder, **as_user),
        ):
            wait_until(lambda: "ready to accept connections" in Path(log.name).read_text(), "PostgreSQL")
            yield f"postgres://tracker@127.0.0.1:{port}/postgres"


@contextmanager
def frozen(database_url: str) -> Iterator[None]:
    """Stop every process of a PostgreSQL server on this machine, as `docker pause` does, and let them continue afterwards."""
    connection = psycopg2.connect(database_url)
    server = _parent(connection.info.backend_pid)
    connection.close()
    processes = [server, *_children(server)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@contextmanager
def redis(port: int = 0) -> Iterator[str]:
    """Run an empty Redis server without persistence, ended by SIGKILL; yield the address of its database 0."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="tracker-redis-") as folder:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (
            _log(folder, "redis") as log,
            _running(command, log, ended_by=signal.SIGKILL, when_orphaned=signal.SIGKILL, cwd=folder),
        ):
            wait_until(lambda: "eady to accept connections" in Path(log.name).read_text(), "Redis")
            yield f"redis://127.0.0.1:{port}/0"


@dataclass
class Mailbox:
    """Collect the messages sent to an SMTP server. Addresses in `refused` are answered with 550, as unknown mailboxes.

    `answers` replaces "250 OK" as the answer to MAIL or to the body of DATA; with `hangs_up` the server reads the body and disconnects.
    """

    url: str
    messages: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    greetings: list[str] = field(default_factory=list)
    """The host names that clients gave."""
    hangs: float = 0
    """Seconds to wait before the answer to the body."""

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.greetings.append(session.host_name)
        if answer := self.answers.get("MAIL"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if answer := self.answers.get("DATA"):
            return answer
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.hangs:
            await asyncio.sleep(self.hangs)
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"

    def wait_for(self, count: int, seconds: float = 20) -> list[EmailMessage]:
        """Wait for at least `count` messages and return them."""
        wait_until(lambda: len(self.messages) >= count, f"mail {count} (now {len(self.messages)})", seconds)
        return self.messages


@contextmanager
def smtp(kind: type[Mailbox] = Mailbox) -> Iterator[Mailbox]:
    """Run an SMTP server in a thread; yield its mailbox, whose `url` is an EMAIL_URL."""
    port = free_port()
    mailbox = kind(f"smtp://127.0.0.1:{port}")
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield mailbox
    finally:
        server.stop()


@contextmanager
def celery_worker(environment: dict[str, str], *, beat: bool = False, app: str = "tracker") -> Iterator[Path]:
    """Run a Celery worker of the tracker (or of another `app`), with `beat` also the scheduler; yield the path of its log.

    It ends by SIGKILL: a warm shutdown waits up to five seconds for the broker.
    """
    with tempfile.TemporaryDirectory(prefix="tracker-celery-") as folder:
        command = [sys.executable, "-m", "celery", "-A", app, "worker", "-P", "threads", "-c", "2", "-l", "INFO"]
        if beat:
            command += ["-B", "-s", f"{folder}/schedule"]
        with (
            _log(folder, "celery") as log,
            _running(command, log, ended_by=signal.SIGKILL, cwd=ROOT, env=os.environ | environment),
        ):
            path = Path(log.name)
            wait_until(lambda: " ready." in path.read_text(), "the Celery worker", 60)
            yield path


@contextmanager
def web_server(environment: dict[str, str], *arguments: str) -> Iterator[tuple[str, Path]]:
    """Run gunicorn with one process; yield its address and the path of its log."""
    with tempfile.TemporaryDirectory(prefix="tracker-gunicorn-") as folder:
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "tracker.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            "--no-control-socket",
        ]
        with (
            _log(folder, "gunicorn") as log,
            _running([*command, *arguments], log, cwd=ROOT, env=os.environ | environment),
        ):
            path = Path(log.name)
            wait_until(lambda: "Booting worker" in path.read_text(), "gunicorn")
            yield f"http://127.0.0.1:{port}", path


@contextmanager
def pgbouncer(database_url: str, mode: str) -> Iterator[str]:
    """Run PgBouncer in front of a PostgreSQL server, configured as little as possible; yield the DATABASE_URL through it."""
    server = urlsplit(database_url)
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tracker-pgbouncer-") as folder:
        as_user = _without_root(folder)
        configuration = Path(folder) / "pgbouncer.ini"
        configuration.write_text(
            f"[databases]\n* = user={server.username} host={server.hostname} port={server.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = any\npool_mode = {mode}\n"
        )
        configuration.chmod(0o644)
        with (
            _log(folder, "pgbouncer") as log,
            _running([find_pgbouncer() or "", str(configuration)], log, cwd=folder, **as_user),
        ):
            wait_until(lambda: "process up" in Path(log.name).read_text(), "PgBouncer")
            yield f"postgres://{server.username}@127.0.0.1:{port}{server.path}"


@contextmanager
def _running(command: list[str], log: Any, ended_by: signal.Signals = signal.SIGTERM, **options: Any) -> Iterator[None]:
    child = start_child(command, stdout=log, stderr=subprocess.STDOUT, **options)
    try:
        yield
    except AssertionError as error:
        error.add_note(f"The end of the log of {Path(command[0]).name}:\n{Path(log.name).read_text()[-2000:]}")
        raise
    finally:
        stop_child(child, how=ended_by)


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _log(folder: str, name: str) -> Any:
    return (Path(folder) / f"{name}.log").open("wb")


def _without_root(folder: str) -> dict[str, Any]:
    """Return options that start a server as another user than root, who becomes the owner of the folder."""
    if os.geteuid():
        return {}
    for user in ("postgres", "nobody"):
        try:
            shutil.chown(folder, user)
        except LookupError:
            continue
        return {"user": user, "extra_groups": []}
    raise AssertionError("PostgreSQL does not run as root, and there is no other user to run it")
