"""`manage.py` on a machine where nothing is installed yet."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tracker.embedded import bootstrap

pytestmark = pytest.mark.one_database

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
        for node in ast.walk(ast.parse((bootstrap.ROOT / "tracker" / "embedded" / "bootstrap.py").read_text()))
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

    assert str(failed.value).startswith("The tracker's Python packages could not be downloaded.")
    (checkout / "requirements" / "base.txt").write_text("")
    bootstrap.prepare(checkout, "base")


def test_manage_without_network_ends_with_a_message_and_no_traceback(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in NO_NETWORK.items():
        monkeypatch.setenv(name, value)
    require_something(checkout)
    (checkout / "tracker" / "embedded").mkdir(parents=True)
    for name in ("manage.py", "tracker/embedded/bootstrap.py"):
        (checkout / name).write_text((bootstrap.ROOT / name).read_text())

    ended = subprocess.run(
        [bootstrap._base_python(), "-S", "manage.py", "start"],  # -S: as if no package were installed
        cwd=checkout,
        check=False,
        capture_output=True,
        text=True,
    )

    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert "could not be downloaded" in ended.stderr


def test_prepare_says_so_when_the_folder_cannot_be_written(checkout: Path) -> None:
    (checkout / ".venv").write_text("a file where the folder should be")

    with pytest.raises(bootstrap.BootstrapError) as failed:
        bootstrap.prepare(checkout, "base")

    assert "Check that you may write to the tracker's folder" in str(failed.value)


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
            "A downloaded package is not the one",
        ),
        ("no such option: --python", "This pip is too old"),
        ("OSError: [Errno 28] No space left on device", "The tracker's Python packages could not be written"),
        ("ERROR: No matching distribution found for celery", "The tracker's Python packages could not be downloaded"),
    ],
)
def test_explain_tells_what_failed(said: str, reason: str) -> None:
    failed: Any = SimpleNamespace(stdout="", stderr=said)

    assert bootstrap.explain(failed).startswith(reason)


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What `enter_environment` replaces this process by, where no environment is active and no package is installed."""
    replaced: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda path, argv: replaced.append(argv))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr(bootstrap, "has_packages", lambda kind: False)
    return replaced


@pytest.mark.parametrize("command", [["start", "--port", "8001"], ["test"], ["migrate"], []])
def test_command_runs_in_an_environment_of_its_own(
    checkout: Path, entered: list[list[str]], command: list[str]
) -> None:
    bootstrap.enter_environment(["manage.py", *command], checkout)

    assert entered == [[str(checkout / ".venv" / "bin" / "python"), "manage.py", *command]]
    assert (checkout / ".venv" / "installed-test.sha256").exists() == (command == ["test"])


@pytest.mark.parametrize("command", ["start", "test", "migrate"])
def test_command_runs_in_the_environment_that_is_active(
    checkout: Path, entered: list[list[str]], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "prefix", "/home/ann/environment")

    bootstrap.enter_environment(["manage.py", command], checkout)

    assert (entered, (checkout / ".venv").exists()) == ([], False)


def test_command_runs_where_its_packages_are_installed(
    checkout: Path, entered: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "has_packages", lambda kind: kind == "base")

    bootstrap.enter_environment(["manage.py", "start"], checkout)
    assert (entered, (checkout / ".venv").exists()) == ([], False)

    bootstrap.enter_environment(["manage.py", "test"], checkout)
    assert len(entered) == 1


@pytest.mark.parametrize(("command", "installs"), [("start", True), ("test", True), ("migrate", False)])
def test_own_environment_is_brought_up_to_date_by_start_and_test(
    checkout: Path, entered: list[list[str]], monkeypatch: pytest.MonkeyPatch, command: str, installs: bool
) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(bootstrap, "prepare", lambda root, kind: prepared.append(kind))
    monkeypatch.setattr(sys, "prefix", str(checkout / ".venv"))

    bootstrap.enter_environment(["manage.py", command], checkout)

    assert (entered, bool(prepared)) == ([], installs)


def test_packages_of_the_requirements_are_found() -> None:
    assert bootstrap.has_packages("base")
    assert bootstrap.has_packages("test")


@pytest.mark.parametrize("kind", ["base", "test"])
def test_packages_that_are_looked_for_are_among_the_requirements(kind: str) -> None:
    locked = (bootstrap.ROOT / "requirements" / f"{kind}.txt").read_text()
    named = {"allauth": "django-allauth", "xdist": "pytest-xdist"}

    assert all(f"{named.get(package, package)}" in locked for package in bootstrap.PACKAGES[kind])
