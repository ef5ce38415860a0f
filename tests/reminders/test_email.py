"""What a digest says, in text and HTML, in every language."""

from datetime import date

import pytest
from django.conf import settings

from actions.progress import log_progress
from actions.reminders.email import render_digest
from tests import personas
from tests.personas import NOW
from tracker.dates.value import PartialDate


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint <b>training</b> & more")
    log_progress(
        found,
        personas.progress(status="no_progress", reason="The post is vacant."),
        author=focal_point,
        now=NOW,
        reported_on=PartialDate.parse("2006-03"),
    )
    return found


@pytest.fixture
def digest(focal_point, point):
    return personas.digest(focal_point, point)


def words(digest, language="en"):
    return render_digest(digest, digest.snapshot, language)


def test_digest_says_what_why_how_long_and_where_to_go(digest):
    found = words(digest)

    assert found.subject == "1 action point shows no progress (2026)"
    for phrase in (
        "Dear Focal.Undp,",
        "2026/1.1  Joint <b>training</b> & more",
        "no report for 20 years",
        "last reported March 2006",
        "Log progress: http://127.0.0.1:8000/reminders/answers/",
        "Still no progress, because …: http://127.0.0.1:8000/reminders/answers/",
        "Remind me later, because …: http://127.0.0.1:8000/reminders/answers/",
        "This is not mine: http://127.0.0.1:8000/reminders/answers/",
        "The action point: http://127.0.0.1:8000/agendas/2026/1.1/",
        "http://127.0.0.1:8000/my/",
        "http://127.0.0.1:8000/preferences/",
    ):
        assert phrase in found.text


def test_time_without_a_report_is_mentioned_once_and_only_as_a_reason(focal_point, digest, point):
    silent = words(digest)
    log_progress(point, personas.progress(), author=focal_point, now=NOW)
    personas.milestone(point, title="Course", due="2020")
    late = words(personas.digest(focal_point, point, period_start=date(2026, 12, 1)))

    for found in (silent.text, silent.html):
        assert "No update for a long time" not in found
    for found in (late.text, late.html):
        assert "A milestone passed" in found
        assert "no report for" not in found


def test_single_question_does_not_say_that_it_comes_once_a_period(focal_point, coordinator, point):
    asked = words(personas.digest(focal_point, point, asked_about=point, asked_by=coordinator))

    for found in (asked.text, asked.html):
        assert "this one mail" in found
        assert "once a period" not in found


def test_digest_says_how_often_in_a_row_there_was_no_progress(digest, point, focal_point):
    for _ in range(2):
        personas.update(point, author=focal_point, status="no_progress", reason="Still vacant.")

    digest = personas.digest(focal_point, point, period_start=date(2026, 12, 1))

    assert "3 reports in a row without progress" in words(digest).text


def test_html_says_the_same_and_lets_no_markup_through(digest):
    found = words(digest).html

    assert "Joint &lt;b&gt;training&lt;/b&gt; &amp; more" in found
    assert found.count('href="http://127.0.0.1:8000/reminders/answers/') == 4
    assert "no report for 20 years" in found
    assert "<img" not in found
    assert "<script" not in found


def test_html_runs_from_right_to_left_in_arabic(digest):
    found = words(digest, "ar").html

    assert '<html lang="ar" dir="rtl">' in found
    assert '<span dir="auto">Joint' in found
    assert "مارس 2006" in found


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_digest_can_be_written_in_every_language(digest, language):
    found = words(digest, language)

    assert "2026/1.1" in found.text
    assert "\n" not in found.subject
    assert f'lang="{language}"' in found.html


def test_subject_is_one_line_whatever_the_agenda_is_called(digest):
    digest.agenda.slug = "2026-long"

    assert words(digest).subject == "1 action point shows no progress (2026-long)"


def test_coordinator_gets_unanswered_action_points_in_a_section_of_their_own(coordinator, point):
    digest = personas.digest(coordinator, point)
    digest.snapshot[0]["unanswered"] = True

    found = words(digest)

    assert "Nobody who gets reminders answers for these" in found.text
    assert "of yours" not in found.text
    assert "Nobody who gets reminders answers for these" in found.html


def test_reason_names_milestones_that_passed_and_those_ahead(digest):
    digest.snapshot[0] |= {
        "reasons": ["milestone_passed", "milestone_ahead"],
        "milestones": [
            {"title": "Survey", "due": "2026-10", "in_days": -40, "passed": True},
            {"title": "Course", "due": "", "in_days": 7, "passed": False},
        ],
        "reminded": 2,
    }

    found = words(digest).text

    assert "passed without being done: “Survey” (October 2026)" in found
    assert "due in 7 days: “Course”" in found
    assert "2 reminders without an answer" in found


def test_coming_milestones_have_a_section_of_their_own(digest):
    digest.snapshot[0] |= {
        "reasons": ["milestone_ahead"],
        "milestones": [{"title": "Course", "due": "2026-12-01", "in_days": 0, "passed": False}],
    }

    found = words(digest)

    assert found.subject == "1 action point has a date ahead (2026)"
    assert "Dates ahead:" in found.text
    assert "due now: “Course” (1 December 2026)" in found.text
    assert "of yours" not in found.text


def test_what_went_up_says_why(digest):
    digest.snapshot[0]["escalated"] = True

    found = words(digest)

    assert "were reminded and gave no answer" in found.text
    assert "were reminded and gave no answer" in found.html


def test_digest_of_an_older_shape_can_still_be_read(digest):
    for name in ("milestones", "reminded", "streak"):
        digest.snapshot[0].pop(name, None)
    digest.snapshot[0]["reasons"] = ["milestone_passed"]

    assert "A milestone passed without being done" in words(digest).text
