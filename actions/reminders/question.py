"""What an answer page asks: the question about a part, the last update and the milestones, and what else waits for the person."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from actions import rules
from actions.as_of import AsOf
from actions.models import Milestone, ProgressUpdate, ReportedStatus
from actions.reader import state_of
from actions.reminders.content import MAX_TEXT, shorten
from actions.reminders.email import display_date, reasons_of, reference_of
from actions.reminders.links import AnswerLink, Purpose, answer_path
from actions.reminders.models.entry import Kind
from actions.reminders.sending import entries_now
from tracker.dates.value import PartialDate
from tracker.markdown import to_plain

MAX_MILESTONES = 3


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The last update on the part."""

    agency: str
    """Its acronym; empty without one."""
    reported: str
    status: ReportedStatus
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class OpenDate:
    """A milestone of the part that is not done."""

    title: str
    due: PartialDate
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Question:
    heading: str
    agency: str
    """The acronym of the agency whose part it is; empty without a lead."""
    last: LastAnswer | None
    milestones: list[OpenDate]


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """Another part of the same digest that waits for an answer."""

    reference: str
    title: str
    agency: str
    """The acronym, if it is not the person's own agency."""
    reason: str
    path: str


def ask(link: AnswerLink, last: ProgressUpdate | None, today: date) -> Question:
    """Return the question of an answer page, with the last update on the part. About nine queries."""
    agency = link.part.agency if link.part else None
    reported = display_date(last.reported_on.text, get_language() or "") if last else ""
    return Question(
        heading=_heading(link.purpose, agency.acronym if agency else "", reported),
        agency=agency.acronym if agency else "",
        last=_last_answer(last, reported) if last else None,
        milestones=_milestones(link, today),
    )


def _last_answer(last: ProgressUpdate, reported: str) -> LastAnswer:
    text = last.reason or to_plain(last.narrative)
    agency = last.agency.acronym if last.agency else ""
    return LastAnswer(agency, reported, ReportedStatus(last.status), shorten(text, MAX_TEXT), last.language)


def others_waiting(link: AnswerLink, now: datetime) -> list[WaitingPart]:
    """Return the other parts of the link's digest that still wait, in its order, without those that the person has answered since. About 20
    queries.
    """
    this = link.action_point.pk, link.part.pk if link.part else None
    answered = _answered(link)
    own = link.person.agency.acronym if link.person.agency else ""
    return [
        WaitingPart(
            reference=reference_of(entry),
            title=entry["text"]["title"],
            agency="" if entry["text"]["agency"] == own else entry["text"]["agency"],
            reason=reasons_of(entry, get_language() or "")[0],
            path=answer_path(link.digest, entry["action_point"], entry["part"], Purpose.PROGRESS),
        )
        for entry in entries_now(link.digest, now)
        if entry["kind"] == Kind.REPORT
        and "text" in entry
        and (entry["action_point"], entry["part"]) != this
        and (entry["action_point"], entry["agency"]) not in answered
    ]


def _answered(link: AnswerLink) -> set[tuple[int, int | None]]:
    """Return the action points, each with the agency, that the person has reported on since the digest was made. One query."""
    since = link.digest.created_at
    updates = ProgressUpdate.objects.current().filter(author=link.person, recorded_at__gte=since)
    return set(updates.order_by().values_list("action_point_id", "agency_id"))


def _heading(purpose: Purpose, agency: str, since: str) -> str:
    values = {"agency": agency, "day": since}
    if purpose == Purpose.NOT_MINE:
        return _("Whose is it, if it is not yours?")
    if purpose == Purpose.PAUSE:
        return _("Until when should reminders about the part of %(agency)s pause?") % values
    if purpose == Purpose.NO_PROGRESS:
        return _("Why is there no progress at %(agency)s?") % values if agency else _("Why is there no progress?")
    if not agency:
        return _("What has happened since %(day)s?") % values if since else _("What has happened so far?")
    return (
        _("What has %(agency)s done since %(day)s?") % values
        if since
        else _("What has %(agency)s done so far?") % values
    )


def _milestones(link: AnswerLink, today: date) -> list[OpenDate]:
    """Return the part's milestones that are not done, the earliest first. Eight queries."""
    state = state_of(link.action_point, AsOf(today))
    part_pk = link.part.pk if link.part else None
    part = next((each for each in state.parts if each.pk == part_pk), state.parts[0])
    own = [each for each in state.milestones if part in rules.parts_of_milestone(state, each)][:MAX_MILESTONES]
    rows = Milestone.objects.in_bulk([each.pk for each in own])
    return [
        OpenDate(rows[each.pk].in_full, rows[each.pk].due, rules.is_overdue(state, each, today))
        for each in own
        if each.pk in rows
    ]
