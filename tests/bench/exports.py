"""What a file of a list costs: `python -m tests.bench.exports --rows 100000`.

In one run, side by side: a bare `csv.writer` over `values_list`, and the list's CSV, JSON and workbook as they go out. Rows a second,
milliseconds until the first bytes, and how much memory grew.
"""

import argparse
import csv
import io
import resource
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.bench.scratch import scratch_database

# isort: split
from django.db import connection
from django.utils import timezone

from actions.dashboard.exporting import columns, rows
from actions.models import ActionPoint
from issues.models import Agenda
from tests.bench.lists import fill, shape
from tracker.exporting import as_csv, as_json, as_xlsx


def bare(agenda: Agenda) -> Iterable[bytes]:
    sink = io.StringIO()
    writer = csv.writer(sink)
    points = ActionPoint.objects.filter(issue__agenda=agenda)
    for row in points.values_list("issue__number", "number", "title", "status", "last_reported_latest").iterator(2000):
        writer.writerow(row)
        if sink.tell() > 100_000:
            yield sink.getvalue().encode()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue().encode()


def measured(name: str, count: int, make: Callable[[], Iterable[bytes]]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, first = time.perf_counter(), 0.0
    for part in make():
        if part and len(part) > 3:
            first = first or time.perf_counter() - begin
    taken = time.perf_counter() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name:<12} {count / taken:>10,.0f} rows/s {1000 * first:>8.0f} ms to the first {grown:>6.0f} MB more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    count = parser.parse_args().rows
    with scratch_database():
        agenda, today = fill("2026", *shape(count)), timezone.localdate()
        points: Any = ActionPoint.objects.filter(issue__agenda=agenda)
        head = {"agenda": agenda.slug}
        names = columns(is_past=False, with_people=True)

        def found() -> Any:
            return rows(points, agenda, today, with_people=True)

        print(f"{count:,} action points on {connection.vendor}")
        measured("bare CSV", count, lambda: bare(agenda))
        measured("CSV", count, lambda: as_csv(names, found(), head))
        measured("JSON", count, lambda: as_json(names, found(), head))
        measured("workbook", count, lambda: [as_xlsx(names, found(), head).read()])


if __name__ == "__main__":
    main()
