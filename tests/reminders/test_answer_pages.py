"""Answering by the links of a digest, without signing in: each is for one person, one purpose and one period."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from django.core import signing
from django.utils import timezone

from actions.drafts import save_draft
from actions.models import ActionPoint
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.reminders.links import VALID, Purpose, answer_path
from actions.reminders.models import DeclinedResponsibility, Digest
from actions.reminders.periods import DigestRules
from actions.reminders.reading import read_states
from actions.reminders.selection import read_audience, select
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tests.personas import TODAY
from tracker.dates.value import PartialDate
from tracker.people.models import User

pytestmark = pytest.mark.one_database


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint training")
    personas.lead(found, focal_point.agency)
    return found


@pytest.fixture
def digest(focal_point, point):
    return personas.digest(focal_point, point)


@pytest.fixture
def path(digest, point):
    """The path of the link for a purpose: the same one each time, though a link made a second later is another one."""
    part = point.responsibilities.get()
    return cache(lambda purpose: answer_path(digest, point.pk, part.pk, purpose))


def filled(person, **typed):
    return {"agency": str(person.agency_id), "version": "0", **typed}


@pytest.mark.parametrize("purpose", Purpose.values)
def test_opening_a_link_shows_a_form_and_does_nothing(client, point, focal_point, path, purpose):
    response = client.get(path(purpose))

    part = point.responsibilities.get()
    assert response.status_code == 200
    assert f"You answer as {focal_point}" in text(response)
    assert (part.status, part.paused_until) == ("not_reported", None)
    assert not DeclinedResponsibility.objects.exists()


def test_progress_is_logged_as_the_recipient(client, point, focal_point, path):
    typed = filled(focal_point, status="under_way", narrative="First course held.", happened="December 2005")

    response = client.post(path("progress"), typed)

    update = point.progress_updates.get()
    assert "Your update on 2026/1.1 is published. Nothing else in that mail is waiting for you." in text(response)
    assert "You're done" in text(response)
    assert (update.author, update.agency, update.status) == (focal_point, focal_point.agency, "under_way")
    assert update.happened.text == "2005-12"


def test_no_progress_is_chosen_already_and_needs_its_reason(client, point, focal_point, path):
    shown = client.get(path("no_progress")).context["form"]["status"].value()
    without = client.post(path("no_progress"), filled(focal_point, status="no_progress"))
    done = client.post(path("no_progress"), filled(focal_point, status="no_progress", narrative="The post is vacant."))

    assert shown == "no_progress"
    assert (without.status_code, done.status_code) == (400, 200)
    assert point.progress_updates.get().reason == "The post is vacant."


def test_answer_sent_twice_counts_once(client, point, focal_point, path):
    link = path("progress")
    for _ in range(2):
        client.post(link, filled(focal_point, status="under_way", narrative="Once."))

    assert point.progress_updates.count() == 1


def test_link_that_was_used_says_so_and_drops_nothing_that_is_typed_now(client, point, focal_point, path):
    link = path("progress")
    client.post(link, filled(focal_point, status="under_way", narrative="Once."))

    opened = client.get(link)
    same = client.post(link, filled(focal_point, status="under_way", narrative=" Once.\r\n"))
    other = client.post(link, filled(focal_point, status="under_way", narrative="Something else."))

    assert "You answered with this link on" in text(opened)
    assert "<textarea" not in opened.text
    assert "what you have just typed is not published" not in text(same)
    assert "what you have just typed is not published" in text(other)
    assert "Something else." in text(other)
    assert [update.narrative for update in point.progress_updates.all()] == ["Once."]


def test_link_that_was_used_drops_no_other_status_or_date_either(client, point, focal_point, path):
    typed = filled(focal_point, status="under_way", narrative="Once.", happened="2005")
    client.post(path("progress"), typed)

    same = client.post(path("progress"), typed)
    status = client.post(path("progress"), typed | {"status": "completed"})
    faulty = client.post(path("progress"), typed | {"happened": "2005-13"})

    assert [answer.status_code for answer in (same, status, faulty)] == [200, 409, 409]
    assert "Completed" in text(status)
    assert "2005-13" in text(faulty)
    assert point.progress_updates.count() == 1


def test_answer_sent_twice_at_once_drops_nothing_that_differs(client, point, focal_point, path, monkeypatch):
    """The second one looks for what the link has made before the first one is stored."""
    typed = filled(focal_point, status="under_way", narrative="Once.")
    client.post(path("progress"), typed)
    found = []
    sent_before = ProgressUpdateQuerySet.first

    def too_early(updates):
        found.append(sent_before(updates))
        return found[-1] if len(found) > 1 else None

    monkeypatch.setattr(ProgressUpdateQuerySet, "first", too_early)

    assert "Something else." in text(client.post(path("progress"), typed | {"narrative": "Something else."}))
    assert len(found) > 1


def test_answer_leaves_an_unrelated_draft_alone(client, point, focal_point, path):
    save_draft(point, focal_point, {"narrative": ["Half a sentence"]})

    client.post(path("no_progress"), filled(focal_point, status="no_progress", narrative="The post is vacant."))

    assert point.progress_updates.count() == 1
    assert point.drafts.get().typed == {"narrative": ["Half a sentence"]}


def test_answer_is_of_the_day_that_it_is_where_the_person_lives(client, point, focal_point, path, monkeypatch):
    type(focal_point).objects.update(time_zone="Pacific/Auckland")
    link, late = path("progress"), datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    client.post(link, filled(focal_point, status="under_way", narrative="Held.", happened="2026-03-02"))

    update = point.progress_updates.get()
    assert (update.reported_on.text, update.recorded_at) == ("2026-03-02", late)


def test_answer_shows_what_others_wrote_meanwhile(client, point, focal_point, coordinator, path):
    personas.update(point, author=coordinator, narrative="Faster.")

    first = client.post(path("progress"), filled(focal_point, status="under_way", narrative="Slower."))
    again = first.context["form"]["version"].value()
    second = client.post(path("progress"), filled(focal_point, status="under_way", narrative="Slower.", version=again))

    assert (first.status_code, second.status_code) == (409, 200)
    assert "Faster." in text(first)
    assert point.progress_updates.count() == 2


def test_pause_is_of_that_part_with_its_history(client, point, focal_point, other_focal_point, path):
    until = timezone.localdate() + timedelta(days=20)
    address = path("pause")
    other = personas.lead(point, other_focal_point.agency)

    response = client.post(address, {"until": until.isoformat(), "reason": "Waits for the budget."})

    part = point.responsibilities.get(agency=focal_point.agency)
    other.refresh_from_db()
    assert (part.paused_until, part.pause_reason) == (until, "Waits for the budget.")
    assert part.history.first().history_user == focal_point
    assert other.paused_until is None
    assert "Reminders about 2026/1.1 are paused until" in text(response)


def test_not_mine_reaches_the_coordinators_and_ends_the_reminders_until_settled(
    client, point, focal_point, coordinator, path
):
    def reminded():
        states = read_states(point.issue.agenda, TODAY, set())
        recipients = {focal_point.pk, coordinator.pk}
        return list(select(states, DigestRules(TODAY), read_audience(recipients, TODAY), {}, set()))

    for _ in range(2):
        client.post(path("not_mine"), {"reason": "It moved to UNOPS."})
    declined = DeclinedResponsibility.objects.get()
    in_between = reminded()
    personas.sign_in(client, coordinator)
    listed = client.get("/reminders/")
    client.post(f"/reminders/disclaimers/{declined.pk}/settlement/")
    settled = client.get("/reminders/")

    assert in_between == []
    assert f"{focal_point.name_with_role}: It moved to UNOPS." in text(listed)
    assert "It moved to UNOPS." not in text(settled)
    assert reminded() == [focal_point.pk]


@pytest.mark.parametrize(
    ("purpose", "typed"),
    [
        ("progress", {"status": "under_way", "narrative": "x" * 20_001}),
        ("progress", {"status": "foo", "narrative": "x"}),
        ("progress", {"status": "under_way", "narrative": "x", "happened": "2005-13"}),
        ("progress", {"status": "under_way", "narrative": "a\x00b"}),
        ("pause", {"until": "2001-01-01", "reason": "x"}),
        ("pause", {"until": "x", "reason": "x"}),
        ("not_mine", {"reason": ""}),
        ("not_mine", {"reason": "x" * 501}),
    ],
)
def test_bad_input_is_refused_and_kept(client, point, focal_point, path, purpose, typed):
    response = client.post(path(purpose), filled(focal_point, **typed))

    assert response.status_code == 400
    assert not point.progress_updates.exists()
    assert not DeclinedResponsibility.objects.exists()
    for name, value in typed.items():
        assert response.context["form"][name].value() == value


def part_completed(point, agency):
    personas.lead(point, personas.agency("FAO"))
    personas.update(point, agency=agency, status="completed")


def led_again(point, agency):
    personas.set_leads(point)
    point.forget_parts()
    personas.lead(point, agency)


def newer_digest(digest):
    personas.digest(
        digest.recipient,
        day=TODAY + timedelta(days=7),
        state=Digest.State.SENT,
        sent_at=timezone.now(),
        next_attempt_at=None,
    )


@pytest.mark.parametrize(
    "change",
    [
        newer_digest,
        lambda digest: User.objects.update(is_active=False),
        lambda digest: personas.set_leads(ActionPoint.objects.get()),
        lambda digest: Agenda.objects.update(state="closed"),
        lambda digest: personas.update(ActionPoint.objects.get(), status="completed"),
        lambda digest: part_completed(ActionPoint.objects.get(), digest.recipient.agency),
        lambda digest: led_again(ActionPoint.objects.get(), digest.recipient.agency),
    ],
    ids=[
        "newer digest",
        "deactivated",
        "no longer theirs",
        "agenda closed",
        "completed",
        "part completed",
        "lead ended and began again",
    ],
)
def test_link_ends_when_it_should(client, digest, point, focal_point, path, change):
    address = path("no_progress")
    change(digest)

    response = client.post(address, filled(focal_point, status="no_progress", narrative="Too late."))

    assert response.status_code == 404
    assert "This link no longer works" in text(response)
    assert not point.progress_updates.filter(reason="Too late.").exists()


def test_link_to_an_agenda_that_was_rolled_over_says_where_it_goes_on(client, point, path):
    following = personas.agenda("2027")
    parts = [personas.action_point(personas.issue(following), number=number, title="Secret") for number in (1, 2)]
    for part in parts:
        part.carried_from.add(point)
    personas.action_point(personas.issue(personas.agenda("2028", state="draft"))).carried_from.add(point)
    address = path("progress")
    Agenda.objects.filter(pk=point.issue.agenda_id).update(state="closed")

    response = client.get(address)

    assert response.status_code == 404
    assert "has since been carried over to another agenda" in text(response)
    assert {link for link in links(response) if "/2027/" in link} == {part.get_absolute_url() for part in parts}
    assert "/2028/" not in response.content.decode()
    assert "Secret" not in text(response)  # who may read it has an account


def test_link_ends_after_a_while(client, path, monkeypatch):
    address = path("progress")
    now = timezone.now().timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + VALID.total_seconds() + 2)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "1:2:3", "%00", "a" * 5000])
def test_forged_link_is_not_found(client, db, token):
    assert client.get(f"/reminders/answers/{token}/").status_code == 404


def test_link_made_for_something_else_is_not_found(client, digest, point):
    token = signing.dumps([digest.pk, point.pk, None, "progress"], salt="reminders.unsubscribe")

    assert client.get(f"/reminders/answers/{token}/").status_code == 404


def test_pages_of_coordinators_show_that_there_are_links_but_not_the_links(client, coordinator, digest):
    personas.sign_in(client, coordinator)

    for page in (digest.get_absolute_url(), "/reminders/schedules/2026/preview/"):
        shown = text(client.get(page))
        assert "Log progress No progress because … Pause reminders Not mine" in shown
        assert "/reminders/answers/" not in shown


def parts_of(focal_point, count):
    """Action points whose parts of the person's agency wait, with a digest about them."""
    points = [personas.action_point(number=number, title=f"Course {number}") for number in range(1, count + 1)]
    for each in points:
        personas.lead(each, focal_point.agency)
    return points, personas.digest(focal_point, *points)


def first_path(digest, point, purpose="progress"):
    return answer_path(digest, point.pk, point.responsibilities.get().pk, purpose)


@pytest.mark.parametrize(
    "typed",
    [{"status": "under_way", "narrative": "Held."}, {"status": "no_progress", "narrative": "The post is vacant."}],
)
def test_answers_lead_from_one_part_to_the_next_until_all_are_done(client, focal_point, typed):
    points, digest = parts_of(focal_point, 3)
    page = client.get(first_path(digest, points[0]))
    seen, typed = [text(page)], filled(focal_point, **typed)
    while page.context.get("form"):
        page = client.post(page.request["PATH_INFO"], typed, follow=True)
        seen.append(text(page))

    assert "2 more are waiting for you" in seen[0]
    assert "Your update on 2026/1.1 is published. 2 more are waiting for you." in seen[1]
    assert "Course 2" in seen[1]
    assert "Your update on 2026/1.2 is published. 1 more is waiting for you." in seen[2]
    assert "You're done" in seen[3]
    assert "Your update on 2026/1.3 is published. Nothing else in that mail is waiting for you." in seen[3]
    assert [point.progress_updates.count() for point in points] == [1, 1, 1]


@pytest.mark.parametrize(
    ("purpose", "typed", "expected"),
    [
        ("no_progress", {"status": "no_progress", "narrative": "Vacant."}, "Your update on 2026/1.1 is published."),
        (
            "pause",
            {"until": "2027-03-01", "reason": "Waits."},
            "Reminders about 2026/1.1 are paused until 1 March 2027.",
        ),
        ("not_mine", {"reason": "FAO's."}, "The coordinators see your answer about 2026/1.1."),
    ],
)
def test_each_kind_of_answer_leads_to_the_next_part(client, focal_point, purpose, typed, expected):
    points, digest = parts_of(focal_point, 2)

    page = client.post(first_path(digest, points[0], purpose), filled(focal_point, **typed), follow=True)

    assert page.redirect_chain
    assert expected in text(page)
    assert "1 more is waiting for you." in text(page)
    assert "Course 2" in text(page)


def test_link_that_was_used_still_shows_what_is_waiting(client, focal_point):
    points, digest = parts_of(focal_point, 2)
    path = first_path(digest, points[0])
    client.post(path, filled(focal_point, status="under_way", narrative="Held."))

    page = client.get(path)

    assert "You answered with this link on" in text(page)
    assert "1 more is waiting for you" in text(page)
    assert "You're done" not in text(page)


def test_other_parts_of_the_same_action_point_are_waiting_too(client, focal_point, other_focal_point):
    point = personas.action_point(title="Joint training")
    own = personas.lead(point, focal_point.agency)
    personas.lead(point, other_focal_point.agency, persons=[focal_point])
    digest = personas.digest(focal_point, point)

    page = client.post(
        answer_path(digest, point.pk, own.pk, "progress"),
        filled(focal_point, status="under_way", narrative="Held."),
        follow=True,
    )

    assert "1 more is waiting for you." in text(page)
    assert "part of UNSSC" in text(page)
    assert page.context["question"].heading == "What has UNSSC done so far?"


@pytest.mark.parametrize("named", [True, False])
def test_update_has_the_agency_of_the_part_whoever_writes_it(client, focal_point, named):
    """Named for the part of another agency, or of an agency below the lead."""
    point = personas.action_point()
    if named:
        part = personas.lead(point, personas.agency("UNSSC"), persons=[focal_point])
        personas.lead(point, focal_point.agency)
    else:
        below = personas.agency("UNDP-NO", parent=focal_point.agency)
        part = personas.lead(point, focal_point.agency)
        focal_point = personas.person("no@example.org", agency=below)
    digest = personas.digest(focal_point, point)

    response = client.post(
        answer_path(digest, point.pk, part.pk, "progress"),
        {"status": "under_way", "narrative": "Held.", "version": "0", "agency": str(part.agency_id)},
        follow=True,
    )

    assert response.status_code == 200
    assert point.progress_updates.get().agency == part.agency
    part.refresh_from_db()
    assert part.status == "under_way"


@pytest.mark.parametrize(
    ("purpose", "update", "heading"),
    [
        ("progress", False, "What has UNDP done so far?"),
        ("progress", True, "What has UNDP done since March 2006?"),
        ("no_progress", True, "Why is there no progress at UNDP?"),
        ("pause", True, "Until when should reminders about the part of UNDP pause?"),
        ("not_mine", True, "Whose is it, if it is not yours?"),
    ],
)
def test_page_asks_about_the_part_with_its_last_update_and_milestones(
    client, point, focal_point, path, purpose, update, heading
):
    address = path(purpose)
    personas.lead(point, personas.agency("FAO"))
    personas.milestone(point, title="Survey", due="2026-10", agency=focal_point.agency)
    personas.milestone(point, title="Course", due="2099")
    personas.milestone(point, title="Of others", due="2026-10", agency=personas.agency("FAO"))
    if update:
        on = PartialDate.parse("2006-03")
        values = personas.progress(agency=focal_point.agency, narrative="The first course was held.")
        personas.log_progress(point, values, author=focal_point, now=personas.NOW, reported_on=on)

    page = client.get(address)

    assert page.context["question"].heading == heading
    assert f"2026/1.1 Joint training · part of UNDP {heading}" in text(page)
    assert ("UNDP, March 2006 Under way The first course was held." in text(page)) == update
    assert "Milestone overdue: Survey , October 2026" in text(page)
    assert "Milestone: Course , 2099" in text(page)
    assert "Of others" not in text(page)


def test_coordinator_answers_for_an_action_point_without_a_lead(client, coordinator):
    point = personas.action_point()
    digest = personas.digest(coordinator, point)
    path = answer_path(digest, point.pk, None, "progress")

    page = client.post(path, {"status": "under_way", "narrative": "Held.", "version": "0"})

    assert "You're done" in text(page)
    assert point.progress_updates.get().author == coordinator
    assert client.get(answer_path(digest, point.pk, None, "pause")).status_code == 404
    personas.lead(point, personas.agency())
    assert client.get(answer_path(digest, point.pk, None, "no_progress")).status_code == 404


def test_last_status_is_chosen_already_unless_it_was_no_progress(client, point, focal_point, path):
    personas.update(point, focal_point, agency=focal_point.agency, status="exploring")
    exploring = client.get(path("progress")).context["form"]["status"].value()
    personas.update(point, focal_point, agency=focal_point.agency, status="no_progress", reason="Vacant.")
    no_progress = client.get(path("progress")).context["form"]["status"].value()

    assert (exploring, no_progress) == ("exploring", None)


@pytest.mark.parametrize("count", [1, 3])
def test_answer_page_costs_the_same_for_any_number_of_parts(client, focal_point, django_assert_num_queries, count):
    points, digest = parts_of(focal_point, count)
    path = first_path(digest, points[0])

    with django_assert_num_queries(36):
        client.get(path)
