"""Test settings that only apply to web processes or workers."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.conftest import worker_environment
from tests.servers import ROOT

SHOW = (
    "from django.db import connection as c; u = c.cursor(); u.execute('SHOW statement_timeout'); print(u.fetchone()[0])"
)

WORKER = "import django, celery.signals as s; django.setup(); s.worker_init.send(None)"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("imported", "timeout"),
    [("import tracker.wsgi", "30s"), (WORKER, "5min"), ("import django; django.setup()", "0")],
    ids=["web", "worker", "command"],
)
def test_web_processes_and_workers_end_long_queries(imported, timeout):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no statement timeout")

    shown = subprocess.run(
        [sys.executable, "-c", f"{imported}; {SHOW}"],
        env=os.environ | worker_environment(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert shown.stdout.strip() == timeout


def test_collections_leave_out_the_loaded_application():
    """The garbage collector need not visit what every request uses."""
    shown = subprocess.run(
        [sys.executable, "-c", "import tracker.wsgi, gc; print(gc.get_freeze_count(), gc.isenabled())"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tracker.settings"},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    frozen, enabled = shown.stdout.split()
    assert (int(frozen) > 10_000, enabled) == (True, "True")
