"""Hand background work to the workers from a request, which goes on if the broker does not take it."""

import logging
from typing import Any

from celery import Task

log = logging.getLogger(__name__)


def enqueue(task: "Task[..., Any]", *args: Any) -> bool:
    """Ask a worker to run the task. False if the broker refuses it or does not answer within seconds; the log has the reason.

    CELERY_BROKER_TRANSPORT_OPTIONS and CELERY_TASK_PUBLISH_RETRY_POLICY bound the wait. Call it after the commit of what the task reads.
    """
    try:
        task.delay(*args)
    except Exception as error:  # the library of the broker may raise any
        log.warning("The broker does not take the task %s: %r", task.name, error)
        return False
    return True
