"""What may only be added is neither changed nor deleted, by a row or by a queryset."""

from typing import Any

import pytest
from django.apps import apps

from actions.handover.models import Handover
from actions.models import Evidence, ProgressUpdate
from actions.note.models import NoteVersion, SectionEdit, SignOff
from actions.progress import withdraw
from issues.models import Agenda
from tests import personas
from tests.personas import NOW
from tracker.append_only import AppendOnlyError, AppendOnlyModel
from tracker.audit.models import AuditEntry

APPEND_ONLY = [model for model in apps.get_models() if issubclass(model, AppendOnlyModel)]


def test_append_only_models_are_these():
    assert set(APPEND_ONLY) == {ProgressUpdate, Evidence, SignOff, SectionEdit, NoteVersion, Handover, AuditEntry}


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_querysets_refuse_to_change_rows(db, model: Any):
    rows = model.objects.filter(pk=0)

    for call in (
        lambda: rows.update(id=1),
        rows.delete,
        lambda: model.objects.bulk_update([], ["id"]),
        lambda: model.objects.update_or_create(pk=0),
    ):
        with pytest.raises(AppendOnlyError):
            call()


@pytest.fixture
def update(focal_point) -> ProgressUpdate:
    return personas.update(personas.action_point(), focal_point, evidence=[("https://example.org/", "Report")])


def test_rows_refuse_to_be_saved_again_or_deleted(update):
    for row in (update, update.evidence.get()):
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            row.delete()
    with pytest.raises(AppendOnlyError):
        update.evidence.all().delete()
    with pytest.raises(AppendOnlyError):
        update._amend(narrative="Another one.")

    assert ProgressUpdate.objects.get().narrative == "Something moved."


def test_named_verbs_change_what_they_name(update, coordinator, focal_point):
    withdraw(update, by=focal_point, reason="Wrong.", now=NOW)
    version = personas.note_version(update.action_point.issue.agenda, coordinator)
    version.open_to(Agenda.Audience.EVERYBODY)

    assert ProgressUpdate.objects.get().withdrawn_reason == "Wrong."
    assert NoteVersion.objects.get().audience == Agenda.Audience.EVERYBODY
