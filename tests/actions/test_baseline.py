"""Tests of the 2005 baseline fixture against the tables of its fact sheet."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from actions.models import ActionPoint, Milestone, ProgressUpdate, Responsibility
from actions.models.status import STATUS_COLUMNS
from actions.progress import apply_status
from issues.models import Agenda, Issue
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User

MARCH_2006 = PartialDate.parse("2006-03")

# Reference: status now, lead agencies.
ACTION_POINTS = {
    "2005/1.1": ("not_reported", ""),
    "2005/1.2": ("under_way", ""),
    "2005/1.3": ("no_progress", ""),
    "2005/2.1": ("under_way", "UNDP"),
    "2005/2.2": ("under_way", "UN-FMD UN-PS UNJSPF"),
    "2005/3.1": ("under_way", "UNSSC"),
    "2005/3.2": ("under_way", "OCHA"),
    "2005/3.3": ("under_way", "GCO"),
    "2005/3.4": ("under_way", ""),
    "2005/3.5": ("under_way", "UNSSC"),
    "2005/3.6": ("under_way", "GCO UNSSC"),
    "2005/4.1": ("exploring", "UNSSC"),
    "2005/4.2": ("exploring", "UNDP"),
    "2005/4.3": ("under_way", "UNSSC"),
    "2005/5.1": ("exploring", "GCO UNDP-NO"),
    "2005/6.1": ("under_way", "UNFIP"),
    "2005/6.2": ("no_progress", "GCO"),
}

# Reference and number: when it happened (None: the note gives no date), by whom, with whom, status, a piece of the work.
UPDATES = {
    "2005/1.2 #1": ("22 December 2005", "GA", "", "under_way", False),
    "2005/1.2 #2": ("March 2006", "A task force set up by the Deputy Secretary-General", "", "completed", True),
    "2005/1.2 #3": (None, "OLA", "", "exploring", True),
    "2005/1.3 #1": (None, "", "", "no_progress", False),
    "2005/2.1 #1": (None, "UNDP", "", "under_way", False),
    "2005/2.1 #2": ("September 2005", "Innovest", "", "completed", True),
    "2005/2.1 #3": (None, "", "", "no_progress", True),
    "2005/2.2 #1": (None, "All working groups", "", "under_way", False),
    "2005/2.2 #2": (None, "UNJSPF", "GCO UNEP-FI", "under_way", False),
    "2005/2.2 #3": (None, "UN-PS", "", "under_way", False),
    "2005/2.2 #4": (None, "UN-FMD", "INFM", "under_way", False),
    "2005/3.1 #1": ("2005", "UNSSC", "TPI", "under_way", False),
    "2005/3.1 #2": ("December 2005 – February 2006", "UNSSC", "TPI", "under_way", False),
    "2005/3.1 #3": (None, "UNSSC", "ISDR TPI", "under_way", False),
    "2005/3.2 #1": ("early 2006", "OCHA", "FAO GCO IFRC UNDP UNFIP UNFPA UNHCR UNICEF WFP WHO", "under_way", False),
    "2005/3.2 #2": (None, "OSE-TR", "", "under_way", False),
    "2005/3.3 #1": (None, "GCO", "", "under_way", False),
    "2005/3.4 #1": (None, "The co-organisers of the 2006 meeting", "", "under_way", False),
    "2005/3.5 #1": (None, "UNSSC", "", "under_way", False),
    "2005/3.6 #1": (None, "UNSSC", "", "under_way", False),
    "2005/3.6 #2": (None, "GCO", "", "under_way", False),
    "2005/4.1 #1": (None, "UNSSC", "UNDGO", "exploring", False),
    "2005/4.2 #1": (None, "UNDP", "UNDP-RB", "exploring", False),
    "2005/4.3 #1": (None, "UNSSC", "TPI", "under_way", False),
    "2005/5.1 #1": (None, "GCO", "UNDP-NO", "exploring", False),
    "2005/5.1 #2": (None, "UNDP", "", "under_way", True),
    "2005/6.1 #1": (None, "UNFIP", "OCHA UNDP UNEP UNICEF WFP", "under_way", False),
    "2005/6.2 #1": (None, "", "", "no_progress", False),
}

# Reference, words of the title, place, due date as displayed, done on, months between two of a recurring one, whose.
MILESTONES = [
    ("2005/2.2", "supporting documents promulgated (expected)", "", "by April–May 2006", None, None, "UN-PS"),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Vienna", "December 2005", "December 2005", None, ""),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Geneva", "February 2006", "February 2006", None, ""),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Paris", "16–18 May 2006", None, None, ""),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Rome", "July 2006", None, None, ""),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Nairobi", "October 2006", None, None, ""),
    ("2005/3.2", "tsunami relief and reconstruction effort published", "", "autumn 2006", None, None, ""),
    ("2005/3.2", "task force on private sector partnerships", "", None, None, 2, ""),
    ("2005/3.3", 'Launch of "The UN-Business Focal Point"', "", "early April 2006", None, None, ""),
    ("2005/3.5", "open to everybody on UNSSC's public site", "", "2006", None, None, ""),
    ("2005/3.6", "Wider participation of focal points", "", "by the 2nd half of 2006", None, None, "UNSSC"),
    ("2005/4.2", "(expected)", "Asia-Pacific region", "2006", None, None, ""),
]

UN = """FAO GA GCO INFM ISDR OCHA OLA OSE-TR UN-FMD UN-PS UNDGO UNDP UNDP-NO UNDP-RB UNEP UNEP-FI UNFIP UNFPA UNHCR UNICEF UNJSPF
UNSSC WFP WHO"""
OUTSIDE = "IFRC Innovest TPI"


@pytest.fixture(scope="module")
def loaded(rows_of_the_module: None) -> None:
    call_command("loaddata", "baseline_2005", verbosity=0)


@pytest.fixture
def baseline(loaded: None, db: None) -> Agenda:
    return Agenda.objects.get()


def acronyms(agencies) -> str:
    return " ".join(sorted(agency.acronym for agency in agencies))


def test_baseline_has_the_counts_of_the_fact_sheet(baseline):
    points = ActionPoint.objects

    assert [model.objects.count() for model in (Issue, ActionPoint, ProgressUpdate, Milestone)] == [6, 17, 28, 12]
    assert [points.filter(issue__number=number).count() for number in range(1, 7)] == [3, 2, 6, 3, 1, 2]
    assert Counter(points.values_list("status", flat=True)) == {
        "not_reported": 1,
        "no_progress": 2,
        "exploring": 3,
        "under_way": 11,
    }
    assert ProgressUpdate.objects.exclude(happened=None).count() == 6
    assert User.objects.count() == 0


def test_baseline_agenda_has_its_titles_dates_and_visibility(baseline):
    assert (baseline.slug, baseline.title) == (
        "2005",
        "2005 common action agenda of the UN system private sector focal points",
    )
    assert baseline.report_title == "Engaging with the Private Sector: the UN's Progress in 2005"
    assert (baseline.agreed_on.display("en"), baseline.reporting_period.display("en")) == (
        "May 2005",
        "2005",
    )
    assert (baseline.state, baseline.visible_to, baseline.silence_days) == ("open", "everybody", 90)


def test_issues_have_short_titles(baseline):
    assert [issue.short_title for issue in baseline.issues.order_by("number")] == [
        *["Reform", "Values", "Learning", "Country offices", "Impact", "Resources"]
    ]


def test_action_points_have_the_status_and_lead_agencies_of_the_fact_sheet(baseline):
    statuses = {point.reference: (point.status, acronyms(personas.leads(point))) for point in ActionPoint.objects.all()}

    assert statuses == ACTION_POINTS
    assert {str(since) for since in Responsibility.objects.values_list("since", flat=True)} == {"May 2005"}


def test_stored_statuses_match_the_updates(baseline):
    def stored() -> list[object]:
        return [
            list(model.objects.order_by("pk").values_list(*STATUS_COLUMNS)) for model in (ActionPoint, Responsibility)
        ]

    before = stored()

    for point in ActionPoint.objects.all():
        apply_status(point)

    assert stored() == before


def test_updates_have_the_dates_agencies_and_statuses_of_the_fact_sheet(baseline):
    updates = {
        str(update): (
            update.happened.display("en") if update.happened else None,
            str(update.agency or update.attributed_to),
            acronyms(update.participants.all()),
            update.status,
            update.is_piece,
        )
        for update in ProgressUpdate.objects.all()
    }

    assert updates == UPDATES


def test_updates_are_reported_in_march_2006_without_an_author(baseline):
    values = ProgressUpdate.objects.values_list("reported_on", "author", "version", "withdrawn_at", "submission")

    assert set(values) == {(MARCH_2006, None, 1, None, None)}
    assert ProgressUpdate.objects.filter(recorded_at__gt=timezone.now()).count() == 0


def test_no_progress_of_the_past_has_no_invented_reason(baseline):
    updates = ProgressUpdate.objects.filter(status="no_progress")

    assert {(str(update), update.reason) for update in updates} == {
        *[("2005/1.3 #1", ""), ("2005/2.1 #3", ""), ("2005/6.2 #1", "")]
    }


def test_milestones_have_the_titles_places_and_dates_of_the_fact_sheet(baseline):
    milestones = Milestone.objects.order_by(
        "action_point__issue__number", "action_point__number", F("due_latest").asc(nulls_last=True)
    )
    dates = [
        (
            milestone.action_point.reference,
            milestone.place,
            milestone.due and milestone.due.display("en"),
            milestone.done_on and milestone.done_on.display("en"),
            milestone.repeats_every_months,
            milestone.agency.acronym if milestone.agency else "",
        )
        for milestone in milestones
    ]

    assert dates == [(reference, *others) for reference, _title, *others in MILESTONES]
    assert all(title in milestone.title for (_, title, *_), milestone in zip(MILESTONES, milestones, strict=True))


def test_due_notes_keep_details_that_partial_dates_cannot_express(baseline):
    notes = Milestone.objects.exclude(due_note="").values_list("due_note", flat=True)

    assert sorted(notes) == [
        "Before the 2006 meeting",
        "Every two months, as agreed in early 2006; the first day is not known",
        "The source says “fall”",
    ]


def test_agencies_have_their_kind_and_parent(baseline):
    parts = Agency.objects.exclude(parent=None).values_list("acronym", "parent__acronym")

    assert acronyms(Agency.objects.filter(kind="un")) == " ".join(sorted(UN.split()))
    assert acronyms(Agency.objects.filter(kind="outside")) == OUTSIDE
    assert dict(parts) == {"UNDP-NO": "UNDP", "UNDP-RB": "UNDP", "UNEP-FI": "UNEP"}
