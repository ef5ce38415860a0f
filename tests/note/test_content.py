"""The note as data: of the 2005 baseline, and of what must not be in it."""

from datetime import date

import pytest
from django.urls import reverse

from actions.drafts import save_draft
from actions.models import ActionStatus, ProgressUpdate
from actions.note.builder import build_note
from actions.note.serialization import from_json, to_json
from actions.progress import correct, withdraw
from tests import personas

pytestmark = pytest.mark.one_database  # a note is built from plain data

TODAY = date(2006, 4, 20)


def points_of(note):
    return {point.code: point for issue in note.issues for point in issue.points}


def test_note_of_the_baseline_has_everything_in_the_order_of_the_agenda(baseline):
    note = build_note(baseline, TODAY, with_people=True)

    codes = list(points_of(note))
    assert note.title == "Engaging with the Private Sector: the UN's Progress in 2005"
    assert [issue.number for issue in note.issues] == [1, 2, 3, 4, 5, 6]
    assert [len(issue.points) for issue in note.issues] == [3, 2, 6, 3, 1, 2]
    assert codes == sorted(codes)
    assert sum(len(point.updates) for point in points_of(note).values()) == 28
    assert [[update.number for update in point.updates] for point in points_of(note).values()] == [
        list(range(1, len(point.updates) + 1)) for point in points_of(note).values()
    ]
    assert all(issue.rationale for issue in note.issues)
    assert all(point.description for point in points_of(note).values())


def test_silence_and_no_progress_differ(baseline):
    points = points_of(build_note(baseline, TODAY, with_people=True))

    assert points["1.1"].updates == ()
    assert points["1.1"].status == ActionStatus.NOT_REPORTED
    assert [(update.is_no_progress, bool(update.reason)) for update in points["1.3"].updates] == [(True, False)]
    assert {code for code, point in points.items() if not point.updates} == {"1.1"}
    assert {code for code, point in points.items() if any(update.is_no_progress for update in point.updates)} == {
        *["1.3", "2.1", "6.2"]
    }


def test_item_says_when_and_who_as_precisely_as_it_is_known(baseline):
    points = points_of(build_note(baseline, TODAY, with_people=True))

    first, _second, undated = points["1.2"].updates
    assert first.when == "22 December 2005"
    assert undated.when == "Reported March 2006, no date given"
    assert undated.who == "OLA"
    assert points["4.1"].updates[0].who == "UNSSC with UNDGO"
    assert points["2.2"].updates[0].who == "All working groups"
    assert points["1.3"].updates[0].who == ""
    assert first.address == reverse("progress_update", args=["2005", 1, 2, 1])


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2030, 1, 1)])
@pytest.mark.parametrize(
    ("whose", "statuses", "is_shown"),
    [
        ("UNDP", ["under_way", "completed"], True),
        ("UNDP", ["completed", "under_way"], False),
        ("UNDP", ["discontinued", "under_way"], False),
        (None, ["completed", "under_way"], True),
        (None, ["completed", "completed"], False),
        ("FAO", ["completed", "under_way"], True),
    ],
)
def test_note_lists_milestones_only_of_parts_that_are_going_on(db, day, whose, statuses, is_shown):
    point = personas.action_point()
    for acronym, status in zip(["UNDP", "UNSSC"], statuses, strict=True):
        personas.lead(point, personas.agency(acronym))
        personas.update(point, agency=personas.agency(acronym), status=status)
    personas.milestone(point, due="2028", agency=whose and personas.agency(whose))

    (built,) = points_of(build_note(point.issue.agenda, day, with_people=True)).values()

    assert (len(built.ahead), len(built.passed)) == ((is_shown, 0) if day.year < 2028 else (0, is_shown))


def test_milestones_ahead_and_passed_are_separate(baseline):
    before = points_of(build_note(baseline, TODAY, with_people=True))
    after = points_of(build_note(baseline, date(2026, 1, 1), with_people=True))

    assert [sum(len(point.ahead) for point in points.values()) for points in (before, after)] == [9, 1]
    assert [sum(len(point.passed) for point in points.values()) for points in (before, after)] == [1, 9]
    assert [milestone.line for milestone in after["3.2"].ahead] == [
        "no date given: Meeting of the inter-agency task force on private sector partnerships "
        "(Every two months, as agreed in early 2006; the first day is not known)"
    ]
    assert before["3.1"].ahead[1].line.count("Rome") == 1


def test_joint_action_point_says_the_status_of_each_part_and_never_no_progress_for_silence(db, focal_point):
    point = personas.action_point()
    personas.lead(point, personas.agency("GCO"), personas.agency("UNSSC"))
    personas.update(point, agency=personas.agency("GCO"), status="under_way")
    silent = personas.action_point(number=2)
    personas.lead(silent, personas.agency("GCO"))

    points = points_of(build_note(point.issue.agenda, personas.TODAY, with_people=True))

    assert points["1.1"].facts == ("Responsible: GCO, UNSSC", "Status: GCO: Under way · UNSSC: Not reported")
    assert points["1.2"].facts == ("Responsible: GCO",)
    assert not points["1.2"].has_report


def test_figures_add_up(baseline):
    note = build_note(baseline, TODAY, with_people=True)

    assert dict(zip(note.figure_headings[1:], note.figures[-1][1], strict=True)) == {
        "Not reported": 1,
        "No progress": 2,
        "Exploring": 3,
        "Under way": 11,
        "Completed": 0,
        "Discontinued": 0,
        "Total": 17,
    }
    assert [counts[-1] for _name, counts in note.figures] == [3, 2, 6, 3, 1, 2, 17]


def test_note_contains_only_current_updates(db, coordinator):
    point = personas.action_point()
    corrected = personas.update(point, coordinator, narrative="First wording.")
    correct(corrected, personas.progress(narrative="Second wording."), author=coordinator, now=personas.NOW)
    withdraw(
        personas.update(point, coordinator, narrative="A mistake."),
        by=coordinator,
        reason="Wrong agenda.",
        now=personas.NOW,
    )
    save_draft(point, coordinator, {"narrative": ["Half a thought."]})

    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)

    assert [update.narrative for update in points_of(note)["1.1"].updates] == ["Second wording."]
    assert ProgressUpdate.objects.count() == 3


def test_people_are_named_to_signed_in_readers_only(db, focal_point):
    point = personas.action_point()
    personas.assign(point, focal_point)
    gone = personas.person("gone@example.org", agency=focal_point.agency, is_active=False)

    with_names, hidden = (build_note(point.issue.agenda, personas.TODAY, with_people=who) for who in (True, False))

    assert points_of(with_names)["1.1"].owners == f"UNDP · {focal_point}"
    assert points_of(hidden)["1.1"].owners == "UNDP"
    assert [(entry.acronym, [contact.email for contact in entry.contacts]) for entry in with_names.directory] == [
        ("UNDP", [focal_point.email])
    ]
    assert [(entry.acronym, entry.contacts) for entry in hidden.directory] == [("UNDP", ())]
    assert gone.email not in repr(with_names)
    assert str(focal_point) not in repr(hidden)


def test_addresses_begin_with_the_site(baseline):
    content = to_json(build_note(baseline, TODAY, with_people=False))

    note = from_json(content, with_people=False, site="https://tracker.example.org")

    addresses = [note.address, *(issue.address for issue in note.issues)]
    addresses += [update.address for point in points_of(note).values() for update in point.updates]
    assert len(set(addresses)) == 1 + 6 + 28
    assert all(address.startswith("https://tracker.example.org/") for address in addresses)


def test_characters_that_break_files_are_left_out(db):
    agenda = personas.agenda(introduction="Be\x07fore\x0b")
    point = personas.action_point(personas.issue(agenda), title="Ti\x1btle")
    personas.update(point, narrative="A\x08 bell \U0001f514")

    note = build_note(agenda, personas.TODAY, with_people=True)

    assert note.introduction == "Before"
    assert points_of(note)["1.1"].title == "Title"
    assert points_of(note)["1.1"].updates[0].narrative == "A bell \U0001f514"


@pytest.mark.parametrize("rows", [1, 3])
def test_note_costs_a_constant_number_of_queries(db, django_assert_num_queries, focal_point, rows):
    agenda = personas.agenda()
    for number in range(1, rows + 1):
        point = personas.action_point(personas.issue(agenda, number))
        personas.lead(point, focal_point.agency)
        personas.assign(point, focal_point)
        personas.milestone(point)
        for _ in range(rows):
            update = personas.update(
                point,
                focal_point,
                agency=focal_point.agency,
                participants=[personas.agency("UNSSC")],
                evidence=[("https://example.org/", "")],
            )
            assert update.number

    with django_assert_num_queries(12):
        build_note(agenda, personas.TODAY, with_people=True)
    with django_assert_num_queries(10):
        build_note(agenda, personas.TODAY, with_people=False)
