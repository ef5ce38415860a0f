"""Prepare a person's inbox: the own parts that wait for the person, those that wait for colleagues, and those that are up to date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import islice

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import rules
from actions.action_points.box import Box
from actions.models import ActionPoint, ActionStatus, Milestone, ProgressDraft, ProgressUpdate, Responsibility
from actions.note.reviews import NoteReview, waiting_reviews
from actions.own import OwnPart, read_own
from actions.reminders.content import last_updates
from actions.reminders.models.entry import LastUpdate
from actions.reminders.waiting import Asked, Digests, read_digests
from actions.reports import parents_of, report_of
from actions.rows import ActionPointRow, PartRow, rows_of
from actions.summaries import covers
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.people.time_zones import zone_named

MAX_ROWS = 100
"""The most parts of one's own that are shown; the list has all of them."""

MAX_MILESTONES = 3
"""The most milestones that are shown beside a box."""

Drafts = dict[int, list[ProgressDraft]]
"""Drafts by the id of their action point."""


_Own = tuple[OwnPart, Asked, ProgressUpdate | None]
"""One of the person's own parts, what is asked about it, and the person's own update of today."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One of the person's own parts, as displayed."""

    action_point: ActionPointRow
    part: PartRow
    asked: tuple[str, ...]
    """What the digest would list about it today, in words; empty if it lists nothing."""
    last: LastUpdate | None
    published: ProgressUpdate | None
    """The person's own update of today, unless another one is asked for all the same."""
    drafts: Sequence[ProgressDraft]
    """The person's drafts on the action point, if this is the first row of it."""
    through: str
    """The acronym of the lead agency, if the part belongs to the person only because of that agency."""

    @property
    def is_waiting(self) -> bool:
        """Return whether it waits for the person. What the person reported today waits no longer, whatever is left to be done."""
        return bool(self.asked) and not self.published

    @property
    def last_reported(self) -> PartialDate | None:
        return PartialDate.parse(self.last["reported"]) if self.last else None


@dataclass(frozen=True)
class Inbox:
    rows: list[InboxRow]
    """All of them, the newest agenda first, then by reference."""
    next_mail: date | None
    """The day of the next digest that lists anything, if nothing waits now."""
    is_cut: bool
    """Whether there are more than are shown."""
    reviews: Sequence[NoteReview] = ()
    """The notes that wait for the person's review."""

    @cached_property
    def left(self) -> list[InboxRow]:
        """Return the rows that still wait."""
        return [row for row in self.rows if row.is_waiting]

    @property
    def count_left(self) -> int:
        """Return how many rows and reviews wait."""
        return len(self.left) + len(self.reviews)

    @cached_property
    def done(self) -> list[InboxRow]:
        """Return the rows that the person reported on today."""
        return [row for row in self.rows if row.published]

    @cached_property
    def waiting(self) -> list[InboxRow]:
        """Return what still waits, and in its place what the person reported on today. Empty if nothing waits any more."""
        return [row for row in self.rows if row.is_waiting or row.published] if self.count_left else []

    @cached_property
    def with_others(self) -> list[InboxRow]:
        """Return the rows whose update is due from somebody else."""
        return [row for row in self._not_waiting if row.part.due_since]

    @cached_property
    def up_to_date(self) -> list[InboxRow]:
        return [row for row in self._not_waiting if not row.part.due_since]

    @cached_property
    def _not_waiting(self) -> list[InboxRow]:
        return [row for row in self.rows if not row.is_waiting and not (row.published and self.count_left)]

    @cached_property
    def next_by(self) -> date | None:
        """Return the day by which the next update is due."""
        return min((row.part.next_update_by for row in self.up_to_date if row.part.next_update_by), default=None)

    @cached_property
    def next_rows(self) -> list[InboxRow]:
        """Return the rows whose update is due by that day."""
        return [row for row in self.up_to_date if row.part.next_update_by and row.part.next_update_by == self.next_by]

    def after(self, part: int) -> InboxRow | None:
        """Return the next row that waits after that part's, from the beginning after the last one."""
        pks = [row.part.pk for row in self.rows]
        start = pks.index(part) + 1 if part in pks else 0
        return next((row for row in [*self.rows[start:], *self.rows[:start]] if row.is_waiting), None)


def read_inbox(user: User, now: datetime, drafts: Drafts) -> Inbox:
    """Return the person's inbox, and take the drafts on its action points out of `drafts`.

    At most 26 queries, and those of each note that waits for review.
    """
    today = now.astimezone(zone_named(user.time_zone)).date()
    published = _published_on(user, today)
    also = {update.action_point_id for update in published}
    digests = read_digests(user)
    own = [
        (each, digests.asked(each.state, each.part, now), _covering(each, published))
        for each in read_own(user, today, also)
    ]
    own = [
        (each, asked, update)
        for each, asked, update in own
        if rules.is_going_on(each.part) or update  # a part that was completed today stays
    ]
    first = sorted(own, key=lambda row: not (row[1] or row[2]))[:MAX_ROWS]
    rows = _rows(user, _in_order(first), drafts, today)
    inbox = Inbox(rows, None, len(own) > MAX_ROWS, waiting_reviews(user, today))
    if inbox.count_left or not rows:
        return inbox
    return replace(inbox, next_mail=_next_mail(digests, own, now))


def _next_mail(digests: Digests, own: Iterable[_Own], now: datetime) -> date | None:
    return digests.next_day([(each.state, each.part) for each, _asked, _update in own], now)


def _in_order(own: Iterable[_Own]) -> list[_Own]:
    """Return them in the order of a mail: the newest agenda first, then by reference."""
    by_reference = sorted(own, key=lambda row: row[0].state.place)
    return sorted(by_reference, key=lambda row: row[0].state.agenda.slug, reverse=True)


def _published_on(user: User, today: date) -> list[ProgressUpdate]:
    """Return the person's updates of that day that count, the latest first. Up to three queries."""
    start = datetime.combine(today, datetime.min.time(), tzinfo=zone_named(user.time_zone))
    updates = ProgressUpdate.objects.current().filter(author=user, recorded_at__gte=start)
    return list(updates.with_context().select_related("action_point__issue__agenda").order_by("-recorded_at", "-pk"))


def _covering(own: OwnPart, updates: Iterable[ProgressUpdate]) -> ProgressUpdate | None:
    """Return the first of these updates that covers the part."""
    return next(
        (
            update
            for update in updates
            if update.action_point_id == own.state.pk
            and covers(report_of(update), own.part.agency, parents_of([update]))
        ),
        None,
    )


def _rows(
    user: User,
    own: Sequence[_Own],
    drafts: Drafts,
    today: date,
) -> list[InboxRow]:
    """Return the rows in the same order. Nine queries, none without rows."""
    if not own:
        return []
    points = {row.pk: row for row in rows_of(list({each.state.pk: each.state for each, *_rest in own}.values()), today)}
    last = last_updates({(each.state.pk, each.part.agency) for each, *_rest in own}, user.pk)
    milestones = Milestone.objects.in_bulk([each.pk for _own, asked, _update in own for each in asked.milestones])
    rows = []
    for (state, part), asked, update in own:
        if point := points.get(state.pk):
            shown = point.parts[state.parts.index(part)]
            last_update = last.get((state.pk, part.agency))
            words = _in_words(asked, shown, last_update, milestones, today)
            through = shown.agency.acronym if shown.agency and user.pk not in part.persons else ""
            published = None if asked.report else update  # a report of long ago leaves an update due
            rows.append(InboxRow(point, shown, words, last_update, published, drafts.pop(state.pk, []), through))
    return rows


def _in_words(
    asked: Asked, part: PartRow, last: LastUpdate | None, milestones: Mapping[int, Milestone], today: date
) -> tuple[str, ...]:
    """Return what is asked about a part, in words. Several overdue milestones are counted."""
    report: tuple[str, ...] = (_question(part, last),) if asked.report else ()
    listed = [(milestones[each.pk], each.due_latest) for each in asked.milestones if each.pk in milestones]
    overdue = [each for each in listed if rules.is_past_due(each[1], today)]
    if len(overdue) > 1:
        listed = [each for each in listed if each not in overdue]
        report = *report, _overdue_words(len(overdue))
    return *report, *(_milestone_words(milestone, due_latest, today) for milestone, due_latest in listed)


def _overdue_words(count: int) -> str:
    return ngettext("%(count)s milestone is overdue", "%(count)s milestones are overdue", count) % {"count": count}


def _question(part: PartRow, last: LastUpdate | None) -> str:
    if part.due_since and part.status != ActionStatus.NO_PROGRESS:
        return _("Update due since %(day)s") % {"day": date_format(part.due_since)}
    reported = PartialDate.parse(last["reported"]) if last else part.last_reported
    return _("Answer: no progress (%(day)s)") % {"day": reported}


def _milestone_words(milestone: Milestone, due_latest: date | None, today: date) -> str:
    values = {"title": milestone.title, "due": milestone.when}
    if rules.is_past_due(due_latest, today):
        return _("Milestone overdue: %(title)s, %(due)s") % values
    return _("Milestone: %(title)s, %(due)s") % values


@dataclass(frozen=True, slots=True)
class OpenBox:
    """The box that is open in the inbox, and what is displayed beside it."""

    action_point: ActionPoint
    part: Responsibility
    box: Box
    milestones: Sequence[Milestone]

    @property
    def address(self) -> str:
        return reverse("inbox_box", args=[self.part.pk])


def milestones_of(action_point: ActionPoint, part: Responsibility) -> list[Milestone]:
    """Return the milestones of a part that are not done, the earliest first, at most MAX_MILESTONES. One query."""
    leads = {each.agency_id for each in action_point.parts}
    undone = action_point.milestones.undone().in_order()
    own = (each for each in undone if each.agency_id == part.agency_id or each.agency_id not in leads)
    return list(islice(own, MAX_MILESTONES))
