"""Start child processes that end with their parent, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_PR_SET_PDEATHSIG = 1


def start_child(
    command: list[str], *, when_orphaned: signal.Signals = signal.SIGTERM, **options: Any
) -> "subprocess.Popen[bytes]":
    """Start `command` in its own session, so that Ctrl-C in the terminal reaches only the parent.

    Linux sends it `when_orphaned` as soon as the parent ends, also after kill -9. `options` are those of subprocess.Popen.
    """
    return subprocess.Popen(
        command,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=_tie_to_parent(os.getpid(), when_orphaned),
        **options,
    )


def stop_child(child: "subprocess.Popen[bytes]", *, patience: float = 10, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask the child to stop, wait at most `patience` seconds, then kill it and what it started."""
    if child.poll() is None:
        child.send_signal(how)
    with suppress(subprocess.TimeoutExpired):
        child.wait(patience)
    kill_group(child)
    child.wait()


def kill_group(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child's whole session, if any of it is left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _tie_to_parent(parent: int, when_orphaned: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, int(when_orphaned), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie
