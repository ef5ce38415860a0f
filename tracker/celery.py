"""Create the Celery application. Its settings are the `CELERY_` ones of `tracker.settings`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

from tracker.postgresql.waiting import limit_queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def limit_queries_of_workers(**about: Any) -> None:
    """End a query that takes so long that something must be wrong."""
    limit_queries(settings.DATABASES["default"], 300)
