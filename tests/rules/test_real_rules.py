"""Compare the rules of progress in the tracker with the obvious model, over made-up ledgers."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions.models.action_point_queryset import Basis
from tests.rules import obvious_model as model
from tests.rules.events import Network
from tests.rules.pictures import Tracker, active, modelled, modelled_past, modelled_waiting
from tests.rules.real_world import RealWorld
from tests.rules.strategies import Ledger, ledgers

SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
"""For ledgers that are played in the database."""


def played(ledger: Ledger) -> RealWorld:
    world = RealWorld()
    for event in ledger.events:
        world.play(event)
    return world


def turning_points(network: Network, today: date) -> list[date]:
    """Return the next days from which a part is due, a pause is over or a milestone is overdue, each with the day before."""
    allowed = [
        model.last_allowed_day(network, name, part, today)
        for name in network.action_points
        for part in model.parts(network, name, today)
    ]
    overdue = [milestone.due.latest for milestone in network.milestones.values() if milestone.due]
    last_days = [*allowed, *overdue, *(pause - timedelta(days=1) for lead in network.leads for pause in lead.pauses)]
    turns = sorted({day for day in last_days if day and day >= today})[:4]
    return sorted({day + timedelta(days=number) for day in turns for number in (0, 1)})


class RulesTests(TestCase):
    @SLOW
    @given(ledgers())
    def test_the_tracker_has_the_picture_of_the_obvious_model(self, ledger: Ledger):
        """On the day of each event after the beginning, and on later days on which something becomes due, or is not yet due.

        What waits for people takes a query for each: all of them are asked today, and one in four on the days before.
        """
        world = RealWorld()
        for number, (event, following) in enumerate(zip(ledger.events, [*ledger.events[1:], None], strict=True)):
            world.play(event)
            if event.day != ledger.days[0] and (following is None or following.day != event.day):
                tracker = Tracker(world)
                people = active(world.network)[number % 4 :: 4]
                assert tracker.picture(event.day) == modelled(world.network, event.day)
                assert tracker.waiting(event.day, people) == modelled_waiting(world.network, event.day, people)

        tracker = Tracker(world)
        for day in [ledger.today, *turning_points(world.network, ledger.days[-1])]:
            assert tracker.picture(day) == modelled(world.network, day)
        self.compare_every_way_to_the_same_answer(tracker, world.network, ledger.today)

    def compare_every_way_to_the_same_answer(self, tracker: Tracker, network: Network, today: date) -> None:
        own = {name: picture.own for name, picture in modelled(network, today).action_points.items()}

        assert tracker.waiting(today, active(network)) == modelled_waiting(network, today, active(network))
        assert tracker.own_by_page() == own
        assert tracker.own_by_query() == own
        for of_page, of_lists in tracker.states_read_twice(today):
            assert of_page == of_lists
        assert tracker.who_may_log() == {
            name: frozenset(person for person in active(network) if model.may_log(network, person, name, today))
            for name in network.action_points
            if model.is_open(network, name)
        }
        assert tracker.who_may_correct() == {
            name: frozenset(person for person in active(network) if model.may_correct(network, person, name, today))
            for name, update in network.updates.items()
            if model.is_open(network, update.action_point) and not update.withdrawn
        }

    @SLOW
    @given(ledgers(same_days=True), st.data())
    def test_a_past_date_is_as_reported_or_as_recorded(self, ledger: Ledger, data: st.DataObject):
        tracker = Tracker(played(ledger))
        day = data.draw(st.sampled_from(ledger.days)) - timedelta(days=data.draw(st.sampled_from([0, 0, 1, 30])))

        existing = tracker.existing(day)
        recorded = modelled_past(model.as_recorded(ledger.events, day), day, existing)
        reported = modelled_past(model.as_reported(ledger.network, day), day, existing)
        assert tracker.past(day, Basis.RECORDED) == recorded
        assert tracker.past(day, Basis.REPORTED) == reported
