"""Work out by hand what the obvious model says of merged agencies and past dates."""

from datetime import UTC, date, datetime

import pytest

from tests.rules import events as ev
from tests.rules import obvious_model as model
from tests.rules.events import Span, replay

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


def test_merged_agencies_are_one():
    ledger = [
        *NETWORK,
        lead("GCO", "gus"),
        lead("WFP", "wim", since=day(2, 1)),
        report("exploring", day(3, 1), "GCO"),
        ev.AgenciesMerged(day(4, 1), "GCO", "WFP"),
    ]
    network = replay(ledger)

    assert statuses(network, day(4, 1)) == {"WFP": "exploring"}
    assert model.persons(network, "2.2", "WFP", day(4, 1)) == {"gus", "wim"}
    assert model.lead_of(network, "2.2", "WFP", day(4, 1)).since == Span.day(OPENED)


@pytest.mark.parametrize(
    ("old", "new", "parents"),
    [
        ("NORDIC", "GCO", {"UNDP": None, "DESK": "GCO", "GCO": None, "WFP": None}),
        ("UNDP", "DESK", {"NORDIC": "DESK", "DESK": None, "GCO": None, "WFP": None}),
        ("NORDIC", "UNDP", {"UNDP": None, "DESK": "UNDP", "GCO": None, "WFP": None}),
    ],
)
def test_merging_never_puts_an_agency_below_itself(old, new, parents):
    assert replay([*NETWORK, ev.AgenciesMerged(OPENED, old, new)]).parents == parents


def test_a_past_date_as_reported_and_as_recorded():
    ledger = [
        *NETWORK,
        lead("UNDP"),
        report("exploring", day(2, 1), "UNDP", name="first"),
        report("completed", day(6, 1), "UNDP", reported_on=Span.day(day(2, 15))),
        correction("first", day(7, 1), ev.Report("under_way", Span.day(day(2, 1)), "UNDP")),
    ]

    def reported(on):
        return statuses(model.as_reported(replay(ledger), on), on)

    assert [reported(on) for on in (day(1, 31), day(2, 1), day(2, 15))] == [
        {"UNDP": "not_reported"},
        {"UNDP": "under_way"},
        {"UNDP": "completed"},
    ]
    assert statuses(replay(ledger, day(5, 31)), day(5, 31)) == {"UNDP": "exploring"}
