"""Who is due a digest, and which action points it tells of. Reads only; three queries a batch of recipients."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from actions.models import ActionPoint
from actions.models.action_point_queries import milestone_passed, shows_no_progress
from actions.models.milestone import next_turn
from actions.models.status import NoProgressReason, days_since, no_progress_reasons
from actions.reminders.models.declined_responsibility import Disclaimer
from actions.reminders.models.digest import Digest
from actions.reminders.models.entry import MILESTONE_AHEAD, Entry, EntryMilestone
from actions.reminders.models.reminder_count import answered
from actions.reminders.periods import Terms
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import DigestCeiling, Role, User

log = logging.getLogger(__name__)

BATCH = 1000

_TOLD = (
    *(
        "pk",
        "issue__number",
        "number",
        "title",
        "status",
        "last_reported_latest",
        "no_progress_streak",
    ),
    *("last_reported_text", "shows", "assigned", "led", "reminded"),
    *("milestone_id", "milestone_title", "milestone_due", "milestone_from", "milestone_repeats"),
)
"""What is read of each action point, rather than an instance: thousands are read for a round, and an instance costs twice as much.
Partial dates are read as text: one that cannot be parsed is then a fault of its row alone.
"""

_Assigned = ActionPoint.focal_points.through
_Led = ActionPoint.lead_agencies.through


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that digests leave out because it cannot be read: an action point or, if it is named, just that milestone of it."""

    action_point: int
    milestone: int | None = None


def wanting_digests(today: date) -> QuerySet[User]:
    """People who may be sent mail on that day."""
    return User.objects.active().filter(
        Q(digests_paused_until=None) | Q(digests_paused_until__lte=today), wants_digests=True
    )


def without_digest(agenda: Agenda, period_start: date) -> Any:
    """People who have no digest of that period yet, nor one so near before it that they want none."""
    of_person = Digest.objects.filter(recipient=OuterRef("pk"), agenda=agenda, asked_about=None)
    before = {
        DigestCeiling.FORTNIGHTLY: period_start - timedelta(days=13),
        DigestCeiling.MONTHLY: period_start.replace(day=1),
    }
    near = Q(period_start=period_start)
    for ceiling, since in before.items():
        told = ~Q(state=Digest.State.CANCELLED)
        near |= told & Q(recipient__digest_ceiling=ceiling, period_start__range=(since, period_start))
    return ~Exists(of_person.filter(near))


def due_entries(
    recipients: QuerySet[User], agenda: Agenda, terms: Terms, batch: int = BATCH, faults: set[Fault] | None = None
) -> Iterator[dict[int, list[Entry]]]:
    """What each of the recipients is to be told: lists of entries by id of the person, a batch at a time.

    Whoever has nothing to be told is left out. Focal points are told of what is assigned to them, and of what their agencies lead where
    nobody who gets digests is assigned or the silence has gone on; coordinators of what is assigned to them, of what nobody who gets
    digests answers for, and of the longest silences. Costs one query, and three for each batch.

    A row that cannot be read is left out, logged once and added to `faults`; everybody is told of the others.
    """
    faults = set() if faults is None else faults
    telling = _telling(agenda, terms)
    last, more = 0, True
    while more and (roles := dict(recipients.filter(pk__gt=last).order_by("pk").values_list("pk", "role")[:batch])):
        last, more = max(roles), len(roles) == batch
        if entries := _of_batch(roles, agenda, telling, terms, faults):
            yield entries


def _telling(agenda: Agenda, terms: Terms) -> QuerySet[Any]:
    """The action points that a digest may tell of, in order, a row for each milestone that it names with them. One query, for agendas."""
    today = terms.today
    reached = wanting_digests(today)
    leading = reached.filter(Q(agency=OuterRef("agency")) | Q(agency=OuterRef("agency__parent")), role=Role.FOCAL_POINT)
    named = milestone_passed(today, via="milestones__") | Q(milestones__repeats_every_months__isnull=False)
    for first, end in terms.announced:
        named |= Q(milestones__due_earliest__gte=first, milestones__due_earliest__lt=end)
    found = ActionPoint.objects.filter(issue__agenda=agenda, **({"pk": terms.only} if terms.only else {}))
    return (
        found.open()
        .exclude(snoozed_until__gt=today)
        .annotate(
            named=FilteredRelation("milestones", condition=Q(milestones__done_on=None) & named),
            shows=ExpressionWrapper(shows_no_progress(today), output_field=BooleanField()),
            assigned=Exists(
                _Assigned.objects.filter(Exists(reached.filter(pk=OuterRef("user"))), actionpoint=OuterRef("pk"))
            ),
            led=Exists(_Led.objects.filter(Exists(leading), actionpoint=OuterRef("pk"))),
            reminded=_reminded(terms),
            last_reported_text=ExpressionWrapper(F("last_reported"), output_field=CharField()),
            milestone_id=F("named__id"),
            milestone_title=F("named__title"),
            milestone_due=ExpressionWrapper(F("named__due"), output_field=CharField()),
            milestone_from=F("named__due_earliest"),
            milestone_repeats=F("named__repeats_every_months"),
        )
        .filter(Q(shows=True) | Q(milestone_from__isnull=False))
        .order_by("issue__number", "number", "named__due_earliest", "named__id")
        .values_list(*_TOLD, named=True)
    )


def _reminded(terms: Terms) -> Case:
    """How many reminders without an answer there were before those of the period."""
    count = Coalesce("reminder_count__count", Value(0))
    own = [When(reminder_count__period_start=terms.period_start, then=count - 1)] if terms.period_start else []
    return Case(When(answered("pk", "reminder_count__"), then=0), *own, default=count, output_field=IntegerField())


def _of_batch(
    roles: Mapping[int, str], agenda: Agenda, telling: QuerySet[Any], terms: Terms, faults: set[Fault]
) -> dict[int, list[Entry]]:
    owners: dict[int, dict[int, bool]] = defaultdict(dict)
    for person, point, assigned in _ownership(roles, agenda, terms.only):
        owners[point][person] = assigned or owners[point].get(person, False)
    coordinators = sorted(person for person, role in roles.items() if role == Role.COORDINATOR)
    wanted = Q(pk__in=list(owners))
    if coordinators:
        wanted |= Q(assigned=False, led=False)
        if terms.escalate_after:
            wanted |= Q(reminded__gte=2 * terms.escalate_after)
    found: dict[int, list[Entry]] = defaultdict(list)
    for point, told in _told(telling.filter(wanted), agenda, terms, faults):
        silence = point.reminded // terms.escalate_after if terms.escalate_after else 0
        for person, assigned in sorted(owners[point.pk].items()):
            if assigned or not point.assigned or silence:
                found[person].append(told | {"escalated": point.assigned and not assigned})
        for person in coordinators:
            if person not in owners[point.pk]:
                if not point.assigned and not point.led:
                    found[person].append(told | {"unanswered": True})
                elif silence > 1:
                    found[person].append(told | {"escalated": True})
    return dict(found)


def _told(telling: QuerySet[Any], agenda: Agenda, terms: Terms, faults: set[Fault]) -> Iterator[tuple[Any, Entry]]:
    """Each action point with its entry. Those without a reason to be told of are left out, and those that cannot be read."""
    for _pk, group in groupby(_rows(telling, faults), key=lambda row: row.pk):
        rows = list(group)
        try:
            told = _entry(rows, agenda, terms, faults)
        except Exception as error:
            _leave_out(Fault(rows[0].pk), error, faults)
            continue
        if told["reasons"]:
            yield rows[0], told


def _rows(telling: QuerySet[Any], faults: set[Fault]) -> Iterator[Any]:
    """The rows, in one query. If it fails, those of one action point after the other, without the ones that cannot be read."""
    try:
        yield from list(telling)
    except Exception:
        for pk in dict.fromkeys(telling.values_list("pk", flat=True)):
            try:
                yield from list(telling.filter(pk=pk))
            except Exception as error:
                _leave_out(Fault(pk), error, faults)


def _leave_out(fault: Fault, error: Exception, faults: set[Fault]) -> None:
    if fault not in faults:
        faults.add(fault)
        place = f"action point {fault.action_point}" + (f", milestone {fault.milestone}" if fault.milestone else "")
        log.error("Left out of digests: %s (%s)", place, type(error).__name__)


def _ownership(roles: Mapping[int, str], agenda: Agenda, only: int | None) -> Iterable[tuple[int, int, bool]]:
    """Person, action point, and whether it is assigned (or else led by the focal point's agency, or by a part of it), but for those who
    said that it is not theirs. One query.
    """
    among: dict[str, Any] = {"actionpoint": only} if only else {"actionpoint__issue__agenda": agenda}
    focal_points = [person for person, role in roles.items() if role == Role.FOCAL_POINT]
    disclaimed = Disclaimer.objects.standing().filter(
        person=OuterRef("person"), action_point=OuterRef("actionpoint_id")
    )
    sources: list[tuple[Any, str, list[int], bool]] = [
        (_Assigned, "user", list(roles), True),
        (_Led, "agency__people", focal_points, False),
        (_Led, "agency__parent__people", focal_points, False),
    ]
    first, *others = (
        through.objects.filter(**among)
        .annotate(person=F(path), own=Value(assigned, BooleanField()))
        .filter(~Exists(disclaimed), person__in=people)
        .values_list("person", "actionpoint_id", "own")
        for through, path, people, assigned in sources
    )
    return first.union(*others)


def _entry(rows: list[Any], agenda: Agenda, terms: Terms, faults: set[Fault]) -> Entry:
    """An action point as it is told of, from its rows: one for each milestone. Its reasons are empty if it is not to be told of now."""
    point = rows[0]
    milestones = _milestones(rows, terms, faults)
    days = days_since(point.last_reported_latest, terms.today)
    reasons = []
    if point.shows:
        late = any(milestone["passed"] for milestone in milestones)
        reasons = no_progress_reasons(point.status, days, agenda.silence_days, late=late)
    last_reported = PartialDate.parse(point.last_reported_text) if point.last_reported_text else None
    told = entry(point, agenda.slug, point.issue__number, days, last_reported, reasons, milestones)
    if any(not milestone["passed"] for milestone in milestones):
        told["reasons"].append(MILESTONE_AHEAD)
    return told


def _milestones(rows: list[Any], terms: Terms, faults: set[Fault]) -> list[EntryMilestone]:
    """Those that passed or are announced now, without those that cannot be read."""
    found = []
    for row in rows:
        try:
            milestone = _milestone(row, terms) if row.milestone_id else None
        except Exception as error:
            _leave_out(Fault(row.pk, row.milestone_id), error, faults)
            continue
        if milestone:
            found.append(milestone)
    return found


def _milestone(row: Any, terms: Terms) -> EntryMilestone | None:
    """None where it recurs and its next turn is not to be announced now. Raises ValueError if that turn does not exist."""
    due = PartialDate.parse(row.milestone_due)
    if row.milestone_repeats:
        turn = next_turn(due, row.milestone_repeats, terms.today, "earliest")
        if turn is None:
            raise ValueError("no next turn")
        due = turn
        if not any(first <= due.earliest < end for first, end in terms.announced):
            return None
    passed = not row.milestone_repeats and due.latest < terms.today
    return {
        "title": row.milestone_title,
        "due": due.text,
        "in_days": (due.earliest - terms.today).days,
        "passed": passed,
    }


def entry(
    point: Any,
    slug: str,
    issue: int,
    days_silent: int | None,
    last_reported: PartialDate | None,
    reasons: Iterable[NoProgressReason] = (),
    milestones: Iterable[EntryMilestone] = (),
) -> Entry:
    """An action point, or what was read of it, as a digest tells of it. `slug` is its agenda's, `issue` its issue's number. No query."""
    return {
        "action_point": point.pk,
        "slug": slug,
        "issue": issue,
        "number": point.number,
        "reference": f"{slug}/{issue}.{point.number}",
        "title": point.title,
        "status": point.status,
        "reasons": [reason.value for reason in reasons],
        "milestones": list(milestones),
        "days_silent": days_silent,
        "streak": point.no_progress_streak,
        "reminded": getattr(point, "reminded", 0),
        "last_reported": last_reported.text if last_reported else None,
        "unanswered": False,
    }
