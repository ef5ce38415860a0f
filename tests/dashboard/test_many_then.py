"""A day that has gone by, of an agenda with more action points than can be counted then."""

import pytest

from actions.dashboard import counting, views
from tests import personas
from tests.actions.pages import text
from tracker.dates.value import PartialDate

LIST, DASHBOARD = "/agendas/2026/action-points/?as_of=2026-06-30", "/agendas/2026/dashboard/?as_of=2026-06-30"
REFUSED = "choose an issue first"


@pytest.fixture
def reader(client, coordinator, monkeypatch):
    """Two action points, one more than can be counted."""
    for module in (counting, views):
        monkeypatch.setattr(module, "COUNTED_THEN", 1)
    for number in (1, 2):
        point = personas.action_point(number=number, title=f"Train group {number}")
        for status, day in (("exploring", "2026-03-01"), ("completed", "2026-09-01")):
            progress, reported_on = personas.progress(status=status), PartialDate.parse(day)
            point.log_progress(progress, author=coordinator, now=personas.NOW, reported_on=reported_on)
    return personas.sign_in(client, coordinator)


@pytest.mark.parametrize(
    "query", ["status=exploring", "sort=silence", "attention=silent", "silent_for=3", "reported_to=2026-04-01"]
)
def test_list_is_neither_sorted_nor_filtered_by_how_each_stood(reader, query):
    answer = reader.get(f"{LIST}&{query}")

    assert answer.status_code == 400
    assert REFUSED in text(answer)
    assert "Train group 2" in text(answer)


@pytest.mark.parametrize(
    "query", ["", "&sort=reference", "&sort=", "&owner=nobody", "&issue=1&status=exploring&sort=silence"]
)
def test_list_is_shown_as_it_stood_where_that_costs_little(reader, query):
    answer = reader.get(LIST + query)

    assert answer.status_code == 200
    assert "Train group 2" in text(answer)
    assert '<span class="status status-exploring">' in answer.text


@pytest.mark.parametrize("query", ["status=completed", "sort=silence"])
def test_today_everything_can_be_asked(reader, query):
    assert reader.get(f"/agendas/2026/action-points/?{query}").status_code == 200


def test_dashboard_shows_where_they_stood_and_says_that_it_is_all(reader):
    answer = reader.get(DASHBOARD)

    assert "This agenda has more than 1 action points" in text(answer)
    assert "Progress over time" in text(answer)
    assert "By lead agency" not in text(answer)
    assert "By lead agency" in text(reader.get("/agendas/2026/dashboard/"))


def test_dashboard_counts_nothing_of_what_was_known_then(reader):
    answer = reader.get(f"{DASHBOARD}&by=recorded")

    assert "This agenda has more than 1 action points" in text(answer)
    assert "Progress over time" not in text(answer)
