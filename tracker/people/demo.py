"""Add accounts for trying the tracker, one for each role. Never in production."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from tracker.people.models import Agency, User

FIXTURE: Path = settings.BASE_DIR / "fixtures" / "demo_people.json"
SYLLABLES = [consonant + vowel for consonant in "bdfgjkmnprstvz" for vowel in "aeiou"]


@dataclass(frozen=True, slots=True)
class Account:
    """A demo person with the new password; None if the password was not changed."""

    person: User
    password: str | None


class MissingAgenciesError(Exception):
    """Agencies of the demo people are missing. Nothing was stored."""

    def __init__(self, acronyms: Iterable[str]) -> None:
        super().__init__(", ".join(acronyms))


def load_demo_people(*, reset_passwords: bool = False) -> list[Account]:
    """Add the demo people who are missing, each with a new password, and leave the others as they are.

    With `reset_passwords` the others get a new password too. Stores all or nothing. Raises MissingAgenciesError.
    """
    accounts = []
    with transaction.atomic():
        rows = [row["fields"] for row in json.loads(FIXTURE.read_text(encoding="utf-8"))]
        agencies = _agencies(rows)
        known = {person.email: person for person in User.objects.filter(email__in=[row["email"] for row in rows])}
        for row in rows:
            person = known.get(row["email"])
            password = new_password() if person is None or reset_passwords else None
            if person is None:
                agency = agencies[row["agency"][0]] if row["agency"] else None
                person = User.objects.create_user(row["email"], password, **_details(row), agency=agency)
            elif password:
                person.set_password(password)
                person.save(update_fields=["password"])
            accounts.append(Account(person, password))
    return accounts


def new_password() -> str:
    """Return four random words that are easy to type, such as `tavo-kemi-runa-sipo`: 49 random bits."""
    return "-".join(secrets.choice(SYLLABLES) + secrets.choice(SYLLABLES) for _ in range(4))


def _agencies(rows: Iterable[Mapping[str, Any]]) -> dict[str, Agency]:
    """Return the agencies of the rows by acronym. One query. Raises MissingAgenciesError."""
    wanted = {row["agency"][0] for row in rows if row["agency"]}
    found = {agency.acronym: agency for agency in Agency.objects.filter(acronym__in=wanted)}
    if missing := sorted(wanted - set(found)):
        raise MissingAgenciesError(missing)
    return found


def _details(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"email", "password", "agency"}}
