"""The tracker's settings for tests: a data folder of their own, thrown away afterwards; one for each process of pytest-xdist.

With DATABASE_URL and CELERY_BROKER_URL set the same tests run on PostgreSQL and Redis.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
if "TRACKER_TEST_DATA" not in os.environ:
    os.environ["TRACKER_TEST_DATA"] = tempfile.mkdtemp(prefix="tracker-tests-")
    atexit.register(shutil.rmtree, os.environ["TRACKER_TEST_DATA"], ignore_errors=True)
os.environ["TRACKER_DATA"] = str(Path(os.environ["TRACKER_TEST_DATA"]) / _worker)

# A numbered database of Redis for each process, so that no worker takes another one's tasks. (Celery itself reads this variable.)
if (_broker := os.environ.get("CELERY_BROKER_URL", "")).startswith("redis://"):
    os.environ["CELERY_BROKER_URL"] = f"{_broker.rpartition('/')[0]}/{_worker.removeprefix('gw')}"

from tracker.settings import *  # noqa: E402, F403
from tracker.settings import DATA_DIR, DATABASES, STATIC_ROOT  # noqa: E402

# Playwright keeps an event loop in the thread of the tests, which Django takes for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A file rather than memory: the live server's threads and a real Celery worker open connections of their own.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

# All visitors of the tests have the same address.
VISITORS_PER_MINUTE = dict.fromkeys(["search", "note_files", "saved_forms"], 100_000)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)
