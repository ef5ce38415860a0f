"""Describe the agencies that the note names, with the focal points to contact."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class NoteAgency:
    """An agency of the directory."""

    acronym: str
    name: str
    contacts: tuple[Contact, ...]

    @property
    def label(self) -> str:
        return self.acronym if self.name == self.acronym else f"{self.acronym} · {self.name}"
