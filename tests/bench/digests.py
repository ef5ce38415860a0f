"""Time planning and sending digests: `python -m tests.bench.digests --people 5000`.

Each person has ten action points with an update due. One worker plans all digests, then sends them over SMTP to a server in a process of
its own, as production does: claim, selection, rendering, guard, delivery, record. The target: 5,000 digests within two minutes.
"""

import argparse
import time
from datetime import UTC, date, datetime, timedelta

from tests.bench.scratch import DatabaseClock, scratch_database

# isort: split
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.reminders import planning, sending
from actions.reminders.models import Digest, PlannedUntil, ReminderSchedule
from issues.models import Agenda
from tests import personas
from tests.bench.sink import smtp_process
from tracker.mail.delivery import Courier
from tracker.people.models import Agency, User

POINTS_EACH = 10
POINTS_PER_AGENDA = 2000


def fill(people: int) -> None:
    """Create agendas of 2,000 action points, each led by one agency, with one person named and an old update."""
    users = User.objects.bulk_create(
        User(email=f"person{number}@example.org", name=f"Person {number}", password="!") for number in range(people)
    )
    agency = personas.agency()
    PlannedUntil.objects.record([user.pk for user in users], timezone.now() - timedelta(days=30))
    per_agenda = POINTS_PER_AGENDA // POINTS_EACH
    for begin in range(0, people, per_agenda):
        agenda = personas.agenda(f"2026-{begin // per_agenda + 1}")
        ReminderSchedule.objects.create(agenda=agenda, starts_on=timezone.localdate() - timedelta(days=60))
        assigned = [person for person in users[begin : begin + per_agenda] for _ in range(POINTS_EACH)]
        add_points(agenda, agency, assigned)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def add_points(agenda: Agenda, agency: Agency, people: list[User]) -> None:
    """Create one action point for each of these people in an agenda."""
    issues = [personas.issue(agenda, number + 1) for number in range(POINTS_PER_AGENDA // 500)]
    reported = {"status": "under_way", "last_reported": "2024-03", "last_reported_day": date(2024, 3, 31)}
    points = ActionPoint.objects.bulk_create(
        ActionPoint(issue=issues[n // 500], number=n % 500 + 1, title=f"What was agreed, number {n}", **reported)
        for n in range(len(people))
    )
    since = {"since": "2020-01-01", "since_earliest": date(2020, 1, 1)}
    parts = Responsibility.objects.bulk_create(
        Responsibility(action_point=point, agency=agency, **since, **reported) for point in points
    )
    named = Responsibility.persons.through
    named.objects.bulk_create(
        named(responsibility=part, user=person) for part, person in zip(parts, people, strict=True)
    )
    position = datetime(2024, 3, 31, tzinfo=UTC)
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(
            action_point=point,
            number=1,
            agency=agency,
            status="under_way",
            narrative="The first course was held, and forty people came. " * 5,
            recorded_at=position,
            recorded_day=position.date(),
            first_recorded_at=position,
            first_recorded_day=position.date(),
            reported_on="2024-03",
            position=position,
            position_day=position.date(),
        )
        for point in points
    )


def bench_planning() -> None:
    """Plan a tick in which all is due, and one in which nothing is."""
    now = timezone.now()
    for what in ("all", "nothing"):
        clock, begin = DatabaseClock(), time.perf_counter()
        with connection.execute_wrapper(clock):
            planning.plan(now)
        seconds = time.perf_counter() - begin
        print(
            f"planning when {what} is due: {Digest.objects.count():,} digests, {seconds:.2f} s, {clock.queries} queries"
        )


def bench_sending() -> None:
    clock, begin, processor = DatabaseClock(), time.perf_counter(), time.process_time()
    with (
        smtp_process() as port,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
        ),
        Courier() as courier,
        connection.execute_wrapper(clock),
    ):
        states = sending.send_due(courier)
    seconds, sent = time.perf_counter() - begin, states[Digest.State.SENT]
    print(f"sending {sent:,} digests: {seconds:.1f} s, so 5,000 in {5000 * seconds / sent:.0f} s")
    print(
        f"each: {1000 * (time.process_time() - processor) / sent:.1f} ms of processor time in the worker, "
        f"{clock.queries / sent:.1f} queries that take {clock.spent / sent:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    options = parser.parse_args()
    with scratch_database():
        print(f"{connection.vendor}, {options.people:,} people with {POINTS_EACH} action points each")
        fill(options.people)
        bench_planning()
        bench_sending()


if __name__ == "__main__":
    main()
