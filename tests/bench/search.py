"""What a search costs among many action points and updates: `python -m tests.bench.search --rows 100000`.

Fills a scratch database as the bench of lists does. Queries that few, and that all of the action points hold; for each the median of the
whole in milliseconds, and the part of it that the database took.
"""

import argparse
from functools import partial

from tests.bench.scratch import scratch_database

# isort: split
from django.db import connection

from actions.models import ActionPoint
from actions.search.finding import find
from actions.search.query import parse
from tests import personas
from tests.bench.lists import fill, measure, shape

QUERIES = {
    "a word of one": "turin",
    "a beginning": "tur",
    "a word of all": "network",
    "two words of all": "network moved",
    "a phrase of all": '"something moved"',
    "nothing": "zzzz",
    "Chinese": "培训",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with scratch_database():
        agenda = fill("2026", *shape(rows))
        person = personas.person("bench@example.org", agency=personas.agency("A1"))
        ActionPoint.objects.filter(issue__agenda=agenda, number=7).update(title="Ambassadors meet in Turin")
        print(f"{rows:,} action points on {connection.vendor}")
        for name, words in QUERIES.items():
            (cost,) = measure(partial(find, parse(words), person))
            print(f"{name:<20} {cost.whole:>9.1f} ms {cost.database:>9.1f} ms in the database")


if __name__ == "__main__":
    main()
