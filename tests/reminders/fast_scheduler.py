"""The tracker's Celery application for tests of its scheduler: a tick every half second instead of every minute."""

from tracker.celery import app

app.conf.beat_schedule = {"reminders": app.conf.beat_schedule["reminders"] | {"schedule": 0.5}}
