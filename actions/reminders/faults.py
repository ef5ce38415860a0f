"""Describe what digests leave out because something in it is wrong, for coordinators and admins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.models import ActionPoint, Milestone
from actions.reminders.models import ReminderSchedule
from actions.reminders.periods import latest_period
from actions.reminders.reading import Fault, read_states

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An action point, or one of its milestones, that no digest lists, with where and how to correct it."""

    name: str
    address: str
    advice: str


@dataclass(frozen=True, slots=True)
class Faults:
    is_stopped: bool = False
    """The schedule cannot be planned at all: nobody is reminded of its agenda."""
    left_out: tuple[LeftOut, ...] = ()

    def __bool__(self) -> bool:
        return self.is_stopped or bool(self.left_out)


def faults_of(schedule: ReminderSchedule, now: datetime) -> Faults:
    """Find what the digests of a schedule leave out now, with the code that makes them. Needs its agenda. Ten queries."""
    faults: set[Fault] = set()
    try:
        if not latest_period(schedule.timing, UTC, now, since_ever=True):
            return Faults(is_stopped=True)
        read_states(schedule.agenda, now.date(), faults)
    except Exception:  # planning has logged it
        return Faults(is_stopped=True)
    return describe_faults(faults)


def describe_faults(faults: Iterable[Fault]) -> Faults:
    """Describe them in words. Two queries, none without faults; reads only names of the rows, not what may be faulty."""
    ordered = sorted(faults, key=lambda fault: (fault.action_point, fault.milestone or 0))
    if not ordered:
        return Faults()
    named = ActionPoint.objects.select_related("issue__agenda").only("number", "issue__number", "issue__agenda__slug")
    points = named.in_bulk([fault.action_point for fault in ordered])
    titles = dict(
        Milestone.objects.filter(pk__in=[fault.milestone for fault in ordered if fault.milestone]).values_list(
            "pk", "title"
        )
    )
    return Faults(
        left_out=tuple(
            _left_out(fault, points[fault.action_point], titles) for fault in ordered if fault.action_point in points
        )
    )


def _left_out(fault: Fault, point: ActionPoint, titles: dict[Any, str]) -> LeftOut:
    if not fault.milestone:
        advice = _("It cannot be read: an admin finds the reason in the log.")
        return LeftOut(point.reference, point.get_absolute_url(), advice)
    place = [point.issue.agenda.slug, point.issue.number, point.number, fault.milestone]
    return LeftOut(
        _("%(reference)s, milestone “%(title)s”")
        % {"reference": point.reference, "title": titles.get(fault.milestone, "")},
        reverse("edit_milestone", args=place),
        _("Its date does not exist: correct it."),
    )
