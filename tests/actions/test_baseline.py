"""Tests of the 2005 baseline fixture against the tables of its fact sheet."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.utils import timezone

from actions.models import ActionPoint, Milestone, ProgressUpdate
from actions.progress import apply_status
from issues.models import Agenda, Issue
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User

MARCH_2006 = PartialDate.parse("2006-03")

# Reference: status now, lead agencies.
ACTION_POINTS = {
    "2005/1.1": ("not_reported", ""),
    "2005/1.2": ("under_way", "EOSG"),
    "2005/1.3": ("no_progress", ""),
    "2005/2.1": ("under_way", "UNDP"),
    "2005/2.2": ("under_way", "UN-FMD UN-PS UNJSPF"),
    "2005/3.1": ("under_way", "UNSSC"),
    "2005/3.2": ("under_way", "OCHA"),
    "2005/3.3": ("under_way", "GCO"),
    "2005/3.4": ("under_way", "GCO"),
    "2005/3.5": ("under_way", "UNSSC"),
    "2005/3.6": ("under_way", "GCO UNSSC"),
    "2005/4.1": ("exploring", "UNSSC"),
    "2005/4.2": ("exploring", "UNDP"),
    "2005/4.3": ("under_way", "UNSSC"),
    "2005/5.1": ("exploring", "GCO UNDP-NO"),
    "2005/6.1": ("under_way", "UNFIP"),
    "2005/6.2": ("no_progress", "GCO"),
}

# Reference and number: when it happened (None: the note gives no date), by whom, with whom, status, a part only.
UPDATES = {
    "2005/1.2 #1": ("22 December 2005", "GA", "", "under_way", False),
    "2005/1.2 #2": ("March 2006", "EOSG", "", "completed", True),
    "2005/1.2 #3": (None, "OLA", "", "exploring", True),
    "2005/1.3 #1": (None, "", "", "no_progress", False),
    "2005/2.1 #1": (None, "UNDP", "", "under_way", False),
    "2005/2.1 #2": ("September 2005", "Innovest", "", "completed", True),
    "2005/2.1 #3": (None, "UN system-wide", "", "under_way", False),
    "2005/2.2 #1": (None, "UNJSPF", "GCO UNEP-FI", "under_way", False),
    "2005/2.2 #2": (None, "UN-PS", "", "under_way", False),
    "2005/2.2 #3": (None, "UN-FMD", "", "under_way", False),
    "2005/3.1 #1": ("2005", "UNSSC", "TPI", "under_way", False),
    "2005/3.1 #2": ("December 2005", "UNSSC", "", "under_way", False),
    "2005/3.1 #3": (None, "UNSSC", "ISDR TPI", "under_way", False),
    "2005/3.2 #1": (
        "1st quarter of 2006",
        "OCHA",
        "FAO GCO IFRC UNDP UNFIP UNFPA UNHCR UNICEF WFP WHO",
        "under_way",
        False,
    ),
    "2005/3.2 #2": (None, "OSE-TR", "", "under_way", False),
    "2005/3.3 #1": (None, "GCO", "", "under_way", False),
    "2005/3.4 #1": (None, "The co-organisers of the 2006 meeting", "", "under_way", False),
    "2005/3.5 #1": (None, "UNSSC", "", "under_way", False),
    "2005/3.6 #1": (None, "UNSSC", "", "under_way", False),
    "2005/3.6 #2": (None, "GCO", "", "under_way", False),
    "2005/4.1 #1": (None, "UNSSC", "UNDGO", "exploring", False),
    "2005/4.2 #1": (None, "UNDP", "", "exploring", False),
    "2005/4.3 #1": (None, "UNSSC", "TPI", "under_way", False),
    "2005/5.1 #1": (None, "GCO", "UNDP-NO", "exploring", False),
    # The project's reading: it is about one report only, so the action point stays "exploring".
    "2005/5.1 #2": (None, "UNDP", "", "under_way", True),
    "2005/6.1 #1": (None, "UNFIP", "OCHA UNDP UNEP UNICEF WFP", "under_way", False),
    "2005/6.2 #1": (None, "GCO", "", "no_progress", False),
}

# Reference, words of the title, place, when due and how precisely, months between two of a recurring one.
MILESTONES = [
    ("2005/1.2", "OLA's session at the 2006 focal points meeting", "", "2006", "year", None),
    ("2005/2.2", "Code of Conduct and its guides promulgated", "", "April–May 2006", "interval", None),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Paris", "16–18 May 2006", "interval", None),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Rome", "July 2006", "month", None),
    ("2005/3.1", "Partnering Skills for Strategic Engagement", "Nairobi", "October 2006", "month", None),
    ("2005/3.2", "task force on private sector partnerships", "", "1st quarter of 2006", "quarter", 2),
    ("2005/3.2", "tsunami relief and reconstruction published", "", "4th quarter of 2006", "quarter", None),
    ("2005/3.3", 'First number of "The UN-Business Focal Point"', "", "April 2006", "month", None),
    ("2005/3.5", "open to everybody on UNSSC's public site", "", "2006", "year", None),
    ("2005/3.6", "Wider participation of focal points", "", "2nd half of 2006", "half", None),
    ("2005/4.2", "Training in the Asia-Pacific region", "", "2006", "year", None),
]

UN = """EOSG FAO GA GCO INFM ISDR OCHA OLA OSE-TR UN-FMD UN-PS UNDGO UNDP UNDP-ECIS UNDP-NO UNDP-RB UNEP UNEP-FI UNFIP UNFPA
UNHCR UNICEF UNJSPF UNSSC WB WFP WHO"""
OUTSIDE = "Cambridge IBLF IFRC Innovest TPI"


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

    assert [model.objects.count() for model in (Issue, ActionPoint, ProgressUpdate, Milestone)] == [6, 17, 27, 11]
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
        "2005 action agenda of the UN system private sector focal points",
    )
    assert baseline.report_title == "Engaging with the private sector: the UN's progress in 2005"
    assert (baseline.agreed_on.display("en"), baseline.reporting_period.display("en")) == (
        "May 2005",
        "May 2005 – March 2006",
    )
    assert (baseline.state, baseline.visible_to) == ("open", "everybody")


def test_action_points_have_the_status_and_lead_agencies_of_the_fact_sheet(baseline):
    statuses = {point.reference: (point.status, acronyms(personas.leads(point))) for point in ActionPoint.objects.all()}

    assert statuses == ACTION_POINTS
    assert [point.reference for point in ActionPoint.objects.unowned().in_order()] == ["2005/1.1", "2005/1.3"]


def test_stored_statuses_match_the_updates(baseline):
    fields = ["status", "last_reported", "last_reported_day", "last_happened", "last_happened_latest"]
    before = list(ActionPoint.objects.in_order().values_list("pk", *fields))

    for point in ActionPoint.objects.all():
        apply_status(point)

    assert list(ActionPoint.objects.in_order().values_list("pk", *fields)) == before


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


def test_milestones_have_the_titles_places_and_dates_of_the_fact_sheet(baseline):
    milestones = Milestone.objects.order_by("action_point__issue__number", "action_point__number", "due_latest")
    dates = [
        (
            milestone.action_point.reference,
            milestone.place,
            milestone.due.display("en"),
            milestone.due.precision,
            milestone.repeats_every_months,
        )
        for milestone in milestones
    ]

    assert dates == [(reference, *due) for reference, _title, *due in MILESTONES]
    assert all(title in milestone.title for (_, title, *_), milestone in zip(MILESTONES, milestones, strict=True))
    assert not milestones.exclude(done_on=None).exists()


def test_due_notes_keep_details_that_partial_dates_cannot_express(baseline):
    notes = Milestone.objects.exclude(due_note="").values_list("due_note", flat=True)

    assert sorted(notes) == [
        'Autumn of 2006: the note says "fall"',
        "Before the 2006 meeting",
        "Early April 2006",
        "Every two months from early 2006",
    ]


def test_agencies_have_their_kind_and_parent(baseline):
    parts = Agency.objects.exclude(parent=None).values_list("acronym", "parent__acronym")

    assert acronyms(Agency.objects.filter(kind="un")) == " ".join(sorted(UN.split()))
    assert acronyms(Agency.objects.filter(kind="outside")) == OUTSIDE
    assert dict(parts) == {
        "INFM": "UN-FMD",
        "UNDP-ECIS": "UNDP",
        "UNDP-NO": "UNDP",
        "UNDP-RB": "UNDP",
        "UNEP-FI": "UNEP",
    }
