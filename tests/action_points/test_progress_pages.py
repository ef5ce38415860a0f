"""Tests of the progress form: logging, drafts, corrections and withdrawals."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.drafts import MAX_DRAFTS, save_draft
from actions.models import ActionPoint, Milestone, ProgressUpdate
from actions.progress import correct, log_progress, withdraw
from issues.models import Agenda, Issue
from tests import personas
from tests.action_points.progress_form import discard_url, filled
from tests.actions.pages import links, text
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.django_db


def test_logging_stores_what_was_typed(signed_in, form_url, point, focal_point):
    response = signed_in.post(
        form_url, filled(focal_point, evidence="https://www.example.org/minutes Minutes of the course")
    )

    update = point.progress_updates.get()
    assert response.headers["Location"] == f"{point.get_absolute_url()}#update-1"
    assert (update.author, update.agency, update.status) == (focal_point, focal_point.agency, "under_way")
    assert update.happened == PartialDate.parse("2005-12")
    assert [(link.url, link.title) for link in update.evidence.all()] == [
        ("https://www.example.org/minutes", "Minutes of the course")
    ]


def test_report_date_is_today_in_the_persons_time_zone(signed_in, form_url, point, focal_point, monkeypatch):
    type(focal_point).objects.update(time_zone="Pacific/Auckland")
    late = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    signed_in.post(form_url, filled(focal_point, happened="2026-03-02"))

    update = point.progress_updates.get()
    assert (update.reported_on.text, update.recorded_at) == ("2026-03-02", late)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("www.example.org", "https://www.example.org"),
        ("example.org/report.pdf?page=2", "https://example.org/report.pdf?page=2"),
        ("example.org:8080/a", "https://example.org:8080/a"),
        ("http://example.org", "http://example.org"),
        ("minutes.pdf", None),
        ("minutes", None),
        ("somebody@example.org", None),
        ("mailto:somebody@example.org", None),
        ("javascript:alert(1)", None),
        ("ftp://example.org", None),
    ],
)
def test_link_without_a_scheme_is_stored_with_https(signed_in, form_url, point, focal_point, typed, address):
    response = signed_in.post(form_url, filled(focal_point, evidence=f"{typed} Its title"))

    assert response.status_code == (302 if address else 400)
    stored = [(link.url, link.title) for update in point.progress_updates.all() for link in update.evidence.all()]
    assert stored == ([(address, "Its title")] if address else [])


@pytest.mark.parametrize(("typed", "day"), [("today", "2026-03-02"), (" Yesterday ", "2026-03-01")])
def test_dates_accept_today_and_yesterday_in_the_persons_time_zone(
    signed_in, form_url, point, focal_point, monkeypatch, typed, day
):
    type(focal_point).objects.update(time_zone="Pacific/Auckland")
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 3, 1, 22, 0, tzinfo=UTC))

    signed_in.post(form_url, filled(focal_point, happened=typed, do="draft"))
    signed_in.post(form_url, filled(focal_point, happened=typed))

    assert point.drafts.get().typed["happened"] == [day]
    assert point.progress_updates.get().happened == PartialDate.parse(day)


def test_confirmation_is_shown_at_the_update_with_the_next_step(signed_in, form_url, point, focal_point):
    personas.update(point, focal_point)

    page = signed_in.post(form_url, filled(focal_point, version="1"), follow=True)
    update = page.text[page.text.index('id="update-2"') : page.text.index('id="update-1"')]
    again = signed_in.get(point.get_absolute_url())

    assert page.text.count("Progress logged on 2026/1.1.") == 1
    assert "Progress logged on 2026/1.1." in update
    assert 'tabindex="-1" data-autofocus' in update
    assert f"keep-clear:{form_url}" in update
    assert {reverse("my_action_points"), reverse("add_milestone", args=["2026", 1, 1])} <= links(page)
    assert "Progress logged" not in text(again)


def test_confirmation_links_to_the_next_action_point_due(signed_in, form_url, point, focal_point):
    fresh, overdue, other = (personas.action_point(number=number) for number in (2, 3, 4))
    for own in (fresh, overdue):
        personas.lead(own, focal_point.agency)
    personas.update(other)
    log_progress(fresh, personas.progress(), author=focal_point, now=timezone.now())

    first = signed_in.post(form_url, filled(focal_point), follow=True)
    second = signed_in.post(reverse("log_progress", args=["2026", 1, 3]), filled(focal_point), follow=True)

    waits = "log progress on 2026/1.3, which is waiting for you"
    assert waits in text(first)
    assert reverse("log_progress", args=["2026", 1, 3]) in links(first)
    assert waits not in text(signed_in.get(point.get_absolute_url()))
    assert "which is waiting for you" not in text(second)


def test_confirmation_is_shown_above_an_update_on_another_page(signed_in, form_url, point, focal_point):
    signed_in.post(form_url, filled(focal_point))
    other = personas.action_point(number=2)
    personas.update(other)

    page = signed_in.get(other.get_absolute_url())

    assert page.text.index("Progress logged on 2026/1.1.") < page.text.index("<h1")


def test_logging_no_progress_needs_only_a_reason(signed_in, form_url, point, focal_point):
    answer = filled(focal_point, status="no_progress", narrative="", happened="")

    assert signed_in.post(form_url, answer).status_code == 400
    assert signed_in.post(form_url, answer | {"reason": "The post is vacant."}).status_code == 302
    assert point.progress_updates.get().reason == "The post is vacant."


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("status", "not_reported"),
        ("status", "great"),
        ("status", ""),
        ("narrative", ""),
        ("narrative", "x" * 20_001),
        ("narrative", "bell \x07"),
        ("narrative", "nul \x00"),
        ("happened", "2005-13"),
        ("happened", "0001-01-01"),
        ("happened", "9999"),
        ("happened", "2099"),
        ("happened", "some day"),
        ("evidence", "ftp://example.org"),
        ("evidence", "javascript:alert(1)"),
        ("evidence", "https://www.example.org/ a\x1bb"),
        ("evidence", "\n".join(f"https://www.example.org/{number}" for number in range(21))),
        ("agency", "999999"),
        ("agency", "nobody"),
        ("participants", "999999"),
        ("submission", "no uuid"),
        ("version", "-1"),
        ("version", "1" * 40),
    ],
)
def test_logging_refuses_invalid_input_and_keeps_it(signed_in, form_url, point, focal_point, field, typed):
    response = signed_in.post(form_url, filled(focal_point, **{field: typed}))

    assert response.status_code == 400
    assert not point.progress_updates.exists()
    assert point.drafts.get(author=focal_point).typed["happened"] == (
        [typed] if field == "happened" else ["December 2005"]
    )
    assert "December 2005" in response.text or field == "happened"


def test_reason_with_another_status_is_refused_with_an_error(signed_in, form_url, point, focal_point):
    data = {"status": "under_way", "narrative": "It began.", "reason": "No money yet.", "agency": focal_point.agency_id}

    response = signed_in.post(form_url, data | {"publish": ""})

    assert response.status_code == 400
    assert "A reason goes with “No progress”." in text(response)
    assert "No money yet." in response.text
    assert not point.progress_updates.exists()


@pytest.mark.parametrize("who", ["focal_point", "coordinator", "admin"])
def test_closed_agenda_can_be_read_but_not_changed(client, request, form_url, point, who):
    person = request.getfixturevalue(who)
    update = personas.update(point, person, agency=personas.agency())
    milestone = personas.milestone(point)
    personas.sign_in(client, person)
    base = point.get_absolute_url()
    forms = {
        form_url: filled(person, agency=personas.agency().pk, version="1"),
        f"{base}updates/{update.number}/corrections/": {
            "narrative": "Corrected.",
            "status": "completed",
            "version": "1",
        },
        f"{base}updates/{update.number}/withdrawal/": {"reason": "A mistake.", "version": "1"},
        f"{base}milestones/": {"title": "Another", "due": "2099"},
        f"{base}milestones/{milestone.pk}/": {"title": "Renamed", "due": "2099"},
        f"{base}milestones/{milestone.pk}/completion/": {"done_on": "2026"},
        f"{base}milestones/{milestone.pk}/removal/": {"reason": "Dropped."},
        f"{base}snooze/": {"until": "2099-01-01", "reason": "Waits."},
        f"{base}edit/": {"title": "Renamed"},
        "/agendas/2026/edit/": {"title": "Renamed"},
        "/agendas/2026/issues/": {"title": "Added"},
        "/agendas/2026/issues/1/edit/": {"title": "Renamed"},
        "/agendas/2026/outline/": {"text": "1. Issue"},
        "/agendas/2026/issues/1/action-points/": {"title": "Added"},
        "/agendas/2026/action-points/changes/": {},
    }
    type(point.issue.agenda).objects.filter(pk=point.issue.agenda_id).update(state="closed")
    stored = [list(model.objects.values()) for model in (ActionPoint, ProgressUpdate, Milestone, Agenda, Issue)]

    answers = {path: client.post(path, data).status_code for path, data in forms.items()}

    assert answers == dict.fromkeys(forms, 403)
    assert [list(model.objects.values()) for model in (ActionPoint, ProgressUpdate, Milestone, Agenda, Issue)] == stored
    assert client.get(base).status_code == 200
    assert form_url not in links(client.get(base))


def test_logging_for_another_agency_is_refused(signed_in, form_url, point, focal_point):
    response = signed_in.post(form_url, filled(focal_point, agency=personas.agency("WHO").pk))

    assert response.status_code == 400
    assert not point.progress_updates.exists()


def test_form_sent_twice_creates_one_update(signed_in, form_url, point, focal_point):
    form = filled(focal_point)

    answers = [signed_in.post(form_url, form).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert point.progress_updates.count() == 1


def test_form_sent_again_with_other_text_can_be_published_as_another_update(signed_in, form_url, point, focal_point):
    form = filled(focal_point)
    signed_in.post(form_url, form)

    refused = signed_in.post(form_url, form | {"narrative": "A second course was held."})
    hidden = refused.context["form"]["submission"].value()
    draft = point.drafts.get(author=focal_point)
    done = signed_in.post(form_url, form | {"narrative": "A second course was held.", "submission": hidden})

    assert (refused.status_code, done.status_code) == (409, 302)
    assert "You have already published from this form" in text(refused)
    assert "The first course was held." in text(refused)
    assert refused.context["form"]["narrative"].value() == "A second course was held."
    assert draft.typed["narrative"] == ["A second course was held."]
    assert [update.narrative for update in point.progress_updates.all()] == [
        "The first course was held.",
        "A second course was held.",
    ]
    assert not point.drafts.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "completed"},
        {"happened": "2005"},
        {"is_piece": "on"},
        {"evidence": "https://www.example.org/other"},
        {"evidence": ""},
        {"status": "no_progress", "reason": "None.", "narrative": ""},
        {"participants": []},
    ],
)
def test_form_sent_again_is_compared_in_every_field(signed_in, form_url, point, focal_point, changed):
    form = filled(focal_point, evidence="https://www.example.org/a A", participants=[personas.agency("WHO").pk])
    first = signed_in.post(form_url, form).status_code

    assert (first, signed_in.post(form_url, form).status_code) == (302, 302)
    assert signed_in.post(form_url, form | changed).status_code == 409
    assert point.progress_updates.count() == 1


def test_form_sent_again_can_be_published_as_a_correction(signed_in, form_url, point, focal_point):
    form = filled(focal_point)
    signed_in.post(form_url, form)
    refused = signed_in.post(form_url, form | {"narrative": "Two courses were held."})
    hidden = refused.context["form"]["submission"].value()
    url = reverse("correct_update", args=["2026", 1, 1, 1])

    done = signed_in.post(
        url, form | {"narrative": "Two courses were held.", "submission": hidden, "version": "1", "do": "publish"}
    )

    assert f'formaction="{url}"' in refused.text
    assert done.status_code == 302
    assert point.progress_updates.current().get().narrative == "Two courses were held."
    assert not point.drafts.exists()


def test_one_form_on_two_action_points_is_published_once_and_keeps_the_input(signed_in, form_url, point, focal_point):
    other = personas.action_point(number=2)
    personas.lead(other, focal_point.agency)
    other_url = reverse("log_progress", args=["2026", 1, 2])
    form = filled(focal_point)
    signed_in.post(form_url, form)

    refused = signed_in.post(other_url, form)
    hidden = refused.context["form"]["submission"].value()

    assert refused.status_code == 409
    assert "formaction" not in refused.text
    assert signed_in.post(other_url, form | {"submission": hidden}).status_code == 302
    assert other.progress_updates.count() == 1


def test_draft_saved_after_publishing_can_be_published_and_is_removed(signed_in, form_url, point, focal_point):
    form = filled(focal_point)
    signed_in.post(form_url, form)
    page = signed_in.post(form_url, form | {"do": "draft", "narrative": "More came after it."}, follow=True)

    hidden = page.context["form"]["submission"].value()
    done = signed_in.post(form_url, form | {"narrative": "More came after it.", "submission": str(hidden)})

    assert done.status_code == 302
    assert point.progress_updates.count() == 2
    assert not point.drafts.exists()


def test_draft_open_in_two_tabs_keeps_both_texts(signed_in, form_url, point, focal_point):
    page = signed_in.post(form_url, filled(focal_point, do="draft"), follow=True)
    form = filled(focal_point, submission=str(page.context["form"]["submission"].value()))

    first = signed_in.post(form_url, form | {"narrative": "From the one tab."})
    second = signed_in.post(form_url, form | {"narrative": "From the other."})
    hidden = second.context["form"]["submission"].value()
    third = signed_in.post(form_url, form | {"narrative": "From the other.", "submission": hidden})

    assert [answer.status_code for answer in (first, second, third)] == [302, 409, 302]
    assert point.progress_updates.count() == 2
    assert not point.drafts.exists()


@pytest.mark.parametrize("submission", ["same", "different"])
@pytest.mark.parametrize("fields", [{"do": "draft"}, {"happened": "2005-13"}, {"version": "0"}])
def test_two_tabs_save_separate_drafts_that_are_both_offered(
    signed_in, form_url, point, focal_point, coordinator, submission, fields
):
    personas.update(point, author=coordinator, narrative="The coordinator was faster.")
    first = filled(focal_point, narrative="From the one tab.") | fields
    second = filled(focal_point, narrative="From the other.") | fields
    if submission == "same":
        second["submission"] = first["submission"]

    for form in (first, second):
        signed_in.post(form_url, form)
    page = signed_in.get(form_url)

    drafts = list(point.drafts.all())
    assert [draft.texts for draft in drafts] == [["From the other."], ["From the one tab."]]
    assert not page.context["form"]["narrative"].value()
    for draft in drafts:
        assert f"{form_url}?draft={draft.pk}" in links(page)
        continued = signed_in.get(form_url, {"draft": draft.pk})
        assert [continued.context["form"]["narrative"].value()] == draft.texts
        published = filled(focal_point, submission=str(continued.context["form"]["submission"].value()), version="2")
        assert signed_in.post(form_url, published | {"narrative": draft.texts[0]}).status_code == 302
    assert not point.drafts.exists()
    assert point.progress_updates.count() == 3


@pytest.mark.parametrize(
    "refused", [{"status": "no_progress"}, {"status": ""}, {"submission": "no uuid"}, {"version": "-1"}]
)
def test_empty_form_saves_no_draft(signed_in, form_url, point, focal_point, refused):
    empty = filled(focal_point, narrative="", happened="") | refused

    published = signed_in.post(form_url, empty)
    saved = signed_in.post(form_url, empty | {"do": "draft"})

    assert (published.status_code, saved.status_code) == (400, 400)
    assert "Nothing was written, so no draft was saved." in text(saved)
    assert not point.drafts.exists()


def test_emptied_form_keeps_its_draft(signed_in, form_url, point, focal_point):
    submission = save_draft(point, focal_point, {"narrative": ["Half a"]}).submission

    refused = signed_in.post(form_url, filled(focal_point, narrative="", happened="", submission=str(submission)))

    assert point.drafts.get().texts == ["Half a"]
    assert refused.context["form"]["submission"].value() == str(submission)


@pytest.mark.parametrize(("fields", "status"), [({"do": "draft"}, 409), ({"happened": "2005-13"}, 400)])
def test_form_beyond_the_draft_limit_is_shown_again_with_its_text(
    signed_in, form_url, point, focal_point, fields, status
):
    for number in range(MAX_DRAFTS):
        save_draft(point, focal_point, {"narrative": [f"Draft {number}"]})

    page = signed_in.post(form_url, filled(focal_point, narrative="One more") | fields)

    assert page.status_code == status
    assert "you already have 10 drafts on this action point" in text(page)
    assert page.context["form"]["narrative"].value() == "One more"
    assert point.drafts.count() == MAX_DRAFTS


@pytest.mark.parametrize("do", ["publish", "draft"])
def test_text_of_a_person_who_lost_permission_is_kept(signed_in, form_url, point, focal_point, do):
    personas.set_leads(point)

    refused = signed_in.post(form_url, filled(focal_point, do=do, narrative="Typed while the lead changed."))
    draft = point.drafts.get(author=focal_point)

    assert refused.status_code == 403
    assert "What you typed is saved as a draft" in text(refused)
    assert discard_url(draft) in links(signed_in.get(reverse("my_action_points")))
    assert "Typed while the lead changed." in text(signed_in.get(discard_url(draft)))


@pytest.mark.parametrize("draft", ["0", "1", "x", "", "-1", "9" * 30, "٣"])
def test_draft_of_another_person_cannot_be_continued(signed_in, form_url, point, coordinator, draft):
    other = save_draft(point, coordinator, {"narrative": ["Another person's"]})

    for pk in (draft, other.pk):
        page = signed_in.get(form_url, {"draft": pk}, follow=True)
        assert "This draft no longer exists" in text(page)
        assert "Another person's" not in page.text


def test_draft_is_discarded_by_its_author_after_confirmation(signed_in, form_url, point, focal_point, coordinator):
    others = save_draft(point, coordinator, {"narrative": ["Another's"]})
    signed_in.post(form_url, filled(focal_point, do="draft", narrative="Half a sentence"))
    url = discard_url(point.drafts.get(author=focal_point))
    assert url in links(signed_in.get(form_url))

    page = signed_in.get(url)
    count = point.drafts.count()
    done = signed_in.post(url, {"version": str(page.context["draft"].submission)}, follow=True)
    again = signed_in.post(url, follow=True)
    not_ones_own = signed_in.post(discard_url(others), {"version": str(others.submission)}, follow=True)

    assert ("Half a sentence" in text(page), count) == (True, 2)
    assert "Draft discarded." in text(done)
    assert "This draft no longer exists" in text(again)
    assert "This draft no longer exists" in text(not_ones_own)
    assert [draft.author for draft in point.drafts.all()] == [coordinator]


def test_draft_saved_since_is_shown_before_it_is_discarded(signed_in, form_url, point, focal_point):
    draft = save_draft(point, focal_point, {"narrative": ["Half a"]})
    save_draft(point, focal_point, {"narrative": ["Half a sentence"]}, draft.submission)

    refused = signed_in.post(discard_url(draft), {"version": str(draft.submission)})

    assert refused.status_code == 409
    assert "Half a sentence" in text(refused)
    assert point.drafts.exists()


def test_draft_without_a_valid_submission_id_can_be_published(signed_in, form_url, point, focal_point):
    page = signed_in.post(form_url, filled(focal_point, do="draft", submission="no uuid"), follow=True)

    hidden = page.context["form"]["submission"].value()

    assert signed_in.post(form_url, filled(focal_point, submission=str(hidden))).status_code == 302
    assert not point.drafts.exists()


def test_publishing_from_another_form_keeps_the_draft(signed_in, form_url, point, focal_point):
    signed_in.post(form_url, filled(focal_point, do="draft", narrative="Half a"))

    signed_in.post(form_url, filled(focal_point))

    assert point.drafts.get(author=focal_point).typed["narrative"] == ["Half a"]


def test_logging_after_another_person_shows_both_texts_then_is_accepted(
    signed_in, form_url, point, focal_point, coordinator
):
    personas.update(point, author=coordinator, narrative="The coordinator was faster.")

    first = signed_in.post(form_url, filled(focal_point, narrative="My own text."))
    hidden = first.context["form"]["version"].value()
    second = signed_in.post(form_url, filled(focal_point, narrative="My own text.", version=hidden))

    assert first.status_code == 409
    assert "The coordinator was faster." in first.text
    assert "My own text." in first.text
    assert second.status_code == 302
    assert point.progress_updates.count() == 2


def test_draft_is_saved_and_restored_as_typed(signed_in, form_url, point, focal_point):
    data = filled(focal_point, do="draft", happened="some day in spring", narrative="Half a")

    page = signed_in.post(form_url, data, follow=True)

    assert not point.progress_updates.exists()
    assert "some day in spring" in page.text
    assert page.context["form"]["narrative"].value() == "Half a"


def test_draft_is_not_shown_to_another_person(signed_in, client, form_url, focal_point, coordinator):
    signed_in.post(form_url, filled(focal_point, do="draft", narrative="For myself only"))
    personas.sign_in(client, coordinator)

    assert "For myself only" not in client.get(form_url).text


def test_preview_shows_the_markdown_and_stores_nothing(signed_in, form_url, point, focal_point):
    page = signed_in.post(form_url, filled(focal_point, do="preview", narrative="**bold** <script>alert(1)</script>"))

    assert page.status_code == 200
    assert "<strong>bold</strong>" in page.text
    assert "<script>alert" not in page.text
    assert not ProgressUpdate.objects.exists()
    assert not point.drafts.exists()


def test_preview_refuses_text_that_is_too_long(signed_in):
    url = reverse("markdown_preview")

    assert signed_in.post(url, {"narrative": "*yes*"}).text.strip() == "<p><em>yes</em></p>"
    assert signed_in.post(url, {"narrative": "x" * 20_001}).status_code == 400


def test_text_of_a_signed_out_person_is_restored_after_signing_in(client, form_url, point, focal_point, settings):
    focal_point.set_password("a long enough password")
    focal_point.save()

    refused = client.post(form_url, filled(focal_point, narrative="Typed before the session ended."))
    client.post(refused.headers["Location"], {"login": focal_point.email, "password": "a long enough password"})
    page = client.get(form_url)

    assert refused.status_code == 302
    assert page.context["form"]["narrative"].value() == "Typed before the session ended."
    assert page.context["form"]["happened"].value() == "December 2005"
    assert not point.progress_updates.exists()
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_form_selects_the_status_in_its_address(signed_in, form_url):
    chosen = signed_in.get(form_url, {"status": "no_progress"}).context["form"]["status"].value()
    junk = signed_in.get(form_url, {"status": "great"}).context["form"]["status"].value()

    assert (chosen, junk) == ("no_progress", None)


@pytest.mark.parametrize("others", [1, 3])
def test_form_has_a_fixed_number_of_queries(signed_in, form_url, point, focal_point, django_assert_num_queries, others):
    for _ in range(others):
        personas.update(point, author=focal_point, agency=focal_point.agency)
    signed_in.get(form_url)

    with django_assert_num_queries(FORM_QUERIES):
        signed_in.get(form_url)


FORM_QUERIES = 15
"""Session, user, action point with owners (3), parts of the agency, draft, last number, last update (3), agencies (2), navigation."""


def test_correction_adds_a_version_and_keeps_the_old_text(signed_in, point, focal_point):
    old = personas.update(point, author=focal_point, agency=focal_point.agency, narrative="Wrong.")
    url = reverse("correct_update", args=["2026", 1, 1, 1])

    shown = signed_in.get(url).context["form"]["narrative"].value()
    response = signed_in.post(url, filled(focal_point, narrative="Right.", version="1"))

    assert shown == "Wrong."
    assert response.status_code == 302
    assert [(update.version, update.narrative) for update in point.progress_updates.all()] == [
        (1, "Wrong."),
        (2, "Right."),
    ]
    assert point.progress_updates.current().get().supersedes == old


def test_correction_after_another_person_shows_both_texts(signed_in, point, focal_point, coordinator):
    old = personas.update(point, author=focal_point, agency=focal_point.agency, narrative="Wrong.")
    correct(
        old,
        personas.progress(agency=focal_point.agency, narrative="Text of the coordinator."),
        author=coordinator,
        now=personas.NOW,
    )
    url = reverse("correct_update", args=["2026", 1, 1, 1])

    first = signed_in.post(url, filled(focal_point, narrative="Text of the focal point.", version="1"))
    again = first.context["form"]["version"].value()
    second = signed_in.post(url, filled(focal_point, narrative="Text of the focal point.", version=again))

    assert first.status_code == 409
    assert "Text of the coordinator." in first.text
    assert "Text of the focal point." in first.text
    assert second.status_code == 302
    assert point.progress_updates.current().get().narrative == "Text of the focal point."


def test_correction_sent_again_with_other_text_keeps_the_input(signed_in, point, focal_point):
    personas.update(point, author=focal_point, agency=focal_point.agency, narrative="Wrong.")
    url = reverse("correct_update", args=["2026", 1, 1, 1])
    form = filled(focal_point, narrative="Right.", version="1")
    signed_in.post(url, form)

    same = signed_in.post(url, form)
    refused = signed_in.post(url, form | {"narrative": "Really right."})
    hidden = {name: str(refused.context["form"][name].value()) for name in ("submission", "version")}
    done = signed_in.post(url, form | {"narrative": "Really right."} | hidden)

    assert [answer.status_code for answer in (same, refused, done)] == [302, 409, 302]
    assert "You have already published from this form" in text(refused)
    assert refused.context["form"]["narrative"].value() == "Really right."
    assert [update.narrative for update in point.progress_updates.all()] == ["Wrong.", "Right.", "Really right."]


def test_correction_keeps_fields_that_its_form_does_not_show(signed_in, point, focal_point, coordinator):
    personas.update(point, author=coordinator, agency=focal_point.agency, attributed_to="The whole system")

    signed_in.post(reverse("correct_update", args=["2026", 1, 1, 1]), filled(focal_point, version="1"))

    assert point.progress_updates.current().get().attributed_to == "The whole system"


def test_withdrawal_needs_a_reason(signed_in, point, focal_point):
    update = personas.update(point, author=focal_point, agency=focal_point.agency)
    url = reverse("withdraw_update", args=["2026", 1, 1, 1])

    refused = signed_in.post(url, {"reason": "", "version": "1"})
    done = signed_in.post(url, {"reason": "Written on the wrong action point.", "version": "1"})

    update.refresh_from_db()
    assert (refused.status_code, done.status_code) == (400, 302)
    assert (update.withdrawn_by, update.withdrawn_reason) == (focal_point, "Written on the wrong action point.")


def test_withdrawn_update_cannot_be_corrected(signed_in, point, focal_point):
    update = personas.update(point, author=focal_point, agency=focal_point.agency)
    withdraw(update, by=focal_point, reason="Wrong.", now=personas.NOW)

    response = signed_in.post(reverse("correct_update", args=["2026", 1, 1, 1]), filled(focal_point, version="1"))

    assert response.status_code == 302
    assert point.progress_updates.count() == 1
