"""Properties of the obvious model over made-up ledgers, and of the ledgers themselves."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given

from tests.rules import events as ev
from tests.rules import obvious_model as model
from tests.rules.strategies import Ledger, ledgers
from tests.rules.year import simulated_year


def picture(network: ev.Network, today: date) -> dict[str, object]:
    """Return everything that the rules say about today."""
    said: dict[str, object] = {}
    for name in network.action_points:
        said[name] = model.status_of_action_point(network, name, today), model.attention_reasons(network, name, today)
        for part in model.parts(network, name, today):
            said[f"{name} {part}"] = (
                model.status_of_part(network, name, part),
                model.part_reasons(network, name, part, today),
                model.last_allowed_day(network, name, part, today),
            )
    for person in network.people:
        said[person] = model.waiting_for(network, person, today), model.digest(network, person, today)
    return said


@given(ledgers(merging=True))
def test_every_day_of_a_ledger_can_be_read(ledger: Ledger):
    days = [event.day for event in ledger.events]

    assert days == sorted(days)
    assert ledger.today >= days[-1]
    for day in sorted(set(days)):
        assert picture(ev.replay(ledger.events, day), day)
        assert picture(model.as_reported(ledger.network, day), day)


@given(ledgers())
def test_recordings_follow_each_other(ledger: Ledger):
    moments = [event.recorded_at for event in ledger.events if isinstance(event, ev.UpdateLogged | ev.UpdateCorrected)]

    assert moments == sorted(set(moments))


@given(ledgers())
def test_figures_count_every_action_point_once(ledger: Ledger):
    network = ledger.network

    for agenda in network.agendas:
        figures = model.figures(network, agenda, ledger.today)
        names = [name for name, point in network.action_points.items() if point.agenda == agenda]
        assert figures.statuses.total() == len(names)
        assert figures.needing_attention <= figures.reasons.total()
        assert all(count <= figures.needing_attention for count in figures.reasons.values())


@given(ledgers())
def test_only_open_agendas_need_attention(ledger: Ledger):
    network = ledger.network

    for name in network.action_points:
        if not model.is_open(network, name):
            assert model.attention_reasons(network, name, ledger.today) == set()


@given(ledgers())
def test_a_withdrawn_update_leaves_no_trace(ledger: Ledger):
    withdrawn = {event.update for event in ledger.events if isinstance(event, ev.UpdateWithdrawn)}
    others = [event for event in ledger.events if getattr(event, "update", None) not in withdrawn]

    assert picture(ev.replay(others), ledger.today) == picture(ledger.network, ledger.today)


@given(ledgers())
def test_a_correction_that_changes_nothing_changes_nothing(ledger: Ledger):
    again = [
        ev.UpdateCorrected(ledger.today, name, "coordinator", update.recorded_at + timedelta(days=300), update.newest)
        for name, update in ledger.network.updates.items()
    ]

    assert picture(ev.replay([*ledger.events, *again]), ledger.today) == picture(ledger.network, ledger.today)


@given(ledgers())
def test_an_agenda_opened_today_is_calm(ledger: Ledger):
    opened = [ev.AgendaOpened(ledger.today, agenda) for agenda in ledger.network.agendas]
    network = ev.replay([*ledger.events, *opened])

    for name in network.action_points:
        assert "update_due" not in model.attention_reasons(network, name, ledger.today)


@given(ledgers())
def test_an_update_by_an_agency_that_covers_nothing_changes_nothing(ledger: Ledger):
    network = ledger.network
    added: list[ev.Event] = [ev.AgencyAdded(ledger.today, "PARTNER")]
    for number, name in enumerate(network.action_points):
        if model.parts(network, name, ledger.today) != [None]:
            report = ev.Report("completed", ev.Span.day(ledger.today), "PARTNER")
            now = ev.end_of_day(ledger.today, network.people["coordinator"].zone)
            added.append(ev.UpdateLogged(ledger.today, f"partner{number}", name, "coordinator", now, report))

    assert picture(ev.replay([*ledger.events, *added]), ledger.today) == picture(network, ledger.today)


@given(ledgers())
def test_a_digest_lists_only_parts_and_milestones_of_the_person(ledger: Ledger):
    network = ledger.network

    for person in network.people:
        waiting = model.waiting_for(network, person, ledger.today)
        own = model.parts_of_person(network, person, ledger.today)
        assert set(waiting.reports) <= set(own)
        for milestone in waiting.milestones:
            assert network.milestones[milestone].action_point in {name for name, _ in own}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_year_has_all_that_the_rules_are_about(seed):
    counts: Counter[str] = Counter()
    days = []
    for day, events in simulated_year(seed):
        days.append(day)
        assert {event.day for event in events} <= {day}
        counts.update(type(event).__name__ for event in events)
    network = ev.replay(event for _, events in simulated_year(seed) for event in events)
    carried = [point.carried_from for point in network.action_points.values() if point.carried_from]

    assert days == [days[0] + timedelta(days=number) for number in range(365)]
    rare = {"DigestSent"}
    assert counts.keys() == {event.__name__ for event in ev.Event.__subclasses__()} - rare
    assert any(len(old) > 1 for old in carried), "no action points were merged"
    assert any(count > 1 for count in Counter(carried).values()), "no action point was split"


def test_a_year_is_the_same_for_the_same_seed():
    assert list(simulated_year(3, days=40)) == list(simulated_year(3, days=40))
