"""Answering by the links of a digest, without signing in: each is for one person, one purpose and one period."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from django.core import signing
from django.utils import timezone

from actions.drafts import save_draft
from actions.models import ActionPoint
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.reminders.links import VALID, Purpose, answer_link
from actions.reminders.models import DeclinedResponsibility, Digest
from actions.reminders.periods import DigestRules
from actions.reminders.recipients import accepting_digests
from actions.reminders.selection import select_entries
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tests.personas import TODAY
from tracker.people.models import User


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint training")
    found.lead_agencies.add(focal_point.agency)
    return found


@pytest.fixture
def digest(focal_point, point):
    return personas.digest(focal_point, point)


@pytest.fixture
def path(digest, point):
    """The path of the link for a purpose: the same one each time, though a link made a second later is another one."""
    return cache(lambda purpose: answer_link(digest, point.pk, purpose).removeprefix("http://127.0.0.1:8000"))


def filled(person, **typed):
    return {"agency": str(person.agency_id), "version": "0", **typed}


@pytest.mark.parametrize("purpose", Purpose.values)
def test_opening_a_link_shows_a_form_and_does_nothing(client, point, focal_point, path, purpose):
    response = client.get(path(purpose))

    point.refresh_from_db()
    assert response.status_code == 200
    assert f"You answer as {focal_point}" in text(response)
    assert (point.status, point.snoozed_until) == ("not_reported", None)
    assert not DeclinedResponsibility.objects.exists()


def test_progress_is_logged_as_the_recipient(client, point, focal_point, path):
    typed = filled(focal_point, status="under_way", narrative="First course held.", happened="December 2005")

    response = client.post(path("progress"), typed)

    update = point.progress_updates.get()
    assert "Your update is published." in text(response)
    assert (update.author, update.agency, update.status) == (focal_point, focal_point.agency, "under_way")
    assert update.happened.text == "2005-12"


def test_no_progress_is_chosen_already_and_needs_its_reason(client, point, focal_point, path):
    shown = client.get(path("no_progress")).context["form"]["status"].value()
    without = client.post(path("no_progress"), filled(focal_point, status="no_progress"))
    done = client.post(path("no_progress"), filled(focal_point, status="no_progress", reason="The post is vacant."))

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

    assert "You answered by this link on" in text(opened)
    assert "<textarea" not in opened.text
    assert "What you typed now is not published" not in text(same)
    assert "What you typed now is not published" in text(other)
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

    client.post(path("no_progress"), filled(focal_point, status="no_progress", reason="The post is vacant."))

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


def test_snooze_holds_the_reminders_back_with_its_history(client, point, focal_point, path):
    until = timezone.localdate() + timedelta(days=20)

    client.post(path("snooze"), {"until": until.isoformat(), "reason": "Waits for the budget."})

    point.refresh_from_db()
    assert (point.snoozed_until, point.snooze_reason) == (until, "Waits for the budget.")
    assert point.history.first().history_user == focal_point


def test_not_mine_reaches_the_coordinators_and_ends_the_reminders_until_settled(
    client, point, focal_point, coordinator, path
):
    def reminded():
        return [
            pk
            for batch in select_entries(accepting_digests(TODAY), point.issue.agenda, DigestRules(TODAY))
            for pk in batch
        ]

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
        ("progress", {"status": "under_way", "narrative": "x", "agency": "999999"}),
        ("snooze", {"until": "2001-01-01", "reason": "x"}),
        ("snooze", {"until": "x", "reason": "x"}),
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


def newer_digest(digest):
    personas.digest(
        digest.recipient,
        period_start=TODAY + timedelta(days=7),
        state=Digest.State.SENT,
        sent_at=timezone.now(),
        next_attempt_at=None,
    )


@pytest.mark.parametrize(
    "change",
    [
        newer_digest,
        lambda digest: User.objects.update(is_active=False),
        lambda digest: ActionPoint.objects.get().lead_agencies.clear(),
        lambda digest: Agenda.objects.update(state="closed"),
        lambda digest: personas.update(ActionPoint.objects.get(), status="completed"),
    ],
    ids=["newer digest", "deactivated", "no longer theirs", "agenda closed", "completed"],
)
def test_link_ends_when_it_should(client, digest, point, focal_point, path, change):
    address = path("no_progress")
    change(digest)

    response = client.post(address, filled(focal_point, status="no_progress", reason="Too late."))

    assert response.status_code == 404
    assert "This link does not work any more" in text(response)
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
    assert "carried into another agenda since" in text(response)
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
    token = signing.dumps([digest.pk, point.pk, "progress"], salt="reminders.unsubscribe")

    assert client.get(f"/reminders/answers/{token}/").status_code == 404


def test_pages_of_coordinators_show_that_there_are_links_but_not_the_links(client, coordinator, digest):
    personas.sign_in(client, coordinator)

    for page in (digest.get_absolute_url(), "/reminders/schedules/2026/preview/"):
        shown = text(client.get(page))
        assert "Log progress · Still no progress, because … · Remind me later, because … · This is not mine" in shown
        assert "/reminders/answers/" not in shown
