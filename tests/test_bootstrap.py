"""`manage.py` on a machine where nothing is installed yet."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tracker import bootstrap

pytestmark = pytest.mark.embedded

MANAGE = bootstrap.ROOT / "manage.py"

# A wheel-less index of nothing, on a port where nobody listens: what pip sees without a network.
NO_NETWORK = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose requirements are empty, so that installing them needs no network."""
    (tmp_path / "requirements").mkdir()
    for name in ("base", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}: nothing\n")
    return tmp_path


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that bootstrap runs from now on; they still run."""
    commands: list[list[str]] = []
    run = bootstrap._run

    def note(command: list[str]) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        return run(command)

    monkeypatch.setattr(bootstrap, "_run", note)
    return commands


def require_something(checkout: Path) -> None:
    (checkout / "requirements" / "base.txt").write_text(f"nothing-of-the-kind==1.0 --hash=sha256:{'0' * 64}\n")


def test_manage_says_what_to_do_when_python_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))

    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(MANAGE), run_name="__main__")

    assert str(stopped.value).splitlines() == [
        "The tracker needs Python 3.11 or newer, and this is Python 3.9.",
        "Install a newer one (Debian 12 and Ubuntu 24.04 have it as python3), then name it in the command:",
        "    python3.11 manage.py start",
    ]


def test_manage_can_be_read_by_an_old_python() -> None:
    ast.parse(MANAGE.read_text(), feature_version=(3, 4))


def test_bootstrap_imports_nothing_that_has_to_be_installed() -> None:
    imported = {
        name
        for node in ast.walk(ast.parse((bootstrap.ROOT / "tracker" / "bootstrap.py").read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_prepare_makes_the_environment_once(checkout: Path, runs: list[list[str]]) -> None:
    bootstrap.prepare(checkout, "base")
    assert (checkout / ".venv" / "bin" / "python").exists()
    first = len(runs)

    bootstrap.prepare(checkout, "base")

    assert (first > 0, len(runs) - first) == (True, 0)


def test_prepare_installs_again_when_the_requirements_change(checkout: Path, runs: list[list[str]]) -> None:
    bootstrap.prepare(checkout, "base")
    runs.clear()

    (checkout / "requirements" / "base.txt").write_text("# base: still nothing, in other words\n")
    bootstrap.prepare(checkout, "base")

    assert [command[-1] for command in runs if "install" in command] == [str(checkout / "requirements" / "base.txt")]


def test_requirements_of_the_tests_contain_those_of_the_tracker(checkout: Path, runs: list[list[str]]) -> None:
    bootstrap.prepare(checkout, "test")
    runs.clear()

    bootstrap.prepare(checkout, "base")

    assert runs == []


def test_locked_tests_hold_the_locked_tracker() -> None:
    def pins(name: str) -> set[str]:
        text = (bootstrap.ROOT / "requirements" / f"{name}.txt").read_text()
        return {line for line in text.splitlines() if "==" in line}

    assert pins("base") - pins("test") == set()


def test_locked_requirements_hold_hashes_and_no_address() -> None:
    for name in ("base", "test"):
        text = (bootstrap.ROOT / "requirements" / f"{name}.txt").read_text()
        assert ("://" in text, "--index" in text) == (False, False)
        assert all(entry.count("--hash=sha256:") for entry in text.replace("\\\n", "").splitlines())


def test_prepare_makes_the_environment_anew_after_the_system_changed_its_python(checkout: Path) -> None:
    bootstrap.prepare(checkout, "base")
    settings = checkout / ".venv" / "pyvenv.cfg"
    settings.write_text("executable = /usr/bin/python3.6\n")

    bootstrap.prepare(checkout, "base")

    assert "/usr/bin/python3.6" not in settings.read_text()
    assert bootstrap.works(checkout / ".venv")


def test_prepare_without_network_says_so_and_can_go_on(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NO_NETWORK.items():
        monkeypatch.setenv(name, value)
    require_something(checkout)

    with pytest.raises(bootstrap.BootstrapError) as failed:
        bootstrap.prepare(checkout, "base")

    assert str(failed.value).startswith("The tracker's Python packages could not be fetched.")
    (checkout / "requirements" / "base.txt").write_text("")
    bootstrap.prepare(checkout, "base")


def test_manage_without_network_ends_with_a_message_and_no_traceback(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in NO_NETWORK.items():
        monkeypatch.setenv(name, value)
    require_something(checkout)
    (checkout / "tracker").mkdir()
    for name in ("manage.py", "tracker/bootstrap.py"):
        (checkout / name).write_text((bootstrap.ROOT / name).read_text())

    ended = subprocess.run(
        [sys.executable, "manage.py", "start"], cwd=checkout, check=False, capture_output=True, text=True
    )

    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert "could not be fetched" in ended.stderr


def test_prepare_says_so_when_the_folder_cannot_be_written(checkout: Path) -> None:
    (checkout / ".venv").write_text("a file where the folder should be")

    with pytest.raises(bootstrap.BootstrapError) as failed:
        bootstrap.prepare(checkout, "base")

    assert "See that you may write to the tracker's folder" in str(failed.value)


def test_find_pip_says_how_to_install_it(tmp_path: Path) -> None:
    without_pip = tmp_path / "bin" / "python"
    without_pip.parent.mkdir()
    without_pip.write_text("#!/bin/sh\nexit 1\n")
    without_pip.chmod(0o755)

    with pytest.raises(bootstrap.BootstrapError) as failed:
        bootstrap.find_pip(tmp_path, str(without_pip))

    assert "apt-get install python3-pip" in str(failed.value)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "A package that arrived is not the one",
        ),
        ("no such option: --python", "This pip is too old"),
        ("OSError: [Errno 28] No space left on device", "The tracker's Python packages could not be written"),
        ("ERROR: No matching distribution found for celery", "The tracker's Python packages could not be fetched"),
    ],
)
def test_explain_tells_what_failed(said: str, reason: str) -> None:
    failed: Any = SimpleNamespace(stdout="", stderr=said)

    assert bootstrap.explain(failed).startswith(reason)


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What `enter_environment` replaces this process by."""
    replaced: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda path, argv: replaced.append(argv))
    return replaced


def test_start_goes_on_in_the_environment(checkout: Path, entered: list[list[str]]) -> None:
    bootstrap.enter_environment(["manage.py", "start", "--port", "8001"], checkout)

    assert entered == [[str(checkout / ".venv" / "bin" / "python"), "manage.py", "start", "--port", "8001"]]


def test_other_commands_take_the_python_that_has_django(checkout: Path, entered: list[list[str]]) -> None:
    bootstrap.enter_environment(["manage.py", "migrate"], checkout)

    assert (entered, (checkout / ".venv").exists()) == ([], False)


def test_other_commands_take_the_environment_where_it_is(checkout: Path, entered: list[list[str]]) -> None:
    bootstrap.prepare(checkout, "base")

    bootstrap.enter_environment(["manage.py", "migrate"], checkout)

    assert entered == [[str(checkout / ".venv" / "bin" / "python"), "manage.py", "migrate"]]
