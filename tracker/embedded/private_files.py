"""Keeps what the embedded tracker stores from other accounts of the machine: there are session keys and tokens in it."""

import stat
from contextlib import suppress
from pathlib import Path


def make_private(path: Path) -> None:
    """Take away what group and others may do with `path`. Links, and folders that accounts share such as /tmp, stay as they are."""
    with suppress(OSError):  # somebody else's, or gone in the meantime
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and not mode & stat.S_ISVTX and mode & 0o077:
            path.chmod(stat.S_IMODE(mode) & 0o700)


def make_folder_private(folder: Path) -> None:
    """Do so for `folder` and everything in it, unless accounts share it."""
    if folder.stat().st_mode & stat.S_ISVTX:
        return
    for path in [folder, *folder.rglob("*")]:
        make_private(path)
