"""A network's year, made up from a seed: agendas with joint parts, pauses, a roll-over, people who join and leave."""

import random
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

from tests.rules.events import AgendaClosed, AgendaOpened, Event
from tests.rules.story import EVERYDAY_STEPS, HOURS_OF_SAME_DAYS, ZONES_OF_SAME_DAYS, Story

T = TypeVar("T")

AGENCIES, PEOPLE, ACTION_POINTS, COUNTRY_ACTION_POINTS = 40, 80, 30, 6
NEXT_PREPARED, NEXT_OPENED, FIRST_CLOSED, FIRST_REOPENED, FIRST_CLOSED_AGAIN = 265, 280, 295, 310, 317
"""The days of the year on which the agendas change."""
ADDED_LATE = range(20, 300, 40)
"""The days of the year on which an action point is added to an open agenda."""
MERGERS = (120, 240)
"""The days of the year on which two agencies are merged."""


class SeededChoices:
    """Choose by random numbers that the seed decides."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one_of(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent


def simulated_year(seed: int, *, merging: bool = True, days: int = 365) -> Iterator[tuple[date, list[Event]]]:
    """Yield each day of the year with what happened on it, in order; agencies are merged only if asked for."""
    story = Story(SeededChoices(seed), zones=ZONES_OF_SAME_DAYS, hours=HOURS_OF_SAME_DAYS)
    _begin(story)
    seen = 0
    for number in range(days):
        _change_agendas(story, number)
        if number in ADDED_LATE:
            story.add_action_point_late()
        if merging and number in MERGERS:
            story.merge_agencies()
        for _ in range(story.choose.number(0, 4)):
            story.choose.one_of(EVERYDAY_STEPS)(story)
        yield story.day, story.events[seen:]
        seen = len(story.events)
        story.wait(1)


def _begin(story: Story) -> None:
    """Set up the network: its agenda of the year, and a country team's smaller one."""
    story.add_agencies([f"A{number:02}" for number in range(AGENCIES)], percent_with_parent=25)
    story.add_coordinator()
    for _ in range(PEOPLE):
        story.add_person()
    for agenda, count in (("first", ACTION_POINTS), ("country", COUNTRY_ACTION_POINTS)):
        story.add_agenda(agenda)
        for _ in range(count):
            name = story.add_action_point(agenda)
            for _ in range(story.choose.one_of([0, 1, 1, 1, 2, 3])):
                story.add_lead(name)
        story.add(AgendaOpened(story.day, agenda))


def _change_agendas(story: Story, number: int) -> None:
    if number == NEXT_PREPARED:
        story.carry_over("first", "next")
    if number == NEXT_OPENED:
        story.add(AgendaOpened(story.day, "next"))
    if number in (FIRST_CLOSED, FIRST_CLOSED_AGAIN):
        story.add(AgendaClosed(story.day, "first"))
    if number == FIRST_REOPENED:
        story.add(AgendaOpened(story.day, "first"))
