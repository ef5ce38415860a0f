"""Read progress updates and agencies as plain data for the rules."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from actions.models import ProgressUpdate
from actions.summaries import Report
from tracker.people.models import Agency

_COLUMNS = Report._fields[:-1]
_NOBODY: frozenset[int] = frozenset()


def read_reports(updates: Any) -> dict[int, list[Report]]:
    """Return what the rules need of these progress updates, by the ids of their action points. Two queries."""
    participants = read_participants(progressupdate__in=updates.order_by().values("pk"))
    reports: dict[int, list[Report]] = defaultdict(list)
    for pk, action_point, *columns in updates.order_by().values_list("pk", "action_point_id", *_COLUMNS):
        reports[action_point].append(Report._make([*columns, participants.get(pk, _NOBODY)]))
    return reports


def read_participants(**lookups: Any) -> dict[int, frozenset[int]]:
    """Return the ids of the agencies that took part, by the ids of the updates that have any. One query."""
    participants: dict[int, set[int]] = defaultdict(set)
    joined = ProgressUpdate.participants.through.objects.filter(**lookups)
    for update, agency in joined.values_list("progressupdate_id", "agency_id"):
        participants[update].add(agency)
    return {update: frozenset(agencies) for update, agencies in participants.items()}


def agency_parents() -> dict[int, int]:
    """Return the agency above each agency that has one, by ids. One query."""
    parents: Any = Agency.objects.exclude(parent=None).values_list("pk", "parent_id")
    return dict(parents)


def report_of(update: ProgressUpdate) -> Report:
    """Return what the rules need of one update. No query if its participants are loaded."""
    columns = [getattr(update, f"{name}_id" if name == "agency" else name) for name in _COLUMNS]
    return Report._make([*columns, frozenset(agency.pk for agency in update.participants.all())])


def parents_of(updates: Iterable[ProgressUpdate]) -> dict[int, int]:
    """Return the agency above the agency of each of these updates, by ids. No query if their agencies are loaded."""
    agencies = [update.agency for update in updates if update.agency]
    return {agency.pk: agency.parent_id for agency in agencies if agency.parent_id}
