"""Select the action points that each person's digest lists. Reads only; three queries for a batch of recipients."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
from actions.reminders.entries import Fault, read_entries
from actions.reminders.models.declined_responsibility import DeclinedResponsibility
from actions.reminders.models.entry import DigestEntry
from actions.reminders.models.reminder_count import answered
from actions.reminders.periods import DigestRules
from actions.reminders.recipients import accepting_digests
from issues.models import Agenda
from tracker.people.models import Role, User

BATCH = 1000

Entries = Mapping[int, list[DigestEntry]]
"""The entries of each person's digest, by id of the person."""

_COLUMNS = (
    *("pk", "issue__number", "number", "title", "status", "last_reported_day", "no_progress_streak"),
    *("last_reported_text", "assigned", "led", "reminded"),
    *("milestone_id", "milestone_title", "milestone_due", "milestone_repeats"),
)
"""Partial dates are read as text: one that cannot be parsed is then a fault of its row alone."""

_Assigned: Any = None
_Led: Any = None


def select_entries(
    recipients: QuerySet[User], agenda: Agenda, rules: DigestRules, batch: int = BATCH, faults: set[Fault] | None = None
) -> Iterator[Entries]:
    """Iterate over the entries of the recipients' digests, a batch of people at a time. People without entries are left out.

    Focal points get what is assigned to them, and what their agencies lead if nobody assigned to it accepts digests or it is escalated.
    Coordinators get what is assigned to them, what nobody who accepts digests is responsible for, and what is escalated twice. Three
    queries for each batch.

    A row that cannot be read is left out, logged once and added to `faults`.
    """
    faults = set() if faults is None else faults
    candidates = _candidates(agenda, rules)
    last, more = 0, True
    while more and (roles := dict(recipients.filter(pk__gt=last).order_by("pk").values_list("pk", "role")[:batch])):
        last, more = max(roles), len(roles) == batch
        if entries := _of_batch(roles, agenda, candidates, rules, faults):
            yield entries


def _candidates(agenda: Agenda, rules: DigestRules) -> QuerySet[Any]:
    """The open action points, in order, with a row for each milestone that is not done. No query."""
    today = rules.today
    recipients = accepting_digests(today)
    leading = recipients.filter(
        Q(agency=OuterRef("agency")) | Q(agency=OuterRef("agency__parent")), role=Role.FOCAL_POINT
    )
    points = ActionPoint.objects.filter(issue__agenda=agenda, **({"pk": rules.only} if rules.only else {}))
    return (
        points.open()
        .exclude(snoozed_until__gt=today)
        .annotate(
            open_milestone=FilteredRelation("milestones", condition=Q(milestones__done_on=None)),
            assigned=Exists(
                _Assigned.objects.filter(Exists(recipients.filter(pk=OuterRef("user"))), actionpoint=OuterRef("pk"))
            ),
            led=Exists(_Led.objects.filter(Exists(leading), actionpoint=OuterRef("pk"))),
            reminded=_reminded(rules),
            last_reported_text=ExpressionWrapper(F("last_reported"), output_field=CharField()),
            milestone_id=F("open_milestone__id"),
            milestone_title=F("open_milestone__title"),
            milestone_due=ExpressionWrapper(F("open_milestone__due"), output_field=CharField()),
            milestone_repeats=F("open_milestone__repeats_every_months"),
        )
        .order_by("issue__number", "number", "open_milestone__due_earliest", "open_milestone__id")
        .values_list(*_COLUMNS, named=True)
    )


def _reminded(rules: DigestRules) -> Case:
    """The number of reminders without an answer before those of the period."""
    count = Coalesce("reminder_count__count", Value(0))
    own = [When(reminder_count__period_start=rules.period_start, then=count - 1)] if rules.period_start else []
    return Case(When(answered("pk", "reminder_count__"), then=0), *own, default=count, output_field=IntegerField())


def _of_batch(
    roles: Mapping[int, str], agenda: Agenda, candidates: QuerySet[Any], rules: DigestRules, faults: set[Fault]
) -> Entries:
    owners: dict[int, dict[int, bool]] = defaultdict(dict)
    for person, point, assigned in _ownership(roles, agenda, rules.only):
        owners[point][person] = assigned or owners[point].get(person, False)
    coordinators = sorted(person for person, role in roles.items() if role == Role.COORDINATOR)
    wanted = Q(pk__in=list(owners))
    if coordinators:
        wanted |= Q(assigned=False, led=False)
        if rules.escalate_after:
            wanted |= Q(reminded__gte=2 * rules.escalate_after)
    entries: dict[int, list[DigestEntry]] = defaultdict(list)
    for point, entry in read_entries(candidates.filter(wanted), agenda, rules, faults):
        escalations = point.reminded // rules.escalate_after if rules.escalate_after else 0
        for person, assigned in sorted(owners[point.pk].items()):
            if assigned or not point.assigned or escalations:
                entries[person].append(entry | {"escalated": point.assigned and not assigned})
        for person in coordinators:
            if person not in owners[point.pk]:
                if not point.assigned and not point.led:
                    entries[person].append(entry | {"unanswered": True})
                elif escalations > 1:
                    entries[person].append(entry | {"escalated": True})
    return dict(entries)


def _ownership(roles: Mapping[int, str], agenda: Agenda, only: int | None) -> Iterable[tuple[int, int, bool]]:
    """Person, action point, and whether it is assigned to the person; otherwise the focal point's agency leads it, or an agency below.
    Without what the person has declined. One query.
    """
    among: dict[str, Any] = {"actionpoint": only} if only else {"actionpoint__issue__agenda": agenda}
    focal_points = [person for person, role in roles.items() if role == Role.FOCAL_POINT]
    declined = DeclinedResponsibility.objects.unresolved().filter(
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
        .filter(~Exists(declined), person__in=people)
        .values_list("person", "actionpoint_id", "own")
        for through, path, people, assigned in sources
    )
    return first.union(*others)
