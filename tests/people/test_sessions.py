"""Test that expired sessions are deleted."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests import personas
from tracker.people.tasks import delete_expired_sessions

pytestmark = pytest.mark.django_db


def test_only_expired_sessions_are_deleted(focal_point, coordinator):
    expired, current = (personas.sign_in(Client(), person).session.session_key for person in (focal_point, coordinator))
    Session.objects.filter(pk=expired).update(expire_date=timezone.now() - timedelta(seconds=1))

    delete_expired_sessions()
    delete_expired_sessions()

    assert list(Session.objects.values_list("pk", flat=True)) == [current]


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(current_app.tasks)
