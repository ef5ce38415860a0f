"""Tests of `loaddata baseline_2005` and `load_baseline`: into an empty tracker, a second time, and after edits."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import models, transaction

from actions import baseline
from actions.baseline import load_baseline
from actions.models import ActionPoint, Milestone, ProgressUpdate, ReportedStatus
from actions.progress import correct, withdraw
from issues.models import Agenda
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Agency

BASELINE = ["people.agency", "issues.agenda", "issues.issue"]
BASELINE += ["actions.actionpoint", "actions.responsibility", "actions.progressupdate", "actions.milestone"]
WITH_HISTORY = ["people.agency", "people.historicalagency", "issues", "actions"]
COUNTS = "27 agencies, 1 agenda, 6 issues, 17 action points, 17 responsibilities, 28 progress updates, 12 milestones"
NOTHING = "Nothing to do: the database has this version of the baseline.\n"


def dump(*labels: str, natural: bool = False) -> str:
    """Return all rows of these models as a fixture, on request with natural keys instead of ids."""
    output = StringIO()
    call_command("dumpdata", *labels, natural_primary=natural, natural_foreign=natural, indent=1, stdout=output)
    return output.getvalue()


def load(*options: str) -> str:
    output = StringIO()
    call_command("load_baseline", *options, stdout=output)
    return output.getvalue()


def point(number: str) -> ActionPoint:
    issue, _, own = number.partition(".")
    return ActionPoint.objects.get(issue__number=issue, number=own)


def change(instance: models.Model, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(instance, name, value)
    instance.save()


@pytest.fixture
def loaded(db: None) -> None:
    load()


def test_command_reports_the_objects_added_to_an_empty_tracker(db):
    assert load() == f"Added: {COUNTS}.\n"


def test_loaddata_and_load_baseline_add_the_same_objects(db):
    with transaction.atomic():
        load()
        by_command = dump(*BASELINE, natural=True)
        transaction.set_rollback(True)
    assert Agency.objects.count() == 0

    call_command("loaddata", "baseline_2005", verbosity=0)

    assert dump(*BASELINE, natural=True) == by_command


@pytest.mark.parametrize("first", [["load_baseline"], ["loaddata", "baseline_2005"]])
def test_second_load_changes_nothing(db, first):
    call_command(*first, stdout=StringIO())
    before = dump(*WITH_HISTORY)

    output = load()

    assert output == NOTHING
    assert dump(*WITH_HISTORY) == before


def test_loaddata_twice_changes_nothing(db):
    call_command("loaddata", "baseline_2005", verbosity=0)
    before = dump(*WITH_HISTORY)

    call_command("loaddata", "baseline_2005", verbosity=0)

    assert dump(*WITH_HISTORY) == before


def test_history_of_added_objects_names_the_baseline(loaded):
    assert set(ActionPoint.history.filter(history_type="+").values_list("history_change_reason", flat=True)) == {
        "Loaded with the 2005 baseline"
    }


def test_dry_run_reports_the_same_objects_and_writes_nothing(db):
    output = load("--dry-run")

    assert output == f"Would be added: {COUNTS}.\nNothing was written.\n"
    assert (Agency.objects.count(), Agenda.objects.count(), Agency.history.count()) == (0, 0, 0)


def test_load_overwrites_no_edits_and_lists_them(loaded, focal_point, coordinator):
    personas.update(point("1.1"), author=focal_point, narrative="A first comparison of the rules is out.")
    corrected = ProgressUpdate.objects.get(action_point=point("2.1"), number=1)
    correct(corrected, personas.progress(narrative="Clearer wording."), author=focal_point, now=personas.NOW)
    withdrawn = ProgressUpdate.objects.get(action_point=point("1.2"), number=1)
    withdraw(withdrawn, by=coordinator, reason="Reported twice", now=personas.NOW)
    change(point("3.1"), title="Learning together about partnerships")
    change(point("6.2"), number=3)
    change(Agency.objects.get(acronym="Innovest"), acronym="ISVA")
    change(Milestone.objects.get(place="Rome"), title="Course in Rome", due=PartialDate.parse("2006-09"))
    change(Milestone.objects.get(place="Paris"), done_on=PartialDate.parse("2006-05-18"))
    personas.set_leads(point("3.2"))
    before = dump(*WITH_HISTORY)

    output = load()

    assert dump(*WITH_HISTORY) == before
    assert output.splitlines() == [
        "Edited by people, left as it is:",
        "  agency Innovest: acronym",
        "  action point 2005/3.1: title",
        "  action point 2005/6.2: number",
        "  progress update 2005/1.2 #1",
        "  progress update 2005/2.1 #1",
        '  milestone 2005/3.1 "Course "Partnering Skills for Strategic Engagement" in Paris (planned)": done on',
        '  milestone 2005/3.1 "Course "Partnering Skills for Strategic Engagement" in Rome (planned)": title, due',
    ]


def test_second_load_restores_deleted_objects_only(loaded):
    Milestone.objects.get(place="Nairobi").delete()
    personas.set_leads(point("3.2"))

    result = load_baseline(personas.NOW)

    assert result.added == {Milestone: 1}
    assert (result.changed, result.removed, result.edited) == ([], [], [])
    assert Milestone.objects.get(place="Nairobi").due == PartialDate.parse("2006-10")
    assert personas.leads(point("3.2")) == []


@pytest.fixture
def earlier_version(db, monkeypatch, tmp_path):
    """Load a baseline that differs from this one: other texts, dates and participants, another lead, one milestone and one agency more."""
    rows = json.loads(baseline.FIXTURE.read_text())
    by_key = {
        (row["model"], json.dumps([row["fields"].get(name) for name in baseline.KEYS[row["model"]][0]])): row
        for row in rows
    }

    def fields(model, *key):
        return by_key[model, json.dumps(list(key))]["fields"]

    fields("actions.actionpoint", ["2005", 3], 2)["title"] = "Earlier title"
    fields("actions.actionpoint", ["2005", 3], 3)["title"] = "Earlier title that people edit"
    fields("issues.agenda", "2005")["reporting_period"] = "2005-05/2006-03"
    fields("actions.progressupdate", ["2005", 4, 2], 1, 1).update(narrative="Earlier text.", participants=[])
    fields("actions.progressupdate", ["2005", 6, 2], 1, 1).update(status="exploring", narrative="Earlier text.")
    agency = {"acronym": "EOSG", "name": "Executive Office", "kind": "un", "parent": None}
    lead = {"action_point": ["2005", 1, 2], "agency": ["EOSG"], "since": "2005-05"}
    milestone = {"action_point": ["2005", 1, 2], "title": "OLA's session", "due": "2006"}
    rows.insert(0, {"model": "people.agency", "fields": agency})
    rows += [{"model": "actions.responsibility", "fields": lead}, {"model": "actions.milestone", "fields": milestone}]
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(rows))
    with monkeypatch.context() as patch:
        patch.setattr(baseline, "FIXTURE", earlier)
        load()


def test_earlier_version_is_listed_and_nothing_is_written_without_apply(earlier_version):
    before = dump(*WITH_HISTORY)

    output = load()

    assert output.splitlines() == [
        "Would be changed:",
        "  agenda 2005: reporting period",
        "  action point 2005/3.2: title",
        "  action point 2005/3.3: title",
        "  progress update 2005/4.2 #1",
        "  progress update 2005/6.2 #1",
        "Would be removed:",
        "  milestone OLA's session",
        "  responsibility EOSG: 2005/1.2",
        "  agency EOSG",
        "Nothing was written. Run load_baseline --apply to make these changes.",
    ]
    assert dump(*WITH_HISTORY) == before


def test_apply_brings_an_earlier_version_up_to_date_and_keeps_what_people_wrote(earlier_version, focal_point):
    change(point("3.3"), title="Our own title")
    own = personas.update(point("6.2"), author=focal_point, status="under_way")

    output = load("--apply")

    assert "Changed:" in output
    assert "  action point 2005/3.3: title" in output.partition("Edited by people, left as it is:")[2]
    assert (point("3.2").title, point("3.3").title) == (
        "Sub-groups of focal points with shared interests",
        "Our own title",
    )
    assert personas.leads(point("1.2")) == []
    assert not Agency.objects.filter(acronym="EOSG").exists()
    corrected = point("4.2").progress_updates.newest_versions().get(number=1)
    assert (corrected.version, corrected.author, [str(each) for each in corrected.participants.all()]) == (
        2,
        None,
        ["UNDP-RB"],
    )
    assert corrected.position_day == date(2006, 3, 31)
    assert point("6.2").status == "under_way"
    assert own in point("6.2").progress_updates.current()
    assert load() == "Edited by people, left as it is:\n  action point 2005/3.3: title\n"


def test_second_load_after_apply_reports_nothing(earlier_version):
    load("--apply")

    assert load() == NOTHING


def test_load_keeps_progress_logged_earlier(db, focal_point):
    early = personas.action_point(personas.issue(personas.agenda("2005"), number=1), number=2, title="Ours")
    ours = personas.update(early, author=focal_point, status=ReportedStatus.EXPLORING)

    result = load_baseline(personas.NOW)

    early.refresh_from_db()
    assert (early.title, early.status) == ("Ours", "exploring")
    assert list(early.progress_updates.filter(number=1)) == [ours]
    assert result.added[ProgressUpdate] == 27
    assert [each.reference for each in result.edited] == ["UNDP", "2005", "2005/1", "2005/1.2", "2005/1.2 #1"]


def test_broken_fixture_adds_nothing(db, monkeypatch, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text(baseline.FIXTURE.read_text().replace('"2006-41 by"', '"2006-42 by"'))
    monkeypatch.setattr(baseline, "FIXTURE", broken)

    with pytest.raises(Exception, match="There is no month 42"):
        load()

    assert Agency.objects.count() == 0
