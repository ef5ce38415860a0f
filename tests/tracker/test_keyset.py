"""Paging by where the last page ended: every row once, in order, in both directions; a faulty place is refused."""

from contextlib import suppress
from datetime import date
from itertools import chain, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.models import ActionPoint
from tests import personas
from tracker.keyset import Column, Order, PlaceError, day, whole_number

REFERENCE = Order([Column("issue__number", whole_number), Column("number", whole_number)])
SILENCE = Order([Column("last_reported_latest", day, nullable=True), Column("id", whole_number)])
NEWEST = Order([Column("last_reported_latest", day, descending=True, nullable=True), Column("id", whole_number)])


@pytest.fixture
def points(db):
    for issue, number, year in [(1, 1, None), (1, 2, 2006), (2, 1, 2005), (2, 2, None), (2, 3, 2006), (3, 1, 2006)]:
        point = personas.action_point(personas.issue(number=issue), number)
        if year:
            ActionPoint.objects.filter(pk=point.pk).update(
                status="under_way", last_reported=str(year), last_reported_latest=date(year, 12, 31)
            )
    return ActionPoint.objects.select_related("issue")


def walk(order, rows, size):
    """All pages forwards, and then all of them backwards, as lists of references."""
    forwards: list[list[str]] = []
    backwards: list[list[str]] = []
    page = order.page(rows, size=size)
    while True:
        forwards.append([row.code for row in page.rows])
        if page.after is None:
            break
        page = order.page(rows, size=size, after=page.after)
    while True:
        backwards.insert(0, [row.code for row in page.rows])
        if page.before is None:
            return forwards, backwards
        page = order.page(rows, size=size, before=page.before)


@pytest.mark.parametrize("size", [1, 2, 4, 6, 50])
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (REFERENCE, ["1.1", "1.2", "2.1", "2.2", "2.3", "3.1"]),
        (SILENCE, ["1.1", "2.2", "2.1", "1.2", "2.3", "3.1"]),
        (NEWEST, ["1.2", "2.3", "3.1", "2.1", "1.1", "2.2"]),
    ],
)
def test_pages_hold_every_row_once_in_order(points, order, expected, size):
    forwards, backwards = walk(order, points, size)

    assert list(chain(*forwards)) == expected
    assert list(chain(*backwards)) == expected
    assert all(len(page) == size for page, _next in pairwise(forwards))


def test_page_of_nothing_is_empty(db):
    page = REFERENCE.page(ActionPoint.objects.all(), size=10)

    assert (page.rows, page.before, page.after) == ([], None, None)


def test_page_holds_its_place_when_rows_come_and_go(points):
    first = REFERENCE.page(points, size=2)
    ActionPoint.objects.filter(issue__number=1, number=1).delete()
    personas.action_point(personas.issue(number=1), 9)

    second = REFERENCE.page(points, size=2, after=first.after)

    assert [row.code for row in second.rows] == ["1.9", "2.1"]


@pytest.mark.parametrize(
    "place", ["", "1", "1~", "~1", "x~1", "1~2~3", "-1~1", "1~1.5", "1~99999999999999999999", "²~1", "1~\x00", "1~ 1"]
)
def test_place_that_is_none_is_refused(points, place):
    with pytest.raises(PlaceError):
        REFERENCE.page(points, size=2, after=place)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_place_of_any_text_is_read_or_refused(points, text):
    with suppress(PlaceError):
        SILENCE.page(points, size=2, before=text)
