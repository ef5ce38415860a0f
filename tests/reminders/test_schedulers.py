"""Two schedulers at once (`celery worker -B`, each with a schedule of its own): they make one row a person, and one mail."""

from collections import Counter

import pytest
from celery import current_app

from actions.reminders.models import Digest
from tests import personas
from tests.conftest import worker_environment
from tests.servers import celery_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 20
TICKS = 3
"""The fewest by each scheduler."""


@pytest.fixture
def people():
    """Each with a part that is due, of an agenda whose period has begun."""
    point = personas.action_point(title="Joint training")
    found = [personas.person(f"person{number}@example.org") for number in range(PEOPLE)]
    personas.set_persons(point, *found)
    personas.schedule_due(personas.agenda(), *found)
    return found


def ticks(log):
    return log.read_text().count("Sending due task reminders ")


def test_two_schedulers_make_one_digest_and_one_mail_a_person(people, smtp_server):
    current_app.control.purge()
    environment = worker_environment() | {"EMAIL_URL": smtp_server.url}
    hurried = "tests.reminders.fast_scheduler"

    with (
        celery_worker(environment, beat=True, app=hurried) as one,
        celery_worker(environment, beat=True, app=hurried) as two,
    ):
        wait_until(lambda: Digest.objects.filter(state=Digest.State.SENT).count() == PEOPLE, "all digests")
        planned = ticks(one), ticks(two)
        wait_until(lambda: min(ticks(one) - planned[0], ticks(two) - planned[1]) >= TICKS, "further ticks of both")

    assert Counter(Digest.objects.values_list("recipient", flat=True)) == {person.pk: 1 for person in people}
    assert Counter(mail["To"] for mail in smtp_server.messages) == {person.email: 1 for person in people}
