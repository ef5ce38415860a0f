"""Makes `.venv` from nothing but Python and pip, installs the locked requirements, and goes on in it.

`manage.py` runs this file by its path, before any package is there: it imports the standard library alone.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Which file of `requirements/` a command needs. Every other command takes the environment as it is.
REQUIREMENTS = {"start": "base", "test": "test"}

# Which files are done once one of them is installed: the requirements of the tests contain the tracker's.
INCLUDES = {"base": ["base"], "test": ["base", "test"]}


class BootstrapError(Exception):
    """What went wrong and what to do next, in words for the person at the keyboard."""


def enter_environment(argv: list[str], root: Path = ROOT) -> None:
    """Return when this process may go on with `argv`; otherwise replace it by the same command in `.venv`.

    `start` and `test` install what they need first; another command does so only where neither `.venv` nor Django is.
    Exits with a message, and without a traceback, when the environment cannot be made.
    """
    venv = root / ".venv"
    command = argv[1] if len(argv) > 1 else "help"
    try:
        if command in REQUIREMENTS:
            prepare(root, REQUIREMENTS[command])
        elif not works(venv):
            if importlib.util.find_spec("django"):
                return
            prepare(root, "base")
    except BootstrapError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on where this one was.")
    if Path(sys.prefix).resolve() != venv.resolve():
        os.execv(_python(venv), [str(_python(venv)), *argv])  # noqa: S606 - no shell is wanted


def prepare(root: Path, kind: str) -> None:
    """Make `.venv` and install `requirements/<kind>.txt` into it, unless exactly that was done before.

    Raises BootstrapError. The environment is made anew when the system's Python was exchanged under it.
    """
    venv = root / ".venv"
    requirements = root / "requirements" / f"{kind}.txt"
    try:
        if not works(venv):
            make_venv(venv)
        if not is_installed(venv, requirements):
            install(venv, requirements)
            for included in INCLUDES[kind]:
                note_installed(venv, requirements.with_name(f"{included}.txt"))
    except OSError as error:
        raise BootstrapError(
            f"The tracker's Python packages cannot be put into {venv}: {error.strerror}.\n{_WRITABLE}"
        ) from error


def works(venv: Path) -> bool:
    """Whether the environment is there and its Python is still the one that it was made with."""
    if not _python(venv).exists():
        return False
    made_with = re.search(r"^executable = (.+)$", (venv / "pyvenv.cfg").read_text(), re.MULTILINE)
    return made_with is None or Path(made_with[1]).resolve() == _python(venv).resolve()


def make_venv(venv: Path) -> None:
    """Make an environment without pip of its own: Debian leaves out `ensurepip`, which would put pip there."""
    _say("Making a Python environment in .venv ...")
    made = _run([_base_python(), "-m", "venv", "--clear", "--without-pip", str(venv)])
    if made.returncode:
        raise BootstrapError(f"Python could not make the environment {venv}:\n{_last_lines(made)}\n{_WRITABLE}")


def is_installed(venv: Path, requirements: Path) -> bool:
    """Whether exactly these requirements were the last of their kind to be installed. Does not ask pip: 1 ms."""
    note = _note(venv, requirements)
    return note.exists() and note.read_text() == _digest(requirements)


def note_installed(venv: Path, requirements: Path) -> None:
    """Remember that these requirements are installed."""
    _note(venv, requirements).write_text(_digest(requirements))


def install(venv: Path, requirements: Path) -> None:
    """Install exactly these requirements, each checked against its hash. Raises BootstrapError."""
    _say(f"Installing the Python packages of requirements/{requirements.name} (a minute or two, only this once) ...")
    installed = _run([*find_pip(venv), "install", "--quiet", "--require-hashes", "--requirement", str(requirements)])
    if installed.returncode:
        raise BootstrapError(explain(installed))


def find_pip(venv: Path, base_python: str | None = None) -> list[str]:
    """The beginning of a pip command that installs into `venv`: by the system's pip, else by the one Python carries."""
    python = str(_python(venv))
    base_python = base_python or _base_python()
    if not _run([base_python, "-c", "import pip"]).returncode:
        return [base_python, "-m", "pip", "--python", python]
    if not _run([python, "-m", "ensurepip"]).returncode:
        return [python, "-m", "pip"]
    raise BootstrapError(
        "pip is missing, which installs Python packages.\n"
        "On Debian and Ubuntu:  apt-get install python3-pip\n"
        "On Fedora:             dnf install python3-pip\n"
        "Then give the same command again."
    )


def explain(failed: "subprocess.CompletedProcess[str]") -> str:
    """What pip's failure means to the person who waits, with the last that pip said, and what to do next."""
    said = failed.stderr + failed.stdout
    if "DO NOT MATCH THE HASHES" in said:
        reason = "A package that arrived is not the one that this release was checked with, so nothing was installed."
        advice = "Give the same command again. If that does not help, ask whoever runs your package index."
    elif "no such option: --python" in said:
        reason = "This pip is too old; version 22.3 or newer is needed."
        advice = "Bring it up to date (python3 -m pip install --upgrade pip), then give the same command again."
    elif re.search("No space left|Permission denied|Read-only file system|quota exceeded", said):
        reason = "The tracker's Python packages could not be written to .venv."
        advice = _WRITABLE
    else:
        reason = "The tracker's Python packages could not be fetched."
        advice = (
            "Check the network, and the proxy and package index that pip is told to use (pip config list).\n"
            "Then give the same command again; what is done is kept."
        )
    return f"{reason} pip's last words:\n{_last_lines(failed)}\n{advice}"


_WRITABLE = (
    "See that you may write to the tracker's folder and that its disk has room (1 GB is plenty),\n"
    "then give the same command again."
)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _base_python() -> str:
    """The Python that environments are made from, also when this process runs inside of one."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _note(venv: Path, requirements: Path) -> Path:
    return venv / f"installed-{requirements.stem}.sha256"


def _digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


def _last_lines(process: "subprocess.CompletedProcess[str]", count: int = 5) -> str:
    """The end of what a program said; of pip's attempts to reach somebody the last one is enough."""
    lines = (process.stdout + process.stderr).strip().splitlines()
    lines = [line for line in lines if "Retrying (Retry(" not in line or "total=0," in line]
    return "\n".join(f"    {line}" for line in lines[-count:])


def _say(text: str) -> None:
    print(text, flush=True)
