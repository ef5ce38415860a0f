"""Read from the text of an update whose it is, when it happened and its status, as far as the text says."""

import re
from dataclasses import dataclass, field
from datetime import date

from actions.models import ReportedStatus
from actions.setup.known_agencies import KNOWN
from actions.setup.lines import plain
from actions.setup.naming import Directory, UnknownAgency, expands, split_names
from actions.setup.wording import Look, label_length, look_of, looks_ahead, says_exploring, says_no_progress
from tracker.dates.parsing import parse_typed
from tracker.dates.parts import Modifier, PartialDateError
from tracker.dates.value import PartialDate
from tracker.enumerations import split_at_commas
from tracker.folding import fold
from tracker.people.models import Agency

MAX_ATTRIBUTED = 120
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(
    rf"\b(?:(?:[0-9]{{1,2}} )?{_MONTH} [0-9]{{4}}|{_MONTH} [0-9]{{1,2}}, [0-9]{{4}}"
    rf"|(?:in )?(?:early|mid|late|spring|summer|autumn|fall)[ -](?:of )?(?:{_MONTH} )?[0-9]{{4}}"
    r"|in [12][0-9]{3}|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)(?![0-9])"
)


@dataclass(slots=True)
class Facts:
    """What the text of an update says about it."""

    text: str
    agencies: list[Agency] = field(default_factory=list)
    """The agency whose update it is, then those that take part."""
    unknown: list[UnknownAgency] = field(default_factory=list)
    attributed_to: str = ""
    happened: PartialDate | None = None
    reported: PartialDate | None = None
    """The date with which the text names the source: "(UNDP, March 2006)"."""
    status: str = ReportedStatus.UNDER_WAY
    is_attributed: bool = False
    """Whether the text names its source, so that it can only be an update."""


def read_facts(text: str, directory: Directory, today: date) -> Facts:
    """Read an update. What it does not say stays empty: nothing is inferred from other updates."""
    length = label_length(fold(text[:40])) if fold(text[:40]).isascii() else 0
    facts = Facts(text[length:].strip(), is_attributed=bool(length))
    _read_source(facts, directory, today)
    if not facts.agencies and not facts.unknown and not facts.attributed_to:
        facts.agencies = directory.leading(facts.text)
    if not facts.happened:
        facts.happened = _date_in(facts.text, today)
    if says_no_progress(facts.text):
        facts.status = ReportedStatus.NO_PROGRESS
    elif says_exploring(facts.text):
        facts.status = ReportedStatus.EXPLORING
    return facts


def _read_source(facts: Facts, directory: Directory, today: date) -> None:
    """Read "(UNDP, March 2006)" at the end or the beginning, or "UNDP, March 2006: " at the beginning, and take it off the text."""
    for source, rest in _sources(facts.text):
        if rest and _take(source, facts, directory, today):
            facts.text = rest
            is_dated = facts.reported is not None and (
                bool(facts.agencies or facts.unknown) or look_of(rest) != Look.TASK
            )
            facts.is_attributed = facts.is_attributed or is_dated
            return


def _sources(text: str) -> list[tuple[str, str]]:
    """Return what may name the source of an update, each with the rest of the text."""
    found = []
    signs = plain(text)
    stripped = signs.rstrip(" .")
    for opening, closing in ("()", "[]"):
        start, end = stripped.rfind(opening), signs.find(closing)
        if stripped.endswith(closing) and start > 0 and len(stripped) - start < MAX_ATTRIBUTED:
            source, before = text[start + 1 : len(stripped) - 1], text[:start].strip()
            found += [] if expands(source, before) else [(source, before)]
        if signs.startswith(opening) and 0 < end < MAX_ATTRIBUTED:
            found.append((text[1:end], text[end + 1 :].lstrip(" :-–—").strip()))
    for separator in (": ", " – ", " — ", " - "):
        head, middle, _rest = text[: MAX_ATTRIBUTED + 200].partition(separator)
        if middle and len(head) < MAX_ATTRIBUTED:
            source = head.replace("(", ",").replace(")", "")
            found.append((source, text[len(head) + len(middle) :].strip()))
    return found


def _take(source: str, facts: Facts, directory: Directory, today: date) -> bool:
    """Store agencies and date of a source, if it consists of nothing else."""
    day, rest = _without_date(split_at_commas(source), today)
    names = [name for piece in rest for name in split_names(piece)]
    agencies = [agency for name in names if (agency := directory.find(name))]
    unknown = [name for name in names if not directory.find(name)]
    if not (agencies or unknown or day) or not all(_may_be_source(name, bool(day or agencies)) for name in unknown):
        return False
    noted = [new for name in unknown if (new := directory.note_unknown(name))]
    if len(noted) < len(unknown) and (agencies or noted):
        return False
    facts.agencies, facts.unknown = agencies, noted
    facts.attributed_to = "" if agencies or noted else ", ".join(rest)[:200]
    facts.reported = day if day and day.earliest <= today else None
    facts.happened = facts.reported
    return True


def _may_be_source(name: str, is_beside_others: bool) -> bool:
    """Return whether an unknown name can be a source: a well-known agency, or beside a date or another agency what looks like a name."""
    return name in KNOWN or (is_beside_others and name[:1].isupper() and len(name) < 60)


def _without_date(pieces: list[str], today: date) -> tuple[PartialDate | None, list[str]]:
    """Take the date out of the pieces of a source; it may have a comma of its own, as in "December 22, 2005"."""
    for length in (2, 1):
        for start in range(len(pieces) - length + 1):
            text = ", ".join(pieces[start : start + length])
            if any(sign.isdecimal() for sign in text) and (day := _parse(text, today)):
                return day, pieces[:start] + pieces[start + length :]
    return None, pieces


def _date_in(text: str, today: date) -> PartialDate | None:
    """Return the date in a sentence, if it has exactly one and speaks of the past; None otherwise."""
    matches = list(_DATE.finditer(text))
    if len(matches) != 1 or looks_ahead(text[max(0, matches[0].start() - 60) : matches[0].start()]):
        return None
    day = _parse(matches[0][0].removeprefix("in "), today)
    return day if day and day.earliest <= today else None


def _parse(text: str, today: date) -> PartialDate | None:
    """Return the date that a text consists of; None if it is none, or is a deadline."""
    try:
        day = parse_typed(text, today=today)
    except PartialDateError:
        return None
    return None if day.modifier in (Modifier.BY, Modifier.BEFORE) else day
