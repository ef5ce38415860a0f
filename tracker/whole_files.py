"""Write files that are complete or not there, even if the disk is full."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write the file under another name, which begins with a full stop, and rename it. Only its owner may read it, unless `mode` says so.

    Raises OSError if it cannot be written; then nothing of it stays, and a file that was there is unchanged.
    """
    unfinished = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def is_disk_full(error: BaseException) -> bool:
    """Return whether a file could not be written because of the space that it needs."""
    return isinstance(error, OSError) and error.errno in _FULL
