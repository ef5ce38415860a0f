"""Add to the entries of digests what the mails say in words: titles, last updates and milestones."""

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import CharField, ExpressionWrapper, F
from django.db.models.functions import Substr

from actions.models import ActionPoint, Milestone, ProgressUpdate, ReportedStatus
from actions.reminders.models.entry import DigestEntry, EntryText, LastUpdate, MilestoneText
from actions.reports import agency_parents, read_reports
from actions.summaries import Report, latest_covering
from tracker.markdown import to_plain
from tracker.people.models import Agency

log = logging.getLogger(__name__)

MAX_IN_FULL = 25
"""Entries that a mail lists in full."""
MAX_TITLE = 160
MAX_TEXT = 200
"""Characters of the last update that a mail shows."""
_READ = 1000
"""Characters of an update that are read for this."""

_Reports = Mapping[int, list[Report]]
_PartKey = tuple[int, int | None]
"""The ids of an action point and of a lead agency."""


class _Update(NamedTuple):
    status: str
    reported: str
    agency: int | None
    author: int | None
    text: str
    language: str


def add_texts(digests: Iterable[tuple[int, list[DigestEntry]]]) -> None:
    """Add the texts to the first entries of each digest, up to MAX_IN_FULL. Takes pairs of recipient and entries. Eight queries at most."""
    in_full = [(person, entry) for person, entries in digests for entry in entries[:MAX_IN_FULL]]
    if not in_full:
        return
    points = {entry["action_point"] for _person, entry in in_full}
    titles = _titles(points)
    updates = _last_updates({(entry["action_point"], entry["agency"]) for _person, entry in in_full})
    milestones = _milestones({entry["milestone"] for _person, entry in in_full if entry["milestone"]})
    acronyms = dict(Agency.objects.order_by().values_list("pk", "acronym"))
    for person, entry in in_full:
        agenda, title = titles.get(entry["action_point"], ("", ""))
        text: EntryText = {
            "agenda": agenda,
            "title": title,
            "agency": acronyms.get(entry["agency"] or 0, ""),
            "others": [(acronyms.get(other["agency"], ""), other["reported"]) for other in entry["others"]],
            "last": None,
            "milestone": milestones.get(entry["milestone"] or 0),
        }
        if update := updates.get((entry["action_point"], entry["agency"])):
            text["last"] = _last(update, acronyms, person)
        entry["text"] = text


def last_updates(parts: Collection[_PartKey], person: int) -> dict[_PartKey, LastUpdate]:
    """Return the last update on each of these parts, as the person reads it. Five queries."""
    acronyms = dict(Agency.objects.order_by().values_list("pk", "acronym"))
    return {part: _last(update, acronyms, person) for part, update in _last_updates(parts).items()}


def shorten(text: str, limit: int) -> str:
    """Return the text on one line, cut to that many characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _titles(points: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the titles of agenda and action point, by the id of the action point. One query."""
    rows: Any = ActionPoint.objects.filter(pk__in=points).order_by()
    return {
        pk: (shorten(agenda, MAX_TITLE), shorten(title, MAX_TITLE))
        for pk, agenda, title in rows.values_list("pk", "issue__agenda__title", "title")
    }


def _last_updates(parts: Collection[_PartKey]) -> dict[_PartKey, _Update]:
    """Return the last update on each of these parts. Four queries; more if one cannot be read, which is left out."""
    try:
        return _read_last_updates(parts)
    except (ValueError, TypeError, OverflowError) as error:
        if len(parts) == 1:
            log.error(
                "Left out of digests: the last update on action point %s (%s)",
                next(iter(parts))[0],
                type(error).__name__,
            )
            return {}
    ordered = sorted(parts, key=str)
    middle = len(ordered) // 2
    return _last_updates(ordered[:middle]) | _last_updates(ordered[middle:])


def _read_last_updates(parts: Collection[_PartKey]) -> dict[_PartKey, _Update]:
    points = {point for point, _agency in parts}
    updates = ProgressUpdate.objects.current().filter(action_point__in=points)
    reports, parents = read_reports(updates), agency_parents()
    latest = {part: report for part in parts if (report := latest_covering(reports.get(part[0], []), part[1], parents))}
    texts = _update_texts(updates, {(point, report.number) for (point, _agency), report in latest.items()})
    return {
        part: _Update(report.status, report.reported_on.text, report.agency, *texts[part[0], report.number])
        for part, report in latest.items()
        if (part[0], report.number) in texts
    }


def _update_texts(updates: Any, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], tuple[int | None, str, str]]:
    """Return the author, the beginning of the text and its language, by action point and number of the update. One query."""
    numbers = {number for _point, number in wanted}
    rows = updates.filter(number__in=numbers).annotate(
        beginning=Substr("narrative", 1, _READ), because=Substr("reason", 1, _READ)
    )
    columns = ("action_point_id", "number", "author_id", "status", "beginning", "because", "language")
    return {
        (point, number): (author, because if status == ReportedStatus.NO_PROGRESS else to_plain(beginning), language)
        for point, number, author, status, beginning, because, language in rows.order_by().values_list(*columns)
        if (point, number) in wanted
    }


def _last(update: _Update, acronyms: Mapping[int, str], person: int) -> LastUpdate:
    return {
        "status": update.status,
        "reported": update.reported,
        "agency": acronyms.get(update.agency or 0, ""),
        "by_recipient": update.author == person,
        "text": shorten(update.text, MAX_TEXT),
        "language": update.language,
    }


def _milestones(pks: Iterable[int]) -> dict[int, MilestoneText]:
    """Return title with place, and due date, by id. One query; dates are read as text, since one may be faulty."""
    rows: Any = Milestone.objects.filter(pk__in=pks).order_by()
    rows = rows.annotate(due_text=ExpressionWrapper(F("due"), CharField())).values_list(
        "pk", "title", "place", "due_text"
    )
    found: dict[int, MilestoneText] = {}
    for pk, title, place, due in rows:
        in_full = Milestone(title=title, place=place).in_full
        found[pk] = {"pk": pk, "title": shorten(in_full, MAX_TITLE), "due": due}
    return found
