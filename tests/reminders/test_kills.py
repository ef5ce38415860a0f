"""A worker that is killed (kill -9) at each step of sending: no duplicate at the mail server, and no digest lost in silence."""

from datetime import timedelta

import pytest
from celery import current_app
from django.db.models import F

from actions.reminders.models import Digest
from actions.reminders.tasks import tick
from tests import personas
from tests.conftest import worker_environment
from tests.servers import celery_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

State = Digest.State
ENDED = [State.SENT, State.UNCERTAIN, State.FAILED, State.CANCELLED]


@pytest.fixture
def digest_due(focal_point):
    current_app.control.purge()
    personas.lead(personas.action_point(title="Joint training"), focal_point.agency)
    return personas.schedule_due(personas.agenda(), focal_point)


def let_time_pass():
    """Let an hour pass: leases run out."""
    hour = timedelta(hours=1)
    Digest.objects.filter(lease_until__isnull=False).update(lease_until=F("lease_until") - hour)


def kill_and_recover(smtp_server, tmp_path, **failpoint):
    """A worker dies at the failpoint; a healthy one comes up an hour later. The digest as it ends."""
    mark = tmp_path / "died"
    environment = worker_environment() | {"EMAIL_URL": smtp_server.url}
    dying = {name.upper(): value for name, value in failpoint.items()} | {"FAILPOINT_MARK": str(mark)}
    with celery_worker(environment | dying, app="tests.reminders.failpoints"):
        tick.delay()
        wait_until(mark.exists, "the worker's death")
    let_time_pass()
    with celery_worker(environment):
        tick.delay()
        wait_until(lambda: Digest.objects.filter(state__in=ENDED).exists(), "the end of the digest")
        tick.delay()
        wait_until(lambda: not Digest.objects.exclude(state__in=ENDED).exists(), "all digests")
    return Digest.objects.get()


@pytest.mark.parametrize(
    ("step", "state", "mails"),
    [
        ("claimed", State.SENT, 1),
        ("rendered", State.SENT, 1),
        ("connected, not guarded", State.SENT, 1),
        ("guarded, nothing sent", State.UNCERTAIN, 0),
        ("accepted, not recorded", State.UNCERTAIN, 1),
        ("recorded", State.SENT, 1),
    ],
)
def test_killed_worker_makes_no_duplicate_and_loses_nothing_in_silence(
    digest_due, smtp_server, tmp_path, step, state, mails
):
    digest = kill_and_recover(smtp_server, tmp_path, failpoint=step)

    assert (digest.state, len(smtp_server.messages)) == (state, mails)


def test_without_the_guard_a_killed_worker_makes_a_duplicate(digest_due, smtp_server, tmp_path):
    """The control: it shows that the tests above would notice."""
    kill_and_recover(smtp_server, tmp_path, failpoint="accepted, not recorded", guard="off")

    assert len(smtp_server.messages) == 2
