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
from actions.progress import correct, log_progress, withdraw
from actions.rules import Report, status_summary
from tests import personas
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.django_db


def migration(name: str) -> Any:
    return import_module(f"actions.migrations.{name}")


def test_drafts_get_the_name_of_their_form_unless_it_was_published(focal_point):
    used, fresh = uuid.uuid4(), uuid.uuid4()
    typed = [[str(used)], [str(fresh)], ["no uuid"], [], None]
    points = [personas.action_point(number=number) for number, _ in enumerate(typed, 1)]
    log_progress(points[0], personas.progress(), author=focal_point, now=personas.NOW, submission=used)
    for point, said in zip(points, typed, strict=True):
        ProgressDraft.objects.create(
            action_point=point, author=focal_point, typed={"submission": said} if said is not None else {}
        )
    ProgressDraft.objects.update(submission=uuid.uuid4())

    migration("0005_progressdraft_submission").name_forms(apps, SimpleNamespace(connection=connection))

    named = list(ProgressDraft.objects.order_by("action_point__number").values_list("submission", flat=True))
    assert named[1] == fresh
    assert used not in named
    assert len(set(named)) == len(typed)


def test_streaks_are_derived_of_what_was_reported_before(focal_point):
    chance = random.Random(20261125)
    for number in range(1, 31):
        point = personas.action_point(number=number)
        for _ in range(chance.randrange(6)):
            day = personas.TODAY - timedelta(days=chance.randrange(40))
            said = personas.progress(
                status=chance.choice(["no_progress", "no_progress", "under_way"]),
                reason="None.",
                part_only=chance.random() < 0.2,
            )
            update = log_progress(
                point,
                said,
                author=focal_point,
                now=personas.NOW,
                reported_on=PartialDate.parse(day.isoformat()[: chance.choice([7, 10])]),
            )
            if chance.random() < 0.2:
                withdraw(update, by=focal_point, reason="Wrong.", now=personas.NOW)
            elif chance.random() < 0.2:
                correct(
                    update,
                    personas.progress(status="no_progress", reason="None."),
                    author=focal_point,
                    now=personas.NOW,
                )
    derived = {}
    for point in ActionPoint.objects.all():
        reports = point.progress_updates.current().values_list(*Report._fields)
        derived[point.pk] = status_summary([Report._make(report) for report in reports]).no_progress_streak
    ActionPoint.objects.update(no_progress_streak=0)
    ActionPoint.objects.filter(number__lte=3).update(no_progress_streak=7)

    with connection.cursor() as cursor:
        cursor.execute(migration("0006_derive_no_progress_streak")._DERIVE)

    assert dict(ActionPoint.objects.values_list("pk", "no_progress_streak")) == derived
    assert max(derived.values()) > 2
