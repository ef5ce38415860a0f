"""Set up `.venv` with the locked requirements, on a machine that has only Python and pip, and run the command again in it.

`manage.py` runs this file by its path before any package is installed, so it imports only the standard library.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

REQUIREMENTS = {"start": "base", "test": "test"}
"""The file of `requirements/` that a command needs."""

PACKAGES = {
    "base": ["django", "celery", "gunicorn", "allauth", "typst"],
    "test": ["django", "celery", "gunicorn", "allauth", "typst", "pytest", "xdist", "playwright", "mypy"],
}
"""What a Python environment has in which somebody installed the requirements of that name."""

INCLUDES = {"base": ["base"], "test": ["base", "test"]}
"""The files that are installed with the requirements of that name: those of the tests contain the tracker's."""


class BootstrapError(Exception):
    """What went wrong and what to do next, in words for the person at the keyboard."""


def enter_environment(argv: list[str], root: Path = ROOT) -> None:
    """Return if the command can run in this Python; otherwise replace this process by the same command in `.venv`.

    An environment that somebody else set up is used as it is; `start` and `test` bring `.venv` up to date first. Exits with a
    message and without a traceback if they cannot.
    """
    venv = root / ".venv"
    kind = REQUIREMENTS.get(argv[1] if len(argv) > 1 else "")
    in_venv = Path(sys.prefix).resolve() == venv.resolve()
    if in_venv and kind is None:
        return
    if not in_venv and (sys.prefix != sys.base_prefix or has_packages(kind or "base")):
        return
    try:
        prepare(root, kind or "base")
    except BootstrapError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Give the same command again to continue.")
    if not in_venv:
        os.execv(_python(venv), [str(_python(venv)), *argv])  # noqa: S606 - no shell is wanted


def has_packages(kind: str) -> bool:
    """Return whether the requirements are installed for this Python, as in a container. Looks for a few of them."""
    return all(importlib.util.find_spec(name) for name in PACKAGES[kind])


def prepare(root: Path, kind: str) -> None:
    """Create `.venv` and install `requirements/<kind>.txt` into it, unless exactly that was done before.

    Raises BootstrapError. The environment is created again after the system exchanged its Python.
    """
    venv = root / ".venv"
    requirements = root / "requirements" / f"{kind}.txt"
    try:
        if not works(venv):
            create_venv(venv)
        if not is_installed(venv, requirements):
            install(venv, requirements)
            for included in INCLUDES[kind]:
                record_installed(venv, requirements.with_name(f"{included}.txt"))
    except OSError as error:
        raise BootstrapError(
            f"The tracker's Python packages cannot be put into {venv}: {error.strerror}.\n{_WRITABLE}"
        ) from error


def works(venv: Path) -> bool:
    """Return whether the environment exists and its Python is still the one that it was created with."""
    if not _python(venv).exists():
        return False
    created_with = re.search(r"^executable = (.+)$", (venv / "pyvenv.cfg").read_text(), re.MULTILINE)
    return created_with is None or Path(created_with[1]).resolve() == _python(venv).resolve()


def create_venv(venv: Path) -> None:
    """Create an environment without pip of its own: Debian leaves out `ensurepip`, which would put pip there."""
    _say("Creating a Python environment in .venv ...")
    created = _run([_base_python(), "-m", "venv", "--clear", "--without-pip", str(venv)])
    if created.returncode:
        raise BootstrapError(f"Python could not create the environment {venv}:\n{_last_lines(created)}\n{_WRITABLE}")


def is_installed(venv: Path, requirements: Path) -> bool:
    """Return whether exactly these requirements were installed last, without asking pip."""
    record = _record(venv, requirements)
    return record.exists() and record.read_text() == _digest(requirements)


def record_installed(venv: Path, requirements: Path) -> None:
    """Record that these requirements are installed."""
    _record(venv, requirements).write_text(_digest(requirements))


def install(venv: Path, requirements: Path) -> None:
    """Install exactly these requirements, each checked against its hash. Raises BootstrapError."""
    _say(f"Installing the Python packages of requirements/{requirements.name} (a minute or two, only this once) ...")
    installed = _run([*find_pip(venv), "install", "--quiet", "--require-hashes", "--requirement", str(requirements)])
    if installed.returncode:
        raise BootstrapError(explain(installed))


def find_pip(venv: Path, base_python: str | None = None) -> list[str]:
    """Return the beginning of a pip command that installs into `venv`: by the system's pip, otherwise by the one that Python carries."""
    python = str(_python(venv))
    base_python = base_python or _base_python()
    if not _run([base_python, "-c", "import pip"]).returncode:
        return [base_python, "-m", "pip", "--python", python]
    if not _run([python, "-m", "ensurepip"]).returncode:
        return [python, "-m", "pip"]
    raise BootstrapError(
        "pip, which installs Python packages, is missing.\n"
        "On Debian and Ubuntu:  apt-get install python3-pip\n"
        "On Fedora:             dnf install python3-pip\n"
        "Then give the same command again."
    )


def explain(failed: "subprocess.CompletedProcess[str]") -> str:
    """Return what pip's failure means, the last lines that pip printed, and what to do next."""
    output = failed.stderr + failed.stdout
    if "DO NOT MATCH THE HASHES" in output:
        reason = "A downloaded package is not the one that this release was checked with, so nothing was installed."
        advice = "Give the same command again. If that does not help, ask those who run your package index."
    elif "no such option: --python" in output:
        reason = "This pip is too old; version 22.3 or newer is needed."
        advice = "Bring it up to date (python3 -m pip install --upgrade pip), then give the same command again."
    elif re.search("No space left|Permission denied|Read-only file system|quota exceeded", output):
        reason = "The tracker's Python packages could not be written to .venv."
        advice = _WRITABLE
    else:
        reason = "The tracker's Python packages could not be downloaded."
        advice = (
            "Check the network, and the proxy and package index that pip uses (pip config list).\n"
            "Then give the same command again; what was installed is kept."
        )
    return f"{reason} The last lines of pip:\n{_last_lines(failed)}\n{advice}"


_WRITABLE = (
    "Check that you may write to the tracker's folder and that its disk has room (1 GB is plenty),\n"
    "then give the same command again."
)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _base_python() -> str:
    """Return the Python that environments are created from, also when this process runs in one."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _record(venv: Path, requirements: Path) -> Path:
    return venv / f"installed-{requirements.stem}.sha256"


def _digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


def _last_lines(process: "subprocess.CompletedProcess[str]", count: int = 5) -> str:
    """Return the end of what a program printed, with only the last of pip's attempts to connect."""
    lines = (process.stdout + process.stderr).strip().splitlines()
    lines = [line for line in lines if "Retrying (Retry(" not in line or "total=0," in line]
    return "\n".join(f"    {line}" for line in lines[-count:])


def _say(text: str) -> None:
    print(text, flush=True)
