"""Count and hash the rows of tables and the content of files, so that two copies can be compared."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

Fingerprint = tuple[int, str]
"""The number of rows, and a hash that does not depend on their order."""

_MODULUS = 1 << 256


def of_rows(rows: Iterable[Sequence[Any]]) -> Fingerprint:
    """Read all rows once. The values have to be the same Python objects in both copies."""
    count, total = 0, 0
    for row in rows:
        line = json.dumps(list(row), sort_keys=True, default=_text)
        total += int.from_bytes(sha256(line.encode()).digest(), "big")
        count += 1
    return count, f"{total % _MODULUS:064x}"


def of_file(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def differences(expected: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint]) -> list[str]:
    """Return a line for each table that differs, with both numbers of rows."""
    return [
        f"{name}: {_rows(expected.get(name))} expected, {_rows(found.get(name))} found"
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]


def _rows(fingerprint: Fingerprint | None) -> str:
    return f"{fingerprint[0]} rows ({fingerprint[1][:8]})" if fingerprint else "no table"


def _text(value: Any) -> str:
    return repr(bytes(value) if isinstance(value, memoryview) else value)
