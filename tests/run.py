"""Check everything that has to hold: `python3 manage.py test`. With arguments it runs pytest on SQLite with these arguments."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import servers

ROOT = servers.ROOT

PROGRAMS: dict[str, Callable[[], object]] = {
    "chromium-headless-shell": servers.find_chromium,
    "postgresql": servers.find_postgresql,
    "redis-server": lambda: shutil.which("redis-server"),
    "gettext": lambda: shutil.which("xgettext"),
}
"""What the tests need beside Python packages: Debian's package, and how to find it."""

PRODUCTION = {
    "TRACKER_MODE": "production",
    "BASE_URL": "https://tracker.example.org",
    "ALLOWED_HOSTS": "tracker.example.org",
    "DATABASE_URL": "postgres://tracker@127.0.0.1/tracker",
    "CELERY_BROKER_URL": "redis://127.0.0.1/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEFAULT_FROM_EMAIL": "tracker@example.org",
    "SECRET_KEY": secrets.token_urlsafe(64),
}
"""An environment for production, in which `check --deploy` must find nothing to report."""

COVERAGE = 95
"""Percent of the lines that the tests on SQLite must run. It may go up, never down."""


def main(arguments: list[str]) -> int:
    """Run everything, or pytest with these arguments; return the exit code."""
    if arguments:
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False, cwd=ROOT).returncode
    missing = install_programs()
    with tempfile.TemporaryDirectory(prefix="tracker-test-") as folder:
        run = Run(Path(folder))
        try:
            run.everything()
        except KeyboardInterrupt:
            print("Stopped.")
            return 1
    print("\n== Summary", *run.results, sep="\n")
    if missing:
        print(how_to_install(missing))
    passed, failed = sum(result.passed for result in run.results), sum(result.failed for result in run.results)
    print(f"\n{passed} passed, {failed} failed")
    return int(failed > 0)


@dataclass(frozen=True)
class Result:
    """The outcome of a step: how many checks or tests passed and failed, and how long it took."""

    title: str
    passed: int
    failed: int
    seconds: float

    def __str__(self) -> str:
        verdict = "FAILED" if self.failed else "ok"
        return f"{verdict:6}  {self.seconds:6.1f} s  {self.title}: {self.passed} passed, {self.failed} failed"


@dataclass(frozen=True)
class Check:
    """A step: a program, its arguments, and the variables that it needs beside those of all steps."""

    title: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    program: str = sys.executable


@dataclass
class Run:
    """One run of all steps. What they write goes to `folder`."""

    folder: Path
    results: list[Result] = field(default_factory=list)

    def everything(self) -> None:
        templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
        deploy = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        checks = [
            Check("mypy", ["-m", "mypy", "."]),
            Check("ruff check", ["-m", "ruff", "check", "--no-cache", "."]),
            Check("ruff format", ["-m", "ruff", "format", "--check", "."]),
            Check("djade", ["--check", "--target-version", "5.2", *templates], program=find_djade()),
            Check("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
            Check("production settings", deploy, environment=PRODUCTION),
        ]
        with ThreadPoolExecutor(max_workers=2) as pool:  # mypy needs as long as all others
            self.results += pool.map(self.check, checks)
        covered = self.folder / "coverage.json"
        self.tests("tests on SQLite", measured_by=["-m", "slipcover", "--json", "--out", str(covered)])
        self.tests_on_servers("tests on PostgreSQL and Redis")
        report = ["--merge", str(covered), "--out", str(covered), "--skip-covered", "--fail-under", str(COVERAGE)]
        self.results.append(self.check(Check("coverage", ["-m", "slipcover", *report])))

    def check(self, check: Check) -> Result:
        """Run a step that passes or fails as a whole, and print what it wrote once it has ended."""
        done, seconds = self._run(check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(f"\n== {check.title}\n{done.stdout}", end="", flush=True)
        failed = int(done.returncode != 0)
        return Result(check.title, 1 - failed, failed, seconds)

    def tests(
        self,
        title: str,
        *arguments: str,
        measured_by: Sequence[str] = (),
        environment: dict[str, str] | None = None,
    ) -> None:
        """Run pytest on three processes that take over each other's work: two cores stay busy while one waits for a browser.

        A run that breaks off counts as one more failure.
        """
        report = self.folder / "report.xml"
        report.unlink(missing_ok=True)
        pytest = ["-m", "pytest", "--quiet", "--numprocesses=3", "--dist=worksteal", f"--junit-xml={report}"]
        print(f"\n== {title}", flush=True)
        done, seconds = self._run(Check(title, [*measured_by, *pytest, *arguments], environment or {}))
        passes, failures = read_report(report)
        self.results.append(Result(title, passes, failures or int(done.returncode != 0), seconds))

    def tests_on_servers(self, title: str) -> None:
        """Run the tests on PostgreSQL and Redis, except those whose result does not depend on the database."""
        try:
            with servers.postgresql() as database, servers.redis() as broker:
                environment = {"DATABASE_URL": database, "CELERY_BROKER_URL": broker}
                self.tests(title, "-m", "not one_database", environment=environment)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            print(f"\n== {title}\n{error}")
            self.results.append(Result(title, 0, 1, 0))

    def _run(self, check: Check, **options: Any) -> tuple[subprocess.CompletedProcess[str], float]:
        """Run a step with these options of `subprocess.run`; return its outcome and the seconds that it took."""
        began = time.monotonic()
        environment = self.environment | dict(check.environment)
        done = subprocess.run(
            [check.program, *check.arguments], check=False, cwd=ROOT, env=environment, text=True, **options
        )
        return done, time.monotonic() - began

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the steps: an embedded tracker with a data folder of its own."""
        settings = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL", "BASE_URL"}
        environment = {name: value for name, value in os.environ.items() if name not in settings}
        return environment | {
            "TRACKER_DATA": str(self.folder / "data"),
            "TRACKER_MODE": "embedded",
        }


def find_djade() -> str:
    """Return the path of djade, a program beside this Python that cannot be run as a module."""
    beside = Path(sys.executable).with_name("djade")
    return str(beside) if beside.exists() else shutil.which("djade") or "djade"


def install_programs() -> list[str]:
    """Install the programs that are missing if this process may; return the Debian packages of those still missing."""
    missing = missing_programs()
    if missing and os.geteuid() == 0 and (apt := shutil.which("apt-get")):
        print(f"Installing {', '.join(missing)} ...", flush=True)
        # Runlevel 1 keeps Debian from starting the servers: the tests start their own.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        # Each by itself: one that is not to be had keeps none of the others away.
        for command in (["update"], *(["install", "--yes", "--no-install-recommends", package] for package in missing)):
            subprocess.run(
                [apt, "--quiet", "--quiet", *command], check=False, env=environment, stdout=subprocess.DEVNULL
            )
        missing = missing_programs()
    if missing:
        print(f"{how_to_install(missing)}\nThe steps that need it will fail.")
    return missing


def missing_programs() -> list[str]:
    return [package for package, find in PROGRAMS.items() if not find()]


def how_to_install(missing: list[str]) -> str:
    return f"Missing for the tests: {', '.join(missing)}. On Debian:  sudo apt-get install {' '.join(missing)}"


def read_report(report: Path) -> tuple[int, int]:
    """Return how many tests passed and failed (errors count as failed) according to pytest's JUnit report; zeros without one."""
    if not report.exists():
        return 0, 0
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    counts = [
        {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")} for suite in suites
    ]
    failed = sum(count["failures"] + count["errors"] for count in counts)
    return sum(count["tests"] - count["skipped"] for count in counts) - failed, failed
