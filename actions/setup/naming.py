"""Find the agencies that a text names: those of the directory, and those that it lacks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from actions.setup.known_agencies import ACRONYMS, KNOWN, UN
from tracker.enumerations import COMMAS
from tracker.folding import fold
from tracker.people.models import Agency

MAX_NAME_LENGTH = 80
_SEPARATOR = re.compile(rf"\s*(?:[{COMMAS}/&+]|\b(?:and|et|y|и|with)\b|\sو)\s*", re.IGNORECASE)
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z0-9]*(?:-[A-Z][A-Za-z0-9]*)*\b")
_IN_BRACKETS = re.compile(r"\(([^()]{2,90})\)")
_ORGANISATION = re.compile(
    r"\b(?:agency|organi[sz]ation|office|programme|program|fund|network|division|department|commission|committee|council|institute|bank|"
    r"union|college|centre|center|secretariat|service|board|bureau|authority|federation|university|forum|alliance|association|group)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = {"of", "the", "for", "and", "on", "in", "to", "de", "des", "du", "la", "le", "los", "el", "y", "et"}


@dataclass(frozen=True, slots=True)
class UnknownAgency:
    """An agency that the text names and the directory lacks."""

    acronym: str
    name: str
    """Its name in full, as far as the text or the list of known agencies says; otherwise the acronym."""
    kind: str = UN
    typed: str = ""
    """As the text has it."""

    @property
    def key(self) -> str:
        return fold(self.acronym)


@dataclass(slots=True)
class Directory:
    """The agencies of the tracker, by acronym and by name."""

    agencies: list[Agency]
    unknown: dict[str, UnknownAgency] = field(default_factory=dict)
    """Those that texts named and the directory lacks, by folded acronym."""
    by_name: dict[str, Agency] = field(init=False)
    _acronyms: dict[str, Agency] = field(init=False)
    _names: "re.Pattern[str] | None" = field(init=False)

    def __post_init__(self) -> None:
        self.by_name = {fold(agency.acronym): agency for agency in self.agencies}
        names = {_bare(agency.name): agency for agency in self.agencies if len(agency.name) > 3}
        # People leave out "UN": the Global Compact Office.
        names |= {short: agency for name, agency in names.items() if len(short := name.removeprefix("un ")) > 12}
        self.by_name = names | self.by_name
        self._acronyms = {
            agency.acronym: agency for agency in self.agencies if agency.acronym.upper() == agency.acronym
        }
        longest_first = sorted(names, key=len, reverse=True)
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)") if names else None

    def find(self, typed: str) -> Agency | None:
        """Return the agency with this acronym or name."""
        bare = _bare(typed)
        return self.by_name.get(bare) or self.by_name.get(bare.removeprefix("un ").strip())

    def named_in(self, text: str) -> list[Agency]:
        """Return the agencies that a text names, in its order, each once."""
        found: list[tuple[int, Agency]] = []
        for match in _ACRONYM.finditer(text):
            if agency := self._acronyms.get(match[0]):
                found.append((match.start(), agency))
        if self._names:
            folded = fold(text)
            found += [(match.start(), self.by_name[match[0]]) for match in self._names.finditer(folded)]
        return list({agency.pk: agency for _place, agency in sorted(found, key=lambda pair: pair[0])}.values())

    def leading(self, text: str) -> list[Agency]:
        """Return the agencies with which a text begins: "UNDP and UNSSC have ..." names two."""
        head = text[:200].removeprefix("The ").removeprefix("the ")
        found: list[Agency] = []
        while True:
            words = re.match(r"[\w&.-]+", head)
            agency = self._acronyms.get(words[0].removesuffix(".")) if words else None
            length = len(words[0]) if words else 0
            if not agency and self._names and len(fold(head)) == len(head) and (match := self._names.match(fold(head))):
                agency, length = self.by_name[match[0]], match.end()
            if not agency:
                return found
            found += [agency] if agency not in found else []
            rest = re.match(r"(?:['’]s\b)?\s?(?:\([^()]{0,90}\))?\s*(?:,|and|/|&)\s*(?:the |The )?", head[length:])
            if not rest:
                return found
            head = head[length + rest.end() :]

    def note_unknown(self, typed: str) -> UnknownAgency | None:
        """Note an agency that a text names in a place of its own, as a lead or in brackets. None if it cannot be one."""
        typed = " ".join(typed.split()).strip(" .")
        if not typed or len(typed) > MAX_NAME_LENGTH or self.find(typed):
            return None
        acronym = typed if _is_acronym(typed) else ACRONYMS.get(typed.casefold()) or _initials(typed)
        if not acronym:
            return None
        name, kind = KNOWN.get(acronym, (typed, UN))
        return self.unknown.setdefault(fold(acronym), UnknownAgency(acronym, name, kind, typed))

    def note_unknown_in(self, text: str) -> Iterable[UnknownAgency]:
        """Note well-known agencies and those whose name and acronym the text has side by side; return them."""
        noted: list[UnknownAgency] = []
        for match in _ACRONYM.finditer(text):
            if match[0] in KNOWN and match[0] not in ("GA", "ITC") and not self.find(match[0]):
                noted.append(self._note(match[0], *KNOWN[match[0]]))
        for match in _IN_BRACKETS.finditer(text):
            before = text[max(0, match.start() - MAX_NAME_LENGTH) : match.start()].rstrip()
            inside = match[1].strip()
            pair = (inside, _expansion(inside, before)) if _is_acronym(inside) else (_last_word(before), inside)
            if (
                _is_acronym(pair[0])
                and _ORGANISATION.search(pair[1])
                and not self.find(pair[0])
                and not self.find(pair[1])
            ):
                noted.append(self._note(pair[0], pair[1], UN))
        return noted

    def _note(self, acronym: str, name: str, kind: str) -> UnknownAgency:
        agency = UnknownAgency(acronym, name, kind, acronym)
        known = self.unknown.get(agency.key)
        if known is None or known.name == known.acronym:
            self.unknown[agency.key] = agency
        return self.unknown[agency.key]


def split_names(text: str) -> list[str]:
    """Return the names in an enumeration of agencies."""
    return [name for part in _SEPARATOR.split(text) if (name := part.strip(" .").removeprefix("the ").strip())]


def _bare(name: str) -> str:
    return " ".join(fold(name).removeprefix("the ").replace("united nations", "un").split())


def _is_acronym(text: str) -> bool:
    capitals = sum(sign.isupper() for sign in text)
    return 2 <= len(text) <= 20 and capitals >= 2 and bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9&.-]*", text))


def _initials(name: str) -> str:
    """Return an acronym for a name in full: its capitals, if it is written as a name."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", name) if word.lower() not in _SMALL_WORDS]
    if not 2 <= len(words) <= 10 or not all(word[0].isupper() for word in words):
        return ""
    letters = "".join(word[0] for word in words)
    return letters if letters.isascii() and len(words) > 1 else ""


def _last_word(text: str) -> str:
    return text.rsplit(" ", 1)[-1].strip(" ,;:“\"'") if text else ""


def _expansion(acronym: str, before: str) -> str:
    """Return the words before the bracket whose initials are the acronym: "... Network of Facilities Managers (INFM)"."""
    words = before.split(" ")
    for start in range(len(words) - 1, max(-1, len(words) - 12), -1):
        if words[start][:1].isupper() and words[start][0] == acronym[0]:
            name = " ".join(words[start:]).strip(' ,;:“"')
            initials = "".join(part[0] for part in re.split(r"[ -]", name) if part and part[0].isupper())
            if initials == "".join(sign for sign in acronym if sign.isupper()):
                return name
    return ""


def expands(acronym: str, before: str) -> bool:
    """Return whether a bracket only gives the acronym of the words before it."""
    return bool(_expansion(acronym, before)) or bool(_ORGANISATION.search(before[-30:]) and _is_acronym(acronym))
