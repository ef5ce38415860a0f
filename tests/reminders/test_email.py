"""What a digest says, in text and HTML, in every language, and how large it may become."""

from datetime import date, timedelta

import pytest
from django.conf import settings

from actions.progress import log_progress
from actions.reminders.content import MAX_IN_FULL, add_texts
from actions.reminders.email import MAX_BYTES, digest_mail, render_digest
from actions.reminders.periods import DigestRules
from actions.reminders.reading import read_states
from actions.reminders.selection import in_order, read_audience, select
from issues.models import Agenda
from tests import personas
from tests.personas import NOW, TODAY
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.one_database  # a mail is written from plain data

LINKS = "http://127.0.0.1:8000/reminders/answers/"


@pytest.fixture
def point(focal_point):
    found = personas.action_point(title="Joint <b>training</b> & more")
    personas.lead(found, focal_point.agency)
    return found


def reported(point, on, **fields):
    """An update with that report date, such as `2006-03`."""
    return log_progress(
        point,
        personas.progress(**fields),
        author=fields.pop("author", None),
        now=NOW,
        reported_on=PartialDate.parse(on),
    )


def digest_of(person, day=TODAY, **fields):
    """Return the digest that the person would get on TODAY, stored."""
    entries = []
    for agenda in Agenda.objects.all():
        states, audience = read_states(agenda, TODAY, set()), read_audience({person.pk}, TODAY)
        entries += select(states, DigestRules(TODAY, TODAY), audience, {}, set()).get(person.pk, [])
    entries = in_order(entries)
    add_texts([(person.pk, entries)])
    return personas.digest(person, day=day, snapshot=entries, **fields)


def words(digest, language="en"):
    return render_digest(digest, digest.snapshot, language)


def test_subject_says_how_many_and_of_what(point, focal_point):
    other = personas.action_point(number=2)
    personas.lead(other, focal_point.agency)
    for number in range(2):
        personas.milestone(point, title=f"Course {number}", due="2026-01")
    personas.milestone(point, due="2026-12-01")

    assert words(digest_of(focal_point)).subject == (
        "2 action points need an update, 2 milestones are overdue, 1 milestone is due soon"
    )


def test_subject_counts_an_action_point_with_two_parts_once(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency, persons=[focal_point])

    digest = digest_of(focal_point)

    assert len(digest.snapshot) == 2
    assert words(digest).subject == "1 action point needs an update"


def test_digest_says_why_what_was_last_and_where_to_go(point, focal_point):
    reported(point, "2006-03", narrative="The **first** course\nwas held.")

    found = words(digest_of(focal_point))

    for phrase in (
        "Dear Focal.Undp,",
        "2026 action agenda\n",
        "1.1 Joint <b>training</b> & more\n",
        "Update due since 1 April 2020. Last update 20 years ago.",
        "March 2006, Under way: The first course was held.",
        f"Log progress: {LINKS}",
        f"No progress because …: {LINKS}",
        f"Pause reminders: {LINKS}",
        f"Not mine: {LINKS}",
        "http://127.0.0.1:8000/my/",
        "http://127.0.0.1:8000/preferences/",
        "http://127.0.0.1:8000/reminders/unsubscribe/",
        "please don't forward",
    ):
        assert phrase in found.text


@pytest.mark.parametrize(
    ("due", "expected"), [("2030-05", "Hold the course, May 2030"), (None, "Hold the course, no date given")]
)
def test_next_milestone_of_a_part_has_its_date_if_it_has_one(point, focal_point, due, expected):
    personas.milestone(point, title="Hold the course", due=due, repeats_every_months=12)

    assert expected in words(digest_of(focal_point)).text


def test_part_that_was_never_reported_on_says_so(point, focal_point):
    assert "Update due since 1 April 2020. No update yet." in words(digest_of(focal_point)).text


@pytest.mark.parametrize(("by_recipient", "expected"), [(True, "Your answer"), (False, "Answer")])
def test_no_progress_is_mentioned_as_an_answer_only(point, focal_point, by_recipient, expected):
    author = focal_point if by_recipient else None
    log_progress(
        point,
        personas.progress(status="no_progress", reason="The post is vacant.", narrative=""),
        author=author,
        now=NOW - timedelta(days=1),
    )

    found = words(digest_of(focal_point)).text

    assert f"{expected}: no progress (22 November 2026)" in found
    assert "“The post is vacant.”" in found
    assert f"Still no progress because …: {LINKS}" in found
    assert "Update due" not in found


@pytest.mark.parametrize("change", [lambda point: None, lambda point: reported(point, "2006-03")])
def test_silence_is_never_called_no_progress(point, focal_point, change):
    change(point)
    found = words(digest_of(focal_point))

    for text in (
        found.subject,
        found.text.replace("No progress because …", ""),
        found.html.replace("No progress because …", ""),
    ):
        assert "no progress" not in text.lower()


def test_part_of_another_agency_is_named_and_the_own_one_is_not(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency, persons=[focal_point])

    found = words(digest_of(focal_point))

    assert found.text.count("(part of UNSSC)") == found.html.count("part of UNSSC") == 1
    assert "part of UNDP" not in found.text


def test_later_report_of_another_agency_is_mentioned(point, focal_point, other_focal_point):
    personas.lead(point, other_focal_point.agency)
    reported(point, "2026-03", agency=focal_point.agency)
    reported(point, "2026-11-09", agency=other_focal_point.agency)

    assert "Last update 7 months ago. UNSSC reported on its part: 9 November 2026" in words(digest_of(focal_point)).text


def test_milestones_have_their_date_at_the_left_and_the_next_one_is_with_its_part(point, focal_point):
    personas.milestone(point, title="Survey", due="2026-10")
    personas.milestone(point, title="Course", due="2026-12-01")
    personas.milestone(point, title="Conference", place="Geneva", due="2027")

    found = words(digest_of(focal_point))

    assert "October 2026, Overdue: Survey (1.1)" in found.text
    assert "1 December 2026: Course (1.1)" in found.text
    assert "Next milestone: Conference, Geneva, 2027" in found.text
    assert found.html.index("October 2026") < found.html.index("Survey")
    assert "http://127.0.0.1:8000/agendas/2026/1.1/milestones/" in found.html


def test_each_agenda_has_a_section(point, focal_point):
    elsewhere = personas.action_point(personas.issue(personas.agenda("2025")), title="Newsletter")
    personas.lead(elsewhere, focal_point.agency)

    found = words(digest_of(focal_point))

    assert found.subject == "2 action points need an update"
    assert found.text.index("2026 action agenda") < found.text.index("Joint") < found.text.index("2025 action agenda")
    assert found.text.index("2025 action agenda") < found.text.index("Newsletter")
    assert found.html.count("<h2>") == 2


def test_coordinator_reads_what_nobody_answers_for_in_a_section_of_its_own(coordinator, db):
    personas.action_point(title="Newsletter")

    found = words(digest_of(coordinator))

    assert found.subject == "1 action point has nobody to remind"
    for text in (found.text, found.html):
        assert "No one who gets reminders is responsible for these" in text
        assert "No one responsible." in text
        assert "Waiting for an update" not in text
    assert "Pause reminders:" not in found.text


def test_what_is_escalated_says_why(point, focal_point):
    digest = digest_of(focal_point)
    digest.snapshot[0] |= {"kind": "escalated", "reminded": 4}

    found = words(digest)

    assert found.subject == "1 action point still waits for an answer"
    assert "Reminded, and still without an answer" in found.text
    assert "4 reminders without an answer." in found.html


def test_single_question_does_not_say_when_it_comes_again(focal_point, coordinator, point):
    asked = words(digest_of(focal_point, asked_about=point, asked_by=coordinator, message="By Friday, please."))

    assert asked.subject == f"{coordinator.name} asks about 2026/1.1"
    for found in (asked.text, asked.html):
        assert "because the action point is waiting for you" in found
        assert "at most once a day" not in found
        assert "By Friday, please." in found


def test_html_says_the_same_without_pictures_and_lets_no_markup_through(point, focal_point):
    reported(point, "2006-03", narrative="<script>alert(1)</script>")

    found = words(digest_of(focal_point)).html

    assert "Joint &lt;b&gt;training&lt;/b&gt; &amp; more" in found
    assert found.count(f'href="{LINKS}') == 4
    assert "Update due since 1 April 2020." in found
    assert "<img" not in found
    assert "<script" not in found


def test_html_runs_from_right_to_left_in_arabic(point, focal_point):
    reported(point, "2006-03")
    found = words(digest_of(focal_point), "ar").html

    assert '<html lang="ar" dir="rtl">' in found
    assert '<span dir="auto">Joint' in found
    assert "مارس 2006" in found


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_digest_can_be_written_in_every_language(point, focal_point, language):
    personas.milestone(point, due="2026-10")
    found = words(digest_of(focal_point), language)

    assert "1.1" in found.text
    assert "\n" not in found.subject
    assert f'lang="{language}"' in found.html


def parts(agency, count, **fields):
    for number in range(count):
        point = personas.action_point(personas.issue(number=number // 20 + 1), number % 20 + 1, **fields)
        personas.lead(point, agency)
        yield point


@pytest.mark.parametrize(("count", "more"), [(25, ""), (26, "and 1 more"), (40, "and 15 more")])
def test_at_most_25_entries_are_in_full(focal_point, count, more):
    list(parts(focal_point.agency, count))

    found = words(digest_of(focal_point))

    assert MAX_IN_FULL == 25
    assert found.subject == f"{count} action points need an update"
    assert found.text.count("Log progress:") == found.html.count("Log progress") == 25
    if more:
        assert f"{more}: http://127.0.0.1:8000/my/" in found.text
        assert f'href="http://127.0.0.1:8000/my/" style="color: #00577f; font-weight: 600;">{more}</a>' in found.html
    else:
        assert " more" not in found.text


def test_the_25_are_of_the_whole_mail(focal_point):
    for slug in ("2025", "2026"):
        issue = personas.issue(personas.agenda(slug))
        for number in range(20):
            personas.lead(personas.action_point(issue, number + 1), focal_point.agency)

    found = words(digest_of(focal_point))

    assert found.text.count("Log progress:") == 25
    assert "and 15 more" in found.text


@pytest.mark.parametrize("letter", ["a", "é", "م", "漢", "<", '"', "😀", "a\n", "م "])
def test_mail_is_below_100_kilobytes_whatever_the_texts_are(focal_point, letter):
    line = letter.replace("\n", " ")
    for point in parts(focal_point.agency, 30, title=(line * 200)[:199].strip() + "x"):
        personas.update(
            point, now=NOW - timedelta(days=400), agency=focal_point.agency, narrative=(letter * 20_000)[:19_999] + "x"
        )
        personas.milestone(
            point, title=(line * 200)[:199].strip() + "x", place=(line * 100)[:99].strip() + "x", due="2026-01"
        )
        personas.milestone(point, title="Later", due="2028")
    digest = digest_of(focal_point)

    mail = digest_mail(digest, digest.snapshot)

    size = len(mail.message().as_bytes())
    assert size < MAX_BYTES < 100_000
    assert "Log progress:" in mail.body
    assert " more: http://127.0.0.1:8000/my/" in mail.body


def test_small_digest_keeps_all_its_entries_in_full(focal_point):
    list(parts(focal_point.agency, 25))
    digest = digest_of(focal_point)

    assert str(digest_mail(digest, digest.snapshot).body).count("Log progress:") == 25
    assert date(2026, 11, 23) == TODAY
