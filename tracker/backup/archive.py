"""Write and read the file of a backup: a tar archive of the database, the data folder's files and a manifest."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from tracker.backup import fingerprints
from tracker.backup.fingerprints import Fingerprint

MANIFEST = "manifest.json"
DATABASE = "database"
LEFT_OUT = {"static", "static-files.sha256", "cache", "broker", "logs", "start.lock", "backups"}
"""What the tracker creates again by itself, or must not restore."""


class ArchiveError(Exception):
    """What is wrong with the file of a backup."""


@dataclass
class Manifest:
    created_at: str
    vendor: str
    """`sqlite` or `postgresql`."""
    tables: dict[str, Fingerprint]
    migrations: list[tuple[str, str]]
    files: dict[str, str] = field(default_factory=dict)
    """The hash of each file, the database's among them."""


def data_files(folder: Path, database: Path | None) -> Iterator[str]:
    """Yield the paths of the files to back up, relative to the data folder."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        is_database = database is not None and path.parent == database.parent and path.name.startswith(database.name)
        is_transient = name.parts[0] in LEFT_OUT or name.parts[0].startswith((".", "celerybeat-schedule", "replaced-"))
        if path.is_file() and not path.is_symlink() and not is_database and not is_transient:
            yield name.as_posix()


def write(target: Path, manifest: Manifest, database: Path, folder: Path, names: Iterator[str]) -> None:
    """Write the archive, readable only by its owner: it contains keys. A file that disappears meanwhile is left out."""
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        tarfile.open(fileobj=file, mode="w:gz") as archive,
    ):
        archive.add(database, DATABASE)
        manifest.files[DATABASE] = fingerprints.of_file(database)
        for name in names:
            try:
                content = (folder / name).read_bytes()
            except FileNotFoundError:
                continue
            _add(archive, f"files/{name}", content)
            manifest.files[f"files/{name}"] = fingerprints.sha256(content).hexdigest()
        _add(archive, MANIFEST, json.dumps(asdict(manifest), indent=1).encode())


def extract(source: Path, folder: Path) -> Manifest:
    """Write the content of an archive into an empty folder, and compare each file with its hash. Raises ArchiveError."""
    try:
        with tarfile.open(source) as archive:
            manifest = _manifest(archive)
            for name in manifest.files:
                _extract(archive, name, folder)
    except (tarfile.TarError, EOFError, OSError, KeyError, TypeError, ValueError) as error:
        raise ArchiveError(f"{source} is not a complete backup of the tracker: {error}") from error
    for name, expected in manifest.files.items():
        if fingerprints.of_file(folder / name) != expected:
            raise ArchiveError(f"{source} is damaged: {name} is not as it was backed up.")
    return manifest


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(content), 0o600
    archive.addfile(about, io.BytesIO(content))


def _manifest(archive: tarfile.TarFile) -> Manifest:
    file = archive.extractfile(MANIFEST)
    fields: dict[str, Any] = json.load(file) if file else {}
    fields["tables"] = {name: (count, digest) for name, (count, digest) in fields["tables"].items()}
    fields["migrations"] = [(app, name) for app, name in fields["migrations"]]
    return Manifest(**fields)


def _extract(archive: tarfile.TarFile, name: str, folder: Path) -> None:
    path = PurePosixPath(name)
    file = archive.extractfile(name)
    if path.is_absolute() or ".." in path.parts or file is None:
        raise ValueError(f"{name} is not a file of a backup")
    target = folder / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        while block := file.read(1 << 20):
            output.write(block)
