"""Write one file in a process of its own, with limits of time and memory: `python -m actions.note.export.process`.

A thread of a worker cannot be limited, and a library that runs out of memory ends its process.
"""

import json
import os
import resource
import subprocess
import sys

from django.conf import settings

SECONDS = 60
"""CPU time; the process may take twice as long on the clock."""
MEMORY = 1280 * 1024 * 1024
"""Bytes of address space, about 200 MB of which Python and fonts take."""

_OUT_OF_MEMORY = 75
_FEW_THREADS = {"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1"}
"""Each further thread would reserve address space that it does not use."""


class TooLargeError(Exception):
    """The file needs more seconds or memory than it may have."""


def write_file(content: str, *, extension: str, language: str, site: str) -> bytes:
    """Return the bytes of a file of this canonical content. Raises TooLargeError, or RuntimeError with what the process wrote."""
    order = json.dumps({"content": content, "extension": extension, "language": language, "site": site})
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "actions.note.export.process", str(SECONDS), str(MEMORY)],
            input=order.encode(),
            capture_output=True,
            env=os.environ | _FEW_THREADS,
            cwd=settings.BASE_DIR,
            timeout=2 * SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise TooLargeError from error
    if (
        finished.returncode < 0 or finished.returncode == _OUT_OF_MEMORY
    ):  # a negative code is a signal: a limit, or no memory
        raise TooLargeError
    if finished.returncode:
        raise RuntimeError(finished.stderr.decode(errors="replace")[-2000:])
    return finished.stdout


def _main(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        sys.stdout.buffer.write(_written(**json.load(sys.stdin)))
    except MemoryError:
        sys.exit(_OUT_OF_MEMORY)


def _written(content: str, extension: str, language: str, site: str) -> bytes:
    import django

    django.setup()
    from django.utils.translation import override

    from actions.note.export.formats import FORMATS
    from actions.note.serialization import from_json

    with override(language):
        written = FORMATS[extension].write(from_json(content, with_people=True, site=site))
    return written if isinstance(written, bytes) else written.encode()


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
