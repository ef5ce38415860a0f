"""Run the whole tracker on one machine with one command: `manage.py start`."""

import errno
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import sys
import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections

from tracker.embedded.private_files import make_folder_private
from tracker.embedded.supervisor import Program, Supervisor
from tracker.whole_files import write_whole

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what people ask for, and how it is reached
READY_SECONDS = 60


class Command(BaseCommand):
    help = "Start the tracker: web, Celery worker and scheduler together, until Ctrl-C. The first start fills the database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=_port, default=8000, help="where the web pages are (8000)")
        parser.add_argument(
            "--host", default="127.0.0.1", help="127.0.0.1 for this computer alone, 0.0.0.0 for its network"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        address = os.environ.setdefault("BASE_URL", base_url(host, port))
        stop_on(signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as it is under nohup
            stop_on(signal.SIGHUP)
        try:
            with claim_data_folder(settings.DATA_DIR, address):
                if not settings.PRODUCTION:
                    make_folder_private(settings.DATA_DIR)
                check_port(host, port)
                try:
                    self.prepare()
                except OperationalError as error:
                    raise CommandError(f"The database cannot be used: {error}") from error
                self.serve(host, port, address)
        except KeyboardInterrupt:
            self.say("Stopped. Everything that was entered is kept.")

    def prepare(self) -> None:
        """Bring database and static files up to date; fill an empty database."""
        refuse_unsuitable_database()
        call_command("migrate", verbosity=0, interactive=False)
        collect_static_files(settings.DATA_DIR / "static-files.sha256")
        if not apps.get_model("issues", "Agenda")._default_manager.exists():
            call_command("load_baseline", stdout=self.stdout)
        if not settings.PRODUCTION and not get_user_model()._default_manager.exists():
            call_command("load_demo_people", stdout=self.stdout)

    def serve(self, host: str, port: int, address: str) -> None:
        """Run the programs until a signal raises KeyboardInterrupt. Raises CommandError when the web pages do not come up."""
        web, worker = programs(host, port)
        supervisor = Supervisor([web, worker], self.say, self.alert_admins)
        try:
            supervisor.start()
            wait_until_ready(web, host, port)
            self.say(
                f"\nThe tracker runs at {self.style.SUCCESS(address)}\n"
                f"{how_to_sign_in()}\n"
                f"Data: {settings.DATA_DIR}   Logs: {web.log.parent}\n"
                "Ctrl-C stops it.\n"
            )
            supervisor.run()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            self.say("Stopping; work in progress is finished first ...")
            supervisor.stop()

    def alert_admins(self) -> None:
        """Mail the admins if the worker runs and does nothing. Say so if that fails."""
        try:
            call_command("alert_admins", stdout=self.stdout)
        except Exception as error:  # the programs have to be looked after, whatever happens here
            self.say(f"Whether reminders run cannot be found out now: {error}")
        finally:
            connections.close_all()

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def how_to_sign_in() -> str:
    """Return how to sign in. One query."""
    if get_user_model()._default_manager.exists():
        return "Sign in with your email address and password (forgotten: python3 manage.py changepassword EMAIL)."
    return "Nobody can sign in yet. Create the first account:  python3 manage.py createsuperuser"


def refuse_unsuitable_database(alias: str = "default") -> None:
    """Raise CommandError with what is wrong with the database and what to do, before anything is written to it."""
    faults = [fault for fault in run_checks(tags=[Tags.database], databases=[alias]) if fault.is_serious()]
    if faults:
        raise CommandError("\n".join(f"{fault.msg}\n{fault.hint}" for fault in faults))


def stop_on(*signals: signal.Signals) -> None:
    """Let these signals raise KeyboardInterrupt, even if the shell had them ignored."""
    for number in signals:
        signal.signal(number, signal.default_int_handler)


def base_url(host: str, port: int) -> str:
    """Return the address that links begin with: that of this computer if the server is for the whole network."""
    name = socket.gethostname() if host in ANY_ADDRESS else host
    return f"http://{_bracketed(name)}:{port}"


def claim_data_folder(folder: Path, address: str) -> IO[str]:
    """Lock the data folder until the returned file is closed or this process ends. Raises CommandError if another `start` holds it."""
    claim = (folder / "start.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        claim.seek(0)
        running = claim.read().strip()
        claim.close()
        raise CommandError(
            f"The tracker already runs with the data in {folder}: {running}\n"
            "Open that address, or stop it first (Ctrl-C where it runs).\n"
            "A second, independent tracker needs a folder and a port of its own:\n"
            "    TRACKER_DATA=/another/folder python3 manage.py start --port 8001"
        ) from None
    claim.truncate(0)
    claim.write(f"{address} (process {os.getpid()})\n")
    claim.flush()
    return claim


def check_port(host: str, port: int) -> None:
    """Raise CommandError, with what to do, if the web server could not listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise CommandError(f"{host} is not an address of this computer. Leave out --host.") from None
    except PermissionError:
        raise CommandError(f"Only root may use port {port}. Choose one from 1024 up: --port 8000") from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise CommandError(f"The tracker cannot listen on {host}: {error.strerror}. Leave out --host.") from None
        raise CommandError(
            f"Port {port} is taken by another program.\n"
            f"Choose another:  python3 manage.py start --port {port + 1 if port < 65535 else 8000}"
        ) from None


def collect_static_files(note: Path) -> None:
    """Collect, compress and name the static files by their content, unless none has changed since `note` was written."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    if note.exists() and note.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    write_whole(note, digest.hexdigest().encode())


def programs(host: str, port: int) -> tuple[Program, Program]:
    """Return the web server, and the Celery worker with its scheduler."""
    data = settings.DATA_DIR
    # gunicorn's control socket would be in the home folder, and shared by all trackers of one person.
    web = ["gunicorn", "tracker.wsgi", "--bind", f"{_bracketed(host)}:{port}", "--no-control-socket", "--preload"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "5"]
    worker = [
        "celery",
        "-A",
        "tracker",
        "worker",
        "-P",
        "threads",
        "-c",
        "2",
        "-l",
        os.environ.get("LOG_LEVEL", "INFO"),
    ]
    worker += ["-B", "-s", settings.CELERY_BEAT_SCHEDULE_FILENAME, "--without-gossip", "--without-mingle"]
    environment = dict(os.environ)

    def program(name: str, command: list[str]) -> Program:
        return Program(
            name=name,
            command=[sys.executable, "-m", *command],
            environment=environment,
            folder=settings.BASE_DIR,
            log=data / "logs" / f"{name.replace(' ', '-')}.log",
        )

    return program("web server", web), program("worker", worker)


def wait_until_ready(web: Program, host: str, port: int) -> None:
    """Return as soon as the web server answers. Raises CommandError with the end of its log if it does not."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and web.is_running:
        connection = http.client.HTTPConnection(ANY_ADDRESS.get(host, host), port, timeout=READY_SECONDS)
        try:
            connection.request("GET", "/accounts/login/")
            connection.getresponse()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise CommandError(f"The web server did not come up. The end of {web.log}:\n{web.last_lines()}")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ArgumentTypeError(f"{text!r} is not a port: a port is a number from 1 to 65535")
    return int(text)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
