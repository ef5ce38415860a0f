"""Remind the people of several action points at once: one mail a person."""

import pytest

from actions.reminders.models import Digest
from tests import personas
from tests.actions.pages import text

PATH = "/agendas/2026/action-points/reminders/"


@pytest.fixture
def points(focal_point):
    """Three action points with an update due: two of UNDP, one of FAO. A fourth is up to nobody."""
    points = [personas.action_point(number=number) for number in (1, 2, 3, 4)]
    for point in points[:2]:
        personas.lead(point, focal_point.agency)
    personas.person("fao@example.org", agency=personas.agency("FAO"))
    personas.lead(points[2], personas.agency("FAO"))
    return points


def asked():
    """The recipient and the references of each mail."""
    digests = Digest.objects.order_by("pk").select_related("recipient")
    return [(each.recipient.email, [entry["number"] for entry in each.snapshot]) for each in digests]


def query(points):
    return "?" + "&".join(f"points={point.pk}" for point in points)


@pytest.mark.parametrize(
    ("chosen", "people", "button"),
    [
        ([0, 1, 2], ["Fao (Focal point) (FAO): 1.3", "Focal.Undp (Focal point) (UNDP): 1.1, 1.2"], "Remind 2 people"),
        ([1], ["Focal.Undp (Focal point) (UNDP): 1.2"], "Remind 1 person"),
        ([3], [], ""),
    ],
)
def test_page_says_who_gets_a_mail_about_what(as_coordinator, points, chosen, people, button):
    page = as_coordinator.get(PATH + query([points[n] for n in chosen]))

    assert [words for words in [*people, button] if words not in text(page)] == []
    assert ("Nobody to remind" in text(page)) == (not people)
    assert not Digest.objects.exists()


def test_each_person_gets_one_mail(as_coordinator, points):
    answer = as_coordinator.post(f"{PATH}{query(points)}&sort=status&page=1", {"message": "Please."}, follow=True)

    assert answer.redirect_chain[-1][0] == "/agendas/2026/action-points/?sort=status&page=1"
    assert asked() == [("fao@example.org", [3]), ("focal.undp@example.org", [1, 2])]
    assert "Reminders go to Fao, Focal.Undp within a minute or two. A reminder cannot be undone." in text(answer)
    assert "/undoing/" not in answer.text


def test_nobody_is_asked_twice_a_day_about_an_action_point(as_coordinator, points):
    as_coordinator.post(PATH + query(points[1:2]))
    as_coordinator.post(PATH + query(points[:2]))
    again = as_coordinator.post(PATH + query(points[:2]), follow=True)

    assert asked() == [("focal.undp@example.org", [2]), ("focal.undp@example.org", [1])]
    assert "Nobody was reminded: everybody who can be was already reminded today." in text(again)


def test_whole_list_is_reminded_without_a_selection(as_coordinator, points):
    as_coordinator.post(f"{PATH}?agency=UNDP&attention=update_due")

    assert asked() == [("focal.undp@example.org", [1, 2])]


@pytest.mark.parametrize("faulty", ["?statsu=x", "?status=foo", "?as_of=2026-03-31"])
def test_faulty_list_reminds_nobody(as_coordinator, points, faulty):
    pages = [as_coordinator.get(PATH + faulty), as_coordinator.post(PATH + faulty)]

    assert [page.status_code for page in pages] == [400, 400]
    assert "could not be understood" in text(pages[1])
    assert not Digest.objects.exists()


@pytest.mark.parametrize("points_of_query", ["points=x", "points=999999", f"points={10**30}"])
def test_unknown_action_points_are_refused(as_coordinator, points, points_of_query):
    pages = [each(f"{PATH}?{points_of_query}&agency=FAO") for each in (as_coordinator.get, as_coordinator.post)]

    assert [page.status_code for page in pages] == [400, 400]
    assert "An action point that you selected is not in this agenda." in text(pages[0])
    assert not Digest.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_page_has_a_fixed_number_of_queries(as_coordinator, points, django_assert_num_queries, count):
    with django_assert_num_queries(24):
        as_coordinator.get(PATH + query(points[:count]))
