"""Hypothesis strategies for small ledgers: about a year, a few action points, agencies and people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.rules.events import AgendaOpened, Event, Network, replay
from tests.rules.story import EVERYDAY_STEPS, HOURS_OF_SAME_DAYS, ZONES_OF_SAME_DAYS, Step, Story

T = TypeVar("T")

LEAST_STEPS, MOST_STEPS = 4, 14
AGENCIES = ("AAA", "BBB", "CCC", "DDD")


@dataclass(frozen=True)
class Ledger:
    """What happened, in order, and a day that is not before the last event."""

    events: tuple[Event, ...]
    today: date

    @property
    def network(self) -> Network:
        return replay(self.events)

    @property
    def days(self) -> list[date]:
        """Return the days on which something happened."""
        return sorted({event.day for event in self.events})


class DrawnChoices:
    """Choose what Hypothesis draws."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw

    def one_of(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(1, 100)) > 100 - percent


def carry_over(story: Story) -> None:
    """Prepare the next agenda, once, and open it in half of the cases at once; otherwise another step may."""
    if "next" not in story.network.agendas:
        story.carry_over("first", "next")
        if story.choose.chance(50):
            story.add(AgendaOpened(story.day, "next"))


@st.composite
def ledgers(draw: DrawFn, *, merging: bool = False, same_days: bool = False) -> Ledger:
    """Return a ledger with an agenda of up to three action points; agencies are merged only if asked for.

    With `same_days` people write only at hours at which everybody has the same date.
    """
    choose = DrawnChoices(draw)
    story = Story(choose, zones=ZONES_OF_SAME_DAYS, hours=HOURS_OF_SAME_DAYS) if same_days else Story(choose)
    begin(story, draw)
    steps: list[Step] = [*EVERYDAY_STEPS, *[carry_over] * 3, Story.change_agenda, Story.add_action_point_late]
    if merging:
        steps.append(Story.merge_agencies)
    for _ in range(draw(st.integers(LEAST_STEPS, MOST_STEPS))):
        story.wait(draw(st.integers(0, 45)))
        draw(st.sampled_from(steps))(story)
    return Ledger(tuple(story.events), draw(days_from(story)))


def days_from(story: Story) -> st.SearchStrategy[date]:
    """Return a strategy for the present day and later ones, with many days on which a period begins."""
    later = [story.day + timedelta(days=number) for number in range(121)]
    starts = {start for agenda in story.network.agendas.values() for start in agenda.period_starts}
    return st.sampled_from(later) | st.sampled_from([day for day in later if day in starts])


def begin(story: Story, draw: DrawFn) -> None:
    """Set up agencies, people and an open agenda."""
    story.add_agencies(AGENCIES[: draw(st.integers(1, 4))], percent_with_parent=50)
    story.add_coordinator()
    for _ in range(draw(st.integers(1, 4))):
        story.add_person()
    story.add_agenda("first")
    for _ in range(draw(st.integers(1, 3))):
        name = story.add_action_point("first")
        for _ in range(draw(st.sampled_from([1, 2, 1, 2, 0]))):
            story.add_lead(name)
    story.add(AgendaOpened(story.day, "first"))
