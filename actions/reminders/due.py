"""Who is due a digest, and which action points it tells of. Reads only; four queries a batch of recipients."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from actions.models import ActionPoint, ActionPointQuerySet, Milestone
from actions.models.action_point import milestone_passed
from actions.models.status import NoProgressReason
from actions.reminders.models.digest import Digest, Entry
from actions.reminders.models.disclaimer import Disclaimer
from issues.models import Agenda
from tracker.people.models import Role, User

BATCH = 1000

_Assigned = ActionPoint.focal_points.through
_Led = ActionPoint.lead_agencies.through


def wanting_digests(today: date) -> QuerySet[User]:
    """People who may be sent mail on that day."""
    return User.objects.active().filter(
        Q(digests_paused_until=None) | Q(digests_paused_until__lte=today), wants_digests=True
    )


def without_digest(agenda: Agenda, period_start: date) -> Any:
    """People who have no digest of that period yet."""
    return ~Exists(Digest.objects.filter(recipient=OuterRef("pk"), agenda=agenda, period_start=period_start))


def due_entries(
    recipients: QuerySet[User], agenda: Agenda, today: date, batch: int = BATCH
) -> Iterator[dict[int, list[Entry]]]:
    """What each of the recipients is to be told on that day: lists of entries by id of the person, a batch at a time.

    Whoever has nothing that shows no progress is left out. Focal points are told of what they or their agencies answer for, coordinators of
    what is assigned to them and of what nobody in the network answers for. Costs two queries, and four for each batch.
    """
    showing = ActionPoint.objects.filter(issue__agenda=agenda).showing_no_progress(today)
    last, more = 0, True
    while more and (roles := dict(recipients.filter(pk__gt=last).order_by("pk").values_list("pk", "role")[:batch])):
        last, more = max(roles), len(roles) == batch
        if entries := _of_batch(roles, agenda, showing, today):
            yield entries


def _of_batch(
    roles: dict[int, str], agenda: Agenda, showing: ActionPointQuerySet, today: date
) -> dict[int, list[Entry]]:
    owned = defaultdict(set)
    not_theirs = set(
        Disclaimer.objects.standing().filter(person__in=list(roles)).values_list("person_id", "action_point_id")
    )
    for person, point in _ownership(list(roles), agenda):
        if (person, point) not in not_theirs:
            owned[person].add(point)
    coordinators = {person for person, role in roles.items() if role == Role.COORDINATOR}
    wanted = Q(pk__in=set().union(*owned.values())) | (Q(nobody=True) if coordinators else Q())
    points: Any = (
        showing.in_order()
        .alias(assigned=_assigned_to_somebody(), led=_led_by_somebody())
        .annotate(
            nobody=ExpressionWrapper(Q(assigned=False, led=False), output_field=BooleanField()),
            late=Exists(Milestone.objects.filter(milestone_passed(today), action_point=OuterRef("pk"))),
        )
        .filter(wanted)
        .select_related("issue__agenda")
    )
    entries: dict[int, list[Entry]] = defaultdict(list)
    owners = defaultdict(set)
    for person, ids in owned.items():
        for point_id in ids:
            owners[point_id].add(person)
    for point in points:
        reasons = point.no_progress_reasons(today, late=point.late)
        for person in sorted(owners[point.pk]):
            entries[person].append(entry(point, today, reasons))
        if point.nobody:
            for person in sorted(coordinators - owners[point.pk]):
                entries[person].append(entry(point, today, reasons, unanswered=True))
    return dict(entries)


def _ownership(people: list[int], agenda: Agenda) -> QuerySet[Any, tuple[int, int]]:
    """Pairs of person and action point: assigned, led by the focal point's agency, or by a part of it. One query."""
    among = {"actionpoint__issue__agenda": agenda}
    assigned = _Assigned.objects.filter(user__in=people, **among).values_list("user_id", "actionpoint_id")
    return assigned.union(
        *(
            _Led.objects.filter(**{f"{path}__in": people, f"{path}__role": Role.FOCAL_POINT}, **among).values_list(
                path, "actionpoint_id"
            )
            for path in ("agency__people", "agency__parent__people")
        )
    )


def _assigned_to_somebody() -> Exists:
    return Exists(_Assigned.objects.filter(actionpoint=OuterRef("pk"), user__is_active=True))


def _led_by_somebody() -> Exists:
    """Whether an agency leads it that has an active focal point, itself or above it."""
    people = User.objects.active().focal_points()
    return Exists(
        _Led.objects.filter(
            Q(agency__people__in=people) | Q(agency__parent__people__in=people), actionpoint=OuterRef("pk")
        )
    )


def entry(
    point: ActionPoint, today: date, reasons: Sequence[NoProgressReason] = (), *, unanswered: bool = False
) -> Entry:
    """An action point as a digest tells of it. Needs issue and agenda loaded."""
    return {
        "action_point": point.pk,
        "slug": point.issue.agenda.slug,
        "issue": point.issue.number,
        "number": point.number,
        "reference": point.reference,
        "title": point.title,
        "status": point.status,
        "reasons": [str(reason.value) for reason in reasons],
        "days_silent": point.days_silent(today),
        "streak": point.no_progress_streak,
        "last_reported": point.last_reported.text if point.last_reported else None,
        "unanswered": unanswered,
    }
