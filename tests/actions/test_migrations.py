"""What migrations make of data that was there before them."""

import random
import uuid
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from actions.models import ActionPoint, ProgressDraft
from actions.models.status import standing
from tests import personas
from tracker.partial_dates import PartialDate

pytestmark = pytest.mark.django_db


def migration(name: str) -> Any:
    return import_module(f"actions.migrations.{name}")


def test_drafts_get_the_name_of_their_form_unless_it_was_published(focal_point):
    used, fresh = uuid.uuid4(), uuid.uuid4()
    typed = [[str(used)], [str(fresh)], ["no uuid"], [], None]
    points = [personas.action_point(number=number) for number, _ in enumerate(typed, 1)]
    points[0].log_progress(personas.progress(), author=focal_point, now=personas.NOW, submission=used)
    for point, said in zip(points, typed, strict=True):
        point.keep_draft(focal_point, {"submission": said} if said is not None else {})
    ProgressDraft.objects.update(submission=uuid.uuid4())

    migration("0005_progressdraft_submission").name_forms(apps, SimpleNamespace(connection=connection))

    named = list(ProgressDraft.objects.order_by("action_point__number").values_list("submission", flat=True))
    assert named[1] == fresh
    assert used not in named
    assert len(set(named)) == len(typed)
