"""Create the Celery application. Its settings are the `CELERY_` ones of `tracker.settings`."""

import os
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_prerun, worker_init
from django.conf import settings
from django.utils.log import configure_logging

from tracker.logs import request_id
from tracker.postgresql.waiting import limit_queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def limit_queries_of_workers(**about: Any) -> None:
    """End a query that takes so long that something must be wrong."""
    limit_queries(settings.DATABASES["default"], 300)


@setup_logging.connect
def log_as_the_tracker_does(**about: Any) -> None:
    """Keep Celery from setting up a log of its own."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@before_task_publish.connect
def send_request_id(headers: dict[str, Any], **about: Any) -> None:
    """Send the id of the request, or of the task, that asks for a task."""
    if request_id.get():
        headers["request_id"] = request_id.get()


@task_prerun.connect
def take_request_id(task_id: str, task: Any, **about: Any) -> None:
    """Log what a task does with the id of the request that asked for it; otherwise, as with the scheduler's, with its own."""
    request_id.set(task.request.get("request_id") or task_id.replace("-", "")[:16])
