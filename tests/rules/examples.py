"""Name the network in which the examples of the obvious model happen, and the events that they consist of.

The agenda allows 90 days between updates and was opened on 1 January 2006. UNDP has a Nordic Office below it, which has a desk below it.
"""

from datetime import UTC, date, datetime

from tests.rules import events as ev
from tests.rules import obvious_model as model
from tests.rules.events import Span

OPENED = date(2006, 1, 1)
MONTHS = tuple(date(2006, month, 1) for month in range(1, 13))

NETWORK = [
    ev.AgencyAdded(OPENED, "UNDP"),
    ev.AgencyAdded(OPENED, "NORDIC", "UNDP"),
    ev.AgencyAdded(OPENED, "DESK", "NORDIC"),
    ev.AgencyAdded(OPENED, "GCO"),
    ev.AgencyAdded(OPENED, "WFP"),
    ev.PersonJoined(OPENED, "una", "UNDP"),
    ev.PersonJoined(OPENED, "nils", "NORDIC"),
    ev.PersonJoined(OPENED, "dora", "DESK"),
    ev.PersonJoined(OPENED, "gus", "GCO"),
    ev.PersonJoined(OPENED, "wim", "WFP"),
    ev.PersonJoined(OPENED, "carla", None, "coordinator"),
    ev.AgendaAdded(OPENED, "2006", silence_days=90, period_starts=MONTHS),
    ev.AgendaOpened(OPENED, "2006"),
    ev.ActionPointAdded(OPENED, "2.2", "2006"),
]


def day(month: int, number: int, year: int = 2006) -> date:
    return date(year, month, number)


def lead(agency: str, *persons: str, since: date = OPENED) -> ev.LeadAdded:
    return ev.LeadAdded(since, "2.2", agency, Span.day(since), persons)


def report(
    status: str,
    on: date,
    agency: str | None = None,
    *,
    name: str = "",
    reported_on: Span | None = None,
    author: str = "carla",
    **more: object,
) -> ev.UpdateLogged:
    """Return an update that was recorded at noon (UTC) of the day, with that day as its report date if none is named."""
    content = ev.Report(status, reported_on or Span.day(on), agency, **more)  # type: ignore[arg-type]
    return ev.UpdateLogged(on, name or f"{status} {on}", "2.2", author, noon(on), content)


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def correction(update: str, on: date, content: ev.Report) -> ev.UpdateCorrected:
    return ev.UpdateCorrected(on, update, "carla", noon(on), content)


def statuses(network: ev.Network, today: date) -> dict[str | None, str]:
    """Return the status of each part of 2.2."""
    return {part: model.status_of_part(network, "2.2", part) for part in model.parts(network, "2.2", today)}


def reasons(network: ev.Network, today: date) -> dict[str | None, set[str]]:
    """Return the reasons to look at each part of 2.2."""
    return {part: model.part_reasons(network, "2.2", part, today) for part in model.parts(network, "2.2", today)}
