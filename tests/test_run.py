"""What `manage.py test` counts, and what it says about missing programs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import run
from tests.servers import ROOT

pytestmark = pytest.mark.one_database

SUITE = """
import pytest
def test_passes(): pass
def test_fails(): assert False
@pytest.mark.skip
def test_is_skipped(): pass
@pytest.fixture
def broken(): raise OSError
def test_with_a_broken_fixture(broken): pass
"""


def test_read_report_counts_errors_as_failures_and_leaves_out_what_was_skipped(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    report = tmp_path / "report.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:django", f"--junit-xml={report}", "test_suite.py"],
        cwd=tmp_path,
        check=False,
        stdout=subprocess.DEVNULL,
    )

    assert run.read_report(report) == (1, 2)


def test_read_report_of_a_run_that_broke_off_counts_nothing(tmp_path: Path) -> None:
    assert run.read_report(tmp_path / "report.xml") == (0, 0)


def test_result_names_its_verdict() -> None:
    assert str(run.Result("mypy", 1, 0, 2.04)) == "ok         2.0 s  mypy: 1 passed, 0 failed"
    assert str(run.Result("mypy", 0, 1, 12)) == "FAILED    12.0 s  mypy: 0 passed, 1 failed"


def test_missing_programs_are_named_with_what_installs_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "PROGRAMS", {"chromium": lambda: "/usr/bin/chromium", "postgresql": lambda: None})
    monkeypatch.setenv("PATH", "/nowhere")

    assert run.install_programs() == ["postgresql"]

    assert capsys.readouterr().out == (
        "Missing for the tests: postgresql. On Debian:  sudo apt-get install postgresql\n"
        "The steps that need it will fail.\n"
    )


def test_arguments_are_left_to_pytest(tmp_path: Path) -> None:
    suite = tmp_path / "test_suite.py"
    suite.write_text(SUITE)

    done = subprocess.run(
        [sys.executable, "manage.py", "test", str(suite), "-k", "passes", "--quiet", "-p", "no:cacheprovider"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout.splitlines()[-1].split(" in ")[0]) == (0, "1 passed, 3 deselected")
