"""`manage.py test`: everything that has to hold, with one command."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tests import servers

# What the tests need beside Python packages: how to find it, and Debian's package for it.
PROGRAMS: dict[str, Callable[[], object]] = {
    "chromium": servers.find_chromium,
    "postgresql": servers.find_postgresql,
    "redis-server": lambda: shutil.which("redis-server"),
    "gettext": lambda: shutil.which("xgettext"),
}

# An environment that production could have: `check --deploy` must find nothing to say about it.
PRODUCTION = {
    "TRACKER_MODE": "production",
    "BASE_URL": "https://tracker.example.org",
    "ALLOWED_HOSTS": "tracker.example.org",
    "DATABASE_URL": "postgres://tracker@127.0.0.1/tracker",
    "CELERY_BROKER_URL": "redis://127.0.0.1/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEFAULT_FROM_EMAIL": "tracker@example.org",
}


@dataclass(frozen=True)
class Result:
    """What became of a step: how many checks or tests passed and failed, and how long it took."""

    title: str
    passed: int
    failed: int
    seconds: float

    def __str__(self) -> str:
        verdict = "FAILED" if self.failed else "ok"
        return f"{verdict:6}  {self.seconds:6.1f} s  {self.title}: {self.passed} passed, {self.failed} failed"


class Command(BaseCommand):
    help = """Check the whole tracker: style, types, migrations, settings for production, and all tests, first on SQLite,
then on PostgreSQL and Redis. Installs what is missing where it may (as root on Debian).

With arguments: only pytest on SQLite, with just these arguments, for example
    python3 manage.py test tests/test_start.py -k port"""
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pytest_arguments", nargs="*", help="paths and options, all of them for pytest")

    def run_from_argv(self, argv: list[str]) -> None:
        """Leave every option to pytest, except --help."""
        own = argv[2:] if argv[2:] in (["-h"], ["--help"]) else ["--", *argv[2:]]
        super().run_from_argv([*argv[:2], *own])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.run(options["pytest_arguments"])
        except KeyboardInterrupt:
            sys.exit("Stopped.")

    def run(self, arguments: list[str]) -> None:
        """Run pytest with `arguments`, or everything when there are none; exits with 1 when something failed."""
        if arguments:
            sys.exit(
                subprocess.run(
                    [sys.executable, "-m", "pytest", *arguments], check=False, cwd=settings.BASE_DIR
                ).returncode
            )
        missing = provide(self.say)
        with tempfile.TemporaryDirectory(prefix="tracker-test-") as folder:
            results = Run(Path(folder), self.say).everything()
        self.say("\n== Summary")
        for result in results:
            self.say(str(result))
        if missing:
            self.say(how_to_install(missing))
        passed, failed = sum(result.passed for result in results), sum(result.failed for result in results)
        self.say(f"\n{passed} passed, {failed} failed")
        if failed:
            sys.exit(1)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


class Run:
    """One run through all steps. `folder` takes what they write."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.environment = os.environ | {"TRACKER_DATA": str(folder / "data"), "TRACKER_MODE": "embedded"}
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "BASE_URL"):
            self.environment.pop(name, None)

    def everything(self) -> list[Result]:
        templates = sorted(str(path) for path in (settings.BASE_DIR / "templates").rglob("*.html"))
        production = PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(64)}
        manage = ["python", "manage.py"]
        return [
            self.check("ruff check", ["ruff", "check", "--no-cache", "."]),
            self.check("ruff format", ["ruff", "format", "--check", "."]),
            self.check("djade", ["djade", "--check", "--target-version", "5.2", *templates]),
            self.check("mypy", ["mypy", "."]),
            self.check("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
            self.check("production settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
            self.tests("tests on SQLite", [], {}),
            self.tests_on_servers("tests on PostgreSQL and Redis"),
        ]

    def check(self, title: str, command: list[str], environment: dict[str, str] | None = None) -> Result:
        """A step that passes or fails as a whole."""
        failed, seconds = self._run(title, command, environment or {})
        return Result(title, int(not failed), int(failed), seconds)

    def tests(self, title: str, arguments: list[str], environment: dict[str, str]) -> Result:
        """A step of pytest, on two processes that take each other's work. A run that breaks off counts as one more failure."""
        report = self.folder / "report.xml"
        report.unlink(missing_ok=True)
        pytest = [
            "pytest",
            "--quiet",
            "--numprocesses",
            "2",
            "--dist",
            "worksteal",
            f"--junit-xml={report}",
            *arguments,
        ]
        failed, seconds = self._run(title, pytest, environment)
        passes, failures = read_report(report)
        return Result(title, passes, failures or int(failed), seconds)

    def tests_on_servers(self, title: str) -> Result:
        """The same tests on PostgreSQL and Redis, but for those that are about the embedded tracker alone."""
        began = time.monotonic()
        try:
            with ExitStack() as stack:
                environment = {
                    "DATABASE_URL": stack.enter_context(servers.postgresql()),
                    "CELERY_BROKER_URL": stack.enter_context(servers.redis()),
                }
                return self.tests(title, ["-m", "not embedded"], environment)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            self.say(f"\n== {title}\n{error}")
            return Result(title, 0, 1, time.monotonic() - began)

    def _run(self, title: str, command: list[str], environment: dict[str, str]) -> tuple[bool, float]:
        """Run a program of this Python environment; whether it failed, and the seconds it took."""
        self.say(f"\n== {title}")
        program = Path(sys.executable).with_name(command[0])
        began = time.monotonic()
        done = subprocess.run(
            [program, *command[1:]], check=False, cwd=settings.BASE_DIR, env=self.environment | environment
        )
        return done.returncode != 0, time.monotonic() - began


def provide(say: Callable[[str], None]) -> list[str]:
    """Install the programs that are missing where this process may; the Debian packages of those still missing."""
    missing = [package for package, find in PROGRAMS.items() if not find()]
    apt = shutil.which("apt-get")
    if missing and apt and os.geteuid() == 0:
        say(f"Installing {', '.join(missing)} ...")
        # Runlevel 1 keeps Debian from starting the servers: the tests start their own.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
            done = subprocess.run(
                [apt, "--quiet", "--quiet", *command], check=False, env=environment, capture_output=True, text=True
            )
            if done.returncode:
                say(f"apt-get {command[0]} failed:\n{done.stderr.strip()}")
        missing = [package for package, find in PROGRAMS.items() if not find()]
    if missing:
        say(f"{how_to_install(missing)}\nThe steps that need it will fail.")
    return missing


def how_to_install(missing: list[str]) -> str:
    """What is missing, in words, with the command that installs it on Debian and Ubuntu."""
    return f"Missing for the tests: {', '.join(missing)}. On Debian:  sudo apt-get install {' '.join(missing)}"


def read_report(report: Path) -> tuple[int, int]:
    """How many tests passed and failed (errors count as failed), by pytest's JUnit report; (0, 0) when there is none."""
    if not report.exists():
        return 0, 0
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest wrote it a moment ago
    counts = [
        {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")} for suite in suites
    ]
    failed = sum(count["failures"] + count["errors"] for count in counts)
    return sum(count["tests"] - count["skipped"] for count in counts) - failed, failed
