"""Tests of the milestone forms: adding, editing, marking as done, removing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import Milestone
from actions.models.milestone import MAX_MILESTONES
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def point(focal_point):
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    return point


@pytest.fixture
def signed_in(client, focal_point):
    personas.sign_in(client, focal_point)
    return client


def address(point, milestone: Milestone | None = None) -> str:
    args = [point.issue.agenda.slug, point.issue.number, point.number]
    return reverse("edit_milestone", args=[*args, milestone.pk]) if milestone else reverse("add_milestone", args=args)


def test_adding_stores_a_date_range(signed_in, point):
    response = signed_in.post(
        address(point), {"title": "Course in Paris", "due": "16 to 18 May 2006", "place": "Paris"}
    )

    milestone = point.milestones.get()
    assert response.headers["Location"] == f"{point.get_absolute_url()}#milestones"
    assert milestone.due == PartialDate.parse("2006-05-16/2006-05-18")
    assert milestone.due_latest == PartialDate.parse("2006-05-18").latest


def fill(point, count=MAX_MILESTONES):
    Milestone.objects.bulk_create(
        Milestone(action_point=point, title=f"Milestone {number}", due=PartialDate.parse("2006"))
        for number in range(count)
    )


def test_milestones_of_an_action_point_are_limited(signed_in, point):
    fill(point)
    first, typed = point.milestones.first(), {"title": "Course in Paris", "due": "2006", "place": "Paris"}

    refused = signed_in.post(address(point), typed)
    form = signed_in.get(address(point, first)).context["form"]
    edited = signed_in.post(address(point, first), typed | {"version": form["version"].value()})

    assert (refused.status_code, edited.status_code) == (400, 302)
    assert f"This action point already has {MAX_MILESTONES} milestones, so this one was not added." in text(refused)
    assert 'value="Course in Paris"' in refused.text
    assert point.milestones.count() == MAX_MILESTONES


def test_milestones_added_in_the_admin_site_are_limited(client, admin, point):
    fill(point)
    typed = {"action_point": point.pk, "title": "Course", "due": "2006"}

    refused = personas.sign_in(client, admin).post("/admin/actions/milestone/add/", typed)

    assert f"This action point already has {MAX_MILESTONES} milestones" in text(refused)
    assert point.milestones.count() == MAX_MILESTONES


@pytest.mark.parametrize(
    "typed",
    [
        {"title": "", "due": "2006"},
        {"title": "Course", "due": ""},
        {"title": "Course", "due": "2005-13"},
        {"title": "Course\x07", "due": "2006"},
        {"title": "Course", "due": "2006", "repeats_every_months": "0"},
        {"title": "Course", "due": "2006", "repeats_every_months": "9" * 30},
        {"title": "Course", "due": "2025 to 2100", "repeats_every_months": "12"},
        {"title": "Course", "due": "2026-10/2100-12", "repeats_every_months": "1"},
        {"title": "Course", "due": "2020/2095", "repeats_every_months": "60"},
        {"title": "Course", "due": "2100", "repeats_every_months": "1"},
        {"title": "x" * 201, "due": "2006"},
        {"title": "Course", "due": "2006", "done_on": "2099"},
    ],
)
def test_adding_refuses_invalid_input(signed_in, point, typed):
    assert signed_in.post(address(point), typed).status_code == 400
    assert not point.milestones.exists()


def test_adding_refuses_a_duplicate_title(signed_in, point):
    personas.milestone(point, title="Course")

    response = signed_in.post(address(point), {"title": "Course", "due": "2006"})

    assert response.status_code == 400
    assert point.milestones.count() == 1


def test_editing_after_another_person_shows_both_texts(signed_in, point):
    milestone = personas.milestone(point, title="Course", place="")
    url = address(point, milestone)
    seen = signed_in.get(url).context["form"]["version"].value()
    signed_in.post(url, {"title": "Course", "due": "2026", "place": "Paris", "version": seen})

    first = signed_in.post(url, {"title": "Course", "due": "2026", "place": "Rome", "version": seen})
    second = signed_in.post(
        url, {"title": "Course", "due": "2026", "place": "Rome", "version": first.context["form"]["version"].value()}
    )

    assert first.status_code == 409
    assert ("Place", "Paris", "Rome") in first.context["form"].theirs
    assert second.status_code == 302
    assert Milestone.objects.get().place == "Rome"


def test_editing_accepts_done_today_and_refuses_done_tomorrow(signed_in, point):
    today = timezone.localdate()
    milestone = personas.milestone(point)

    tomorrow = signed_in.post(
        address(point, milestone), {"title": "Course", "due": "2099", "done_on": f"{today + timedelta(days=1)}"}
    )
    done = signed_in.post(address(point, milestone), {"title": "Course", "due": "2099", "done_on": f"{today}"})

    assert (tomorrow.status_code, done.status_code) == (400, 302)
    assert "This date is in the future. Leave it empty until the milestone is done." in text(tomorrow)
    assert Milestone.objects.get().done_on == PartialDate.day(today)


def test_marking_as_done_offers_today_and_accepts_another_date(signed_in, point, focal_point):
    today = timezone.localdate()
    first, second = personas.milestone(point), personas.milestone(point, title="Report")
    urls = [reverse("milestone_done", args=["2026", 1, 1, milestone.pk]) for milestone in (first, second)]
    assert set(urls) <= links(signed_in.get(point.get_absolute_url()))

    offered = signed_in.get(urls[0]).context["form"]["done_on"].value()
    responses = [signed_in.post(url, {"done_on": day}) for url, day in zip(urls, [offered, "May 2006"], strict=True)]
    again = signed_in.post(urls[0], {"done_on": "2005"})

    assert [response.status_code for response in (*responses, again)] == [302, 302, 302]
    assert [milestone.done_on for milestone in Milestone.objects.order_by("pk")] == [
        PartialDate.day(today),
        PartialDate.parse("2006-05"),
    ]
    assert first.history.latest().history_user == focal_point
    assert not set(urls) & links(signed_in.get(point.get_absolute_url()))


@pytest.mark.parametrize("typed", ["", "2099", "soon"])
def test_marking_as_done_refuses_a_future_or_invalid_date(signed_in, point, typed):
    milestone = personas.milestone(point)

    refused = signed_in.post(reverse("milestone_done", args=["2026", 1, 1, milestone.pk]), {"done_on": typed})

    assert refused.status_code == 400
    assert ("This date is in the future. Mark the milestone as done once it is." in text(refused)) == (typed == "2099")
    assert Milestone.objects.get().done_on is None


def test_marking_as_done_offers_today_in_the_persons_time_zone(signed_in, point, focal_point, monkeypatch):
    type(focal_point).objects.update(time_zone="Pacific/Auckland")
    milestone = personas.milestone(point)
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 3, 1, 22, 0, tzinfo=UTC))

    page = signed_in.get(reverse("milestone_done", args=["2026", 1, 1, milestone.pk]))

    assert page.context["form"]["done_on"].value() == "2 March 2026"


@pytest.mark.parametrize(
    ("due", "months", "expected"),
    [
        ("2026-02-10", 1, "2026-06-10"),
        ("2026-05-10", 2, "2026-07-10"),
        ("2026-05-20", 1, "2026-06-20"),
        ("2026-05-25", 1, "2026-06-25"),  # before its day: the next turn, not the same one again
        ("2026-07-01", 12, "2027-07-01"),
        ("2025-05", 12, "2026-05"),
        ("2026-05", 12, "2027-05"),
        ("2025-33", 12, "2027-33"),
    ],
)
def test_recurring_milestone_is_due_again_once_its_turn_is_done(signed_in, point, monkeypatch, due, months, expected):
    milestone = personas.milestone(point, due=due, repeats_every_months=months, due_note="if the hall is free")
    url = reverse("milestone_done", args=["2026", 1, 1, milestone.pk])
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 20, 12, tzinfo=UTC))
    page = signed_in.get(url)
    sent = {"done_on": "2026-05", "version": page.context["form"]["version"].value()}

    response = signed_in.post(url, sent, follow=True)

    milestone.refresh_from_db()
    next_turn = PartialDate.parse(expected)
    assert (milestone.due, milestone.due_latest, milestone.done_on) == (next_turn, next_turn.latest, None)
    assert (milestone.due_note, milestone.last_done_on) == ("", PartialDate.parse("2026-05"))
    assert "its next date is counted from the due date" in text(page)
    assert f"It is due again {next_turn}." in text(response)


def test_recurring_milestone_marked_as_done_twice_moves_by_one_turn(signed_in, point):
    milestone = personas.milestone(point, due="2099-02", repeats_every_months=1)
    url = reverse("milestone_done", args=["2026", 1, 1, milestone.pk])
    sent = {"done_on": "2026-05", "version": signed_in.get(url).context["form"]["version"].value()}

    answers = [signed_in.post(url, sent, follow=True) for _ in range(2)]

    assert Milestone.objects.get().due == PartialDate.parse("2099-03")
    assert "It is now due March 2099." in text(answers[1])


@pytest.mark.parametrize("due", ["2100-06", "2100-12-31"])
def test_recurring_milestone_without_another_turn_is_done_for_good(signed_in, point, due):
    milestone = personas.milestone(point, due=due, repeats_every_months=12)
    url = reverse("milestone_done", args=["2026", 1, 1, milestone.pk])
    sent = {"done_on": "2026-05", "version": signed_in.get(url).context["form"]["version"].value()}

    signed_in.post(url, sent)

    assert Milestone.objects.get().done_on == PartialDate.parse("2026-05")


@pytest.mark.parametrize(("months", "heading"), [(None, "overdue"), (1, "overdue")])
def test_overdue_milestone_is_listed_as_overdue_whether_it_recurs_or_not(signed_in, point, months, heading):
    personas.milestone(point, due="2001-07", repeats_every_months=months)

    page = signed_in.get(point.get_absolute_url())

    assert [key for key, _heading, _milestones in page.context["milestones"]] == [heading]
    assert "Milestone overdue" in text(page)


def test_milestone_belongs_to_a_part_or_to_all(signed_in, point, focal_point):
    personas.lead(point, personas.agency("GCO"))
    personas.agency("WHO")
    form = signed_in.get(address(point)).context["form"]

    signed_in.post(address(point), {"title": "Course", "due": "2099", "agency": focal_point.agency_id})
    signed_in.post(address(point), {"title": "Report", "due": "2099"})

    assert [str(label) for _value, label in form.fields["agency"].choices] == ["All parts", "GCO", "UNDP"]
    assert {each.title: each.agency for each in point.milestones.all()} == {
        "Course": focal_point.agency,
        "Report": None,
    }


@pytest.mark.parametrize("agency", ["WHO", "0", "9" * 30, "x"])
def test_milestone_of_an_agency_that_does_not_lead_is_refused(signed_in, point, agency):
    chosen = personas.agency("WHO").pk if agency == "WHO" else agency

    response = signed_in.post(address(point), {"title": "Course", "due": "2099", "agency": chosen})

    assert (response.status_code, point.milestones.count()) == (400, 0)


def test_milestone_keeps_the_agency_that_leads_no_more(signed_in, point):
    milestone = personas.milestone(point, agency=personas.agency("WHO"))
    form = signed_in.get(address(point, milestone)).context["form"]

    signed_in.post(address(point, milestone), {"title": "Report", "due": "2099", "agency": form["agency"].value()})

    assert Milestone.objects.get().agency == personas.agency("WHO")


def test_milestone_of_an_action_point_without_a_lead_is_everybodys(client, db, coordinator):
    point = personas.action_point()
    personas.sign_in(client, coordinator)

    form = client.get(address(point)).context["form"]
    client.post(address(point), {"title": "Course", "due": "2099"})

    assert ("agency" in form.fields, point.milestones.get().agency) == (False, None)


def test_removal_needs_a_reason_that_the_history_shows(signed_in, point, focal_point):
    milestone = personas.milestone(point, title="Course", place="Rome", due="2006")
    url = reverse("remove_milestone", args=["2026", 1, 1, milestone.pk])
    assert url in links(signed_in.get(address(point, milestone)))

    seen = signed_in.get(url).context["form"]["version"].value()
    refused = signed_in.post(url, {"reason": "", "version": seen})
    done = signed_in.post(url, {"reason": "Entered twice.", "version": seen})
    again = signed_in.post(url, {"reason": "Entered twice.", "version": seen})

    page = signed_in.get(f"{point.get_absolute_url()}history/")
    assert [response.status_code for response in (refused, done, again)] == [400, 302, 302]
    assert not point.milestones.exists()
    assert f"{focal_point.name_with_role} · removed the milestone “Course”, 2006: Entered twice." in text(page)


def test_removal_of_a_changed_milestone_shows_the_change_first(signed_in, point):
    milestone = personas.milestone(point, title="Course")
    url = reverse("remove_milestone", args=["2026", 1, 1, milestone.pk])
    seen = signed_in.get(url).context["form"]["version"].value()
    milestone.title = "Course for managers"
    milestone.save()

    first = signed_in.post(url, {"reason": "Dropped.", "version": seen})
    count = point.milestones.count()
    second = signed_in.post(url, {"reason": "Dropped.", "version": first.context["form"]["version"].value()})

    assert (first.status_code, count, second.status_code) == (409, 1, 302)
    assert "Course for managers" in text(first)
    assert not point.milestones.exists()


def test_unknown_milestone_is_not_found(signed_in, point):
    assert signed_in.get(reverse("remove_milestone", args=["2026", 1, 1, 4711])).status_code == 404


def test_milestone_of_another_action_point_is_not_found(signed_in, point):
    other = personas.milestone(personas.action_point(point.issue, number=2))

    assert signed_in.get(address(point, other)).status_code == 404
    assert signed_in.get(reverse("remove_milestone", args=["2026", 1, 1, other.pk])).status_code == 404
