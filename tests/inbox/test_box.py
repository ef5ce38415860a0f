"""Tests of the boxes of the inbox: logging progress in place, one part after the other."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import ProgressUpdate
from actions.progress import log_progress
from actions.reminders.models import DeclinedResponsibility, Digest, ReminderSchedule
from actions.reminders.planning import tick
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate
from tracker.people.models import DigestCeiling

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def signed_in(client, focal_point):
    return personas.sign_in(client, focal_point)


@pytest.fixture
def parts(focal_point):
    """Three parts of the focal point that wait, each with an old update."""
    return [waiting(focal_point, number) for number in (1, 2, 3)]


def waiting(person, number: int, days_ago: int = 200, **fields):
    point = personas.action_point(number=number)
    part = personas.lead(point, person.agency, persons=[person])
    personas.update(point, person, now=timezone.now() - timedelta(days=days_ago), agency=person.agency, **fields)
    return part


def address(part) -> str:
    return reverse("inbox_box", args=[part.pk])


def filled(part, **typed) -> dict[str, str]:
    return {"status": "under_way", "narrative": "It moved.", "version": str(part.action_point.last_number())} | typed


def test_box_begins_with_the_last_status_and_shows_the_last_update(signed_in, parts):
    personas.milestone(parts[1].action_point, title="Course")

    page = signed_in.get(address(parts[1]))

    assert page.context["opened"].box.form["status"].value() == "under_way"
    assert page.context["opened"].box.form["narrative"].value() is None
    assert "Something moved." in text(page)
    assert "Course" in text(page)
    assert page.text.count("<form") - page.text.count('action="/') < 2


@pytest.mark.parametrize(
    ("start", "status", "narrative"),
    [
        ("no_progress", "no_progress", "No progress because "),
        ("same", "under_way", "Something moved."),
        ("x", "under_way", None),
    ],
)
def test_address_can_begin_the_text(signed_in, parts, start, status, narrative):
    form = signed_in.get(f"{address(parts[0])}?start={start}").context["opened"].box.form

    assert (form["status"].value(), form["narrative"].value()) == (status, narrative)


def test_publishing_opens_the_next_box_until_all_is_done(signed_in, focal_point, parts):
    steps = []
    for part in (parts[1], parts[2], parts[0]):
        page = signed_in.post(address(part), filled(part), follow=True)
        steps.append((page.redirect_chain[-1][0], [str(message) for message in page.context["messages"]]))

    assert steps == [
        (address(parts[2]), ["Published 2026/1.2. 2 left."]),
        (address(parts[0]), ["Published 2026/1.3. 1 left."]),
        (reverse("my_action_points"), ["Published 2026/1.1."]),
    ]
    update = parts[0].action_point.progress_updates.get(number=2)
    assert (update.author, update.agency, update.narrative) == (focal_point, focal_point.agency, "It moved.")
    assert "You're done" in text(page)
    assert "Published today: 2026/1.1, 2026/1.2, 2026/1.3" in text(page)


@pytest.mark.parametrize("status", ["under_way", "no_progress", "completed"])
def test_published_row_stays_with_a_link_to_correct_it(signed_in, parts, status):
    page = signed_in.post(address(parts[0]), filled(parts[0], status=status), follow=True)

    row = page.context["inbox"].waiting[0]
    assert (row.action_point.code, row.part.status, row.is_waiting) == ("1.1", status, False)
    assert "Published today at" in text(page)
    assert "1 of 3 done" in text(page)
    assert "/agendas/2026/1.1/updates/2/corrections/" in links(page)


def test_reason_is_the_text_if_there_was_no_progress(signed_in, parts):
    signed_in.post(address(parts[0]), filled(parts[0], status="no_progress", narrative="No progress because of votes."))

    update = parts[0].action_point.progress_updates.get(number=2)
    assert (update.reason, update.narrative) == ("No progress because of votes.", "")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"narrative": ""}, "narrative"),
        ({"narrative": "No progress because ", "status": "no_progress"}, "narrative"),
        ({"narrative": "no progress because …", "status": "no_progress"}, "narrative"),
        ({"narrative": "x" * 2001, "status": "no_progress"}, "narrative"),
        ({"status": "foo"}, "status"),
        ({"happened": "2005-13"}, "happened"),
        ({"evidence": "nothing"}, "evidence"),
    ],
)
def test_errors_keep_the_box_open_with_the_text_and_focus_the_field(signed_in, parts, typed, field):
    page = signed_in.post(address(parts[0]), filled(parts[0], **typed))

    form = page.context["opened"].box.form
    assert page.status_code == 400
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in typed} == typed
    assert "data-autofocus" in form.fields[field].widget.attrs
    assert parts[0].action_point.progress_updates.count() == 1


def test_text_with_an_error_is_saved_as_a_draft_that_publishing_removes(signed_in, parts):
    page = signed_in.post(address(parts[0]), filled(parts[0], happened="2005-13"))
    draft = parts[0].action_point.drafts.get()
    again = {"submission": page.context["opened"].box.form["submission"].value()}

    signed_in.post(address(parts[0]), filled(parts[0], **again))

    assert draft.typed["narrative"] == ["It moved."]
    assert not parts[0].action_point.drafts.exists()


def test_newer_update_of_somebody_else_is_shown_first(signed_in, parts, coordinator):
    typed = filled(parts[0])
    personas.update(parts[0].action_point, coordinator, narrative="Faster.")

    first = signed_in.post(address(parts[0]), typed)
    second = signed_in.post(address(parts[0]), typed | {"version": first.context["opened"].box.form["version"].value()})

    assert (first.status_code, second.status_code) == (409, 302)
    assert "Somebody else published first" in text(first)
    assert "Faster." in text(first)
    assert first.context["opened"].box.form["narrative"].value() == "It moved."


def test_box_sent_twice_counts_once(signed_in, parts):
    typed = filled(parts[0], submission=str(uuid4()))
    same = [signed_in.post(address(parts[0]), typed).status_code for _ in range(2)]

    other = signed_in.post(address(parts[0]), typed | {"narrative": "Something else."})

    assert same == [302, 302]
    assert other.status_code == 409
    assert "You have already published from this form" in text(other)
    assert parts[0].action_point.progress_updates.count() == 2


@pytest.mark.parametrize("status", ["under_way", "no_progress"])
def test_more_leads_to_the_full_form_with_what_was_typed(signed_in, parts, status):
    full = signed_in.post(address(parts[0]), filled(parts[0], do="more", status=status, happened="2005"), follow=True)

    form = full.context["form"]
    field = "reason" if status == "no_progress" else "narrative"
    assert (form["status"].value(), form[field].value(), form["happened"].value()) == (status, "It moved.", "2005")
    assert str(form["agency"].value()) == str(parts[0].agency_id)


def test_more_without_a_text_leads_to_the_empty_full_form(signed_in, parts):
    response = signed_in.post(address(parts[0]), filled(parts[0], do="more", narrative=""))
    with_htmx = signed_in.post(
        address(parts[0]), filled(parts[0], do="more", narrative=""), headers={"HX-Request": "1"}
    )

    form = f"/agendas/2026/1.1/updates/?part={parts[0].pk}"
    assert response.headers["Location"] == with_htmx.headers["HX-Redirect"] == form
    assert not parts[0].action_point.drafts.exists()


def test_draft_is_saved_and_offered_in_its_row(signed_in, parts):
    page = signed_in.post(address(parts[0]), filled(parts[0], do="draft"), follow=True)
    nothing = signed_in.post(address(parts[1]), filled(parts[1], do="draft", narrative=""))

    draft = parts[0].action_point.drafts.get()
    assert f"/agendas/2026/1.1/updates/?draft={draft.pk}" in links(page)
    assert address(parts[0]) not in links(page)
    assert nothing.status_code == 400
    assert "Nothing was written" in text(nothing)


def test_signing_out_keeps_the_text(client, focal_point, parts):
    sent = client.post(address(parts[0]), filled(parts[0], narrative="Half a sentence"))
    personas.sign_in(client, focal_point)

    page = client.get(f"{address(parts[0])}?{sent.headers['Location'].partition('%3F')[2].replace('%3D', '=')}")

    assert "Half a sentence" in page.text


@pytest.mark.parametrize("lost", ["ended", "completed", "another's", "closed"])
def test_box_of_a_part_that_is_lost_saves_the_text(signed_in, focal_point, parts, lost):
    part, point = parts[0], parts[0].action_point
    if lost == "ended":
        personas.set_leads(point, personas.agency("FAO"))
        personas.assign(point, focal_point)
    elif lost == "completed":
        personas.update(point, status="completed")
    elif lost == "another's":
        personas.set_leads(point, personas.agency("FAO"))
    else:
        Agenda.objects.update(state=Agenda.State.CLOSED)
    before = ProgressUpdate.objects.count()

    response = signed_in.post(address(part), filled(part))

    assert response.status_code in {302, 403}
    assert ProgressUpdate.objects.count() == before
    assert point.drafts.get().typed["narrative"] == ["It moved."]


@pytest.mark.parametrize("pk", [0, 999999])
def test_box_of_an_unknown_part_is_not_found(signed_in, pk):
    assert signed_in.get(reverse("inbox_box", args=[pk])).status_code == 404


def test_box_of_somebody_elses_part_is_refused(client, other_focal_point, coordinator, parts):
    assert personas.sign_in(client, other_focal_point).get(address(parts[0])).status_code == 403
    assert personas.sign_in(client, coordinator).get(address(parts[0])).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_open_box_has_a_fixed_number_of_queries(signed_in, focal_point, django_assert_num_queries, rows):
    own = [waiting(focal_point, number) for number in range(1, rows + 1)]
    for part in own:
        personas.milestone(part.action_point, due="2020")
    signed_in.get(address(own[0]))

    with django_assert_num_queries(35):
        signed_in.get(address(own[0]))


def test_part_of_a_colleague_waits_for_others(signed_in, focal_point):
    colleague = personas.person("colleague@example.org", agency=focal_point.agency)
    part = waiting(colleague, 1)

    inbox = signed_in.get("/my/").context["inbox"]

    assert (inbox.waiting, inbox.up_to_date) == ([], [])
    assert [row.part.pk for row in inbox.with_others] == [part.pk]


def test_declined_part_does_not_wait(signed_in, focal_point, parts):
    DeclinedResponsibility.objects.create(
        person=focal_point, action_point=parts[0].action_point, reason="FAO's.", made_at=timezone.now()
    )

    assert [row.part.pk for row in signed_in.get("/my/").context["inbox"].left] == [part.pk for part in parts[1:]]


@pytest.mark.parametrize(("days_ago", "is_asked"), [(0, False), (30, True)])
def test_no_progress_is_asked_about_again_in_the_next_period(signed_in, focal_point, days_ago, is_asked):
    part = waiting(focal_point, 1, days_ago, status="no_progress", reason="Vacant.", narrative="")
    personas.schedule_due(part.action_point.issue.agenda, focal_point)

    row = signed_in.get("/my/").context["inbox"].rows[0]

    assert row.is_waiting is is_asked
    assert row.asked == ((f"Answer: no progress ({row.last_reported})",) if is_asked else ())


@pytest.mark.parametrize(
    ("fields", "is_mailed"),
    [
        ({}, True),
        ({"digest_ceiling": DigestCeiling.MONTHLY}, True),
        ({"wants_digests": False}, False),
        ({"digests_paused_until": date(2099, 1, 1)}, False),
    ],
)
def test_end_says_when_the_next_mail_comes(signed_in, focal_point, fields, is_mailed):
    part = waiting(focal_point, 1, days_ago=1)
    ReminderSchedule.objects.create(
        agenda=part.action_point.issue.agenda, starts_on=timezone.localdate() - timedelta(days=60)
    )
    type(focal_point).objects.filter(pk=focal_point.pk).update(**fields)

    page = signed_in.get("/my/")

    mail, due = page.context["inbox"].next_mail, page.context["inbox"].next_by
    assert ("We remind you by mail on" in text(page)) is is_mailed
    assert ("No mail is planned for you." in text(page)) is not is_mailed
    assert (mail is not None and due < mail <= due + timedelta(days=7) and mail.weekday() == 0) is is_mailed


def test_update_of_a_colleague_is_not_shown_as_published_by_me(signed_in, focal_point, parts):
    colleague = personas.person("colleague@example.org", agency=focal_point.agency)
    progress = personas.progress(agency=focal_point.agency)
    log_progress(parts[0].action_point, progress, author=colleague, now=timezone.now())

    inbox = signed_in.get("/my/").context["inbox"]

    assert inbox.done == []
    assert [row.part.pk for row in inbox.left] == [part.pk for part in parts[1:]]


def test_report_of_long_ago_leaves_the_part_waiting(client, coordinator):
    part = waiting(coordinator_of_an_agency(coordinator), 1)
    long_ago = PartialDate.day(timezone.localdate() - timedelta(days=150))
    progress = personas.progress(agency=part.agency)
    log_progress(part.action_point, progress, author=coordinator, now=timezone.now(), reported_on=long_ago)

    inbox = personas.sign_in(client, coordinator).get("/my/").context["inbox"]

    assert [row.is_waiting for row in inbox.rows] == [True]
    assert inbox.done == []


def coordinator_of_an_agency(coordinator):
    coordinator.agency = personas.agency("UNDP")
    coordinator.save()
    return coordinator


def test_completed_part_stays_and_can_be_corrected(signed_in, focal_point):
    part = waiting(focal_point, 1)

    page = signed_in.post(address(part), filled(part, status="completed"), follow=True)

    assert [row.part.status for row in page.context["inbox"].up_to_date] == ["completed"]
    assert "/agendas/2026/1.1/updates/2/corrections/" in links(page)


def test_inbox_lists_what_the_digest_of_that_moment_lists(signed_in, focal_point):
    vacant: dict[str, Any] = {"status": "no_progress", "reason": "Vacant.", "narrative": ""}
    soon = PartialDate.day(timezone.localdate() + timedelta(days=20))
    due, fresh, asked_again, paused, dated, declined = (
        waiting(focal_point, number, **fields)
        for number, fields in enumerate(
            list[dict[str, Any]]([{}, {"days_ago": 1}, {"days_ago": 40, **vacant}, {}, {"days_ago": 1}, {}]), start=1
        )
    )
    waiting(personas.person("colleague@example.org", agency=focal_point.agency), 7)
    personas.pause(paused.action_point, timezone.localdate() + timedelta(days=9), "Waits for the budget.")
    personas.milestone(dated.action_point, due=soon)
    DeclinedResponsibility.objects.create(
        person=focal_point, action_point=declined.action_point, reason="FAO's.", made_at=timezone.now()
    )
    personas.schedule_due(due.action_point.issue.agenda, focal_point)

    inbox = signed_in.get("/my/").context["inbox"]
    tick(timezone.now(), lambda: None)

    listed = {entry["part"] for entry in Digest.objects.get(recipient=focal_point).snapshot}
    assert {row.part.pk for row in inbox.left} == listed == {due.pk, asked_again.pk, dated.pk}
    assert fresh.pk in {row.part.pk for row in inbox.up_to_date}
