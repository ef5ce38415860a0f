"""Work out by hand what the obvious model says of merged agencies and past dates."""

import pytest

from tests.rules import events as ev
from tests.rules import obvious_model as model
from tests.rules.events import Span, replay
from tests.rules.examples import NETWORK, OPENED, correction, day, lead, report, statuses


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


def test_an_agency_that_led_beside_the_one_it_is_merged_into_leaves_no_second_part_on_a_past_date():
    network = replay(
        [
            *NETWORK,
            lead("GCO", "gus"),
            lead("WFP", "wim"),
            ev.LeadEnded(day(4, 1), "2.2", "GCO", day(4, 1)),
            ev.AgenciesMerged(day(4, 1), "GCO", "WFP"),
        ]
    )

    assert model.parts(network, "2.2", day(3, 1)) == model.parts(network, "2.2", day(4, 1)) == ["WFP"]
    assert model.persons(network, "2.2", "WFP", day(4, 1)) == {"wim"}


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
