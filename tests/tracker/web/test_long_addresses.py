"""Test that an address cannot ask for more than the tracker looks for at once."""

import pytest

from tests import personas
from tests.actions.pages import text
from tracker.searchable import MAX_WORDS
from tracker.web.error_pages import MAX_QUERY, MAX_VALUES

LIST = "/agendas/2026/action-points/"
PATHS = [
    "/",
    LIST,
    "/agendas/2026/action-points.csv",
    "/agendas/2026/updates.json",
    "/search/",
    "/people/",
    "/admin/actions/actionpoint/",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "query",
    [
        "&".join(["status=completed"] * 10_000),
        "&".join(["columns=owner"] * (MAX_VALUES + 1)),
        "&".join(["nothing="] * (MAX_VALUES + 1)),
        "q=" + "+".join(f"word{number}" for number in range(3_000)),
        "q=" + "x" * MAX_QUERY,
        "x" * (MAX_QUERY + 1),
    ],
    ids=["status", "columns", "empty values", "words", "long value", "long name"],
)
def test_long_address_is_refused_with_an_explanation(client, admin, path, query):
    answer = personas.sign_in(client, admin).get(f"{path}?{query}")

    assert answer.status_code == 400
    assert "The address asks for more than the tracker looks for at once" in text(answer)


def test_repeated_value_counts_once(client, focal_point):
    personas.action_point()
    query = "&".join(["status=not_reported", "columns=owner"] * MAX_VALUES)

    page = personas.sign_in(client, focal_point).get(f"{LIST}?{query}")

    assert page.status_code == 200
    assert [words for _label, words, _without in page.context["filters"].chosen()] == ["Not reported"]
    assert page.context["query"] == "status=not_reported&columns=owner"


@pytest.mark.parametrize(
    "path", [f"{LIST}?q=", "/people/?q=", "/people/suggestions/?q=", "/search/?q=", "/admin/issues/issue/?q="]
)
@pytest.mark.parametrize(
    ("words", "status"),
    [(range(MAX_WORDS), 200), (["same"] * 15, 200), (range(MAX_WORDS + 1), 400)],
    ids=["most", "repeated", "too many"],
)
def test_number_of_words_to_search_for_is_bounded(client, admin, path, words, status):
    personas.action_point()

    answer = personas.sign_in(client, admin).get(path + "+".join(map(str, words)))

    assert answer.status_code == status
