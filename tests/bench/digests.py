"""Time planning and sending digests: `python -m tests.bench.digests --people 5000`.

Each person has ten action points with an update due. One worker plans all digests, then sends them over SMTP to a server in a process of
its own, as production does: claim, selection, rendering, guard, delivery, record. The target: 5,000 digests within two minutes.
"""

import argparse
import time
from datetime import timedelta

from tests.bench.scratch import DatabaseClock, scratch_database

# isort: split
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from actions.models import ActionPoint
from actions.reminders import planning, sending
from actions.reminders.models import Digest, ReminderSchedule
from actions.reminders.periods import Period
from issues.models import Agenda
from tests import personas
from tests.bench.sink import smtp_process
from tracker.mail.delivery import Courier
from tracker.people.models import User

POINTS_EACH = 10
POINTS_PER_AGENDA = 2000


def fill(people: int) -> list[Agenda]:
    """Create agendas of 2,000 action points, each assigned to one person."""
    users = User.objects.bulk_create(
        User(email=f"person{number}@example.org", name=f"Person {number}", password="!") for number in range(people)
    )
    owner = ActionPoint.focal_points.through
    agendas: list[Agenda] = []
    per_agenda = POINTS_PER_AGENDA // POINTS_EACH
    for begin in range(0, people, per_agenda):
        agenda = personas.agenda(f"2026-{len(agendas) + 1}")
        issues = [personas.issue(agenda, number + 1) for number in range(POINTS_PER_AGENDA // 500)]
        assigned = [person for person in users[begin : begin + per_agenda] for _ in range(POINTS_EACH)]
        points = ActionPoint.objects.bulk_create(
            ActionPoint(issue=issues[n // 500], number=n % 500 + 1, title=f"What was agreed, number {n}")
            for n in range(len(assigned))
        )
        owner.objects.bulk_create(
            owner(actionpoint=point, user=user) for point, user in zip(points, assigned, strict=True)
        )
        agendas.append(agenda)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return agendas


def bench_planning(agendas: list[Agenda]) -> None:
    now = timezone.now()
    period = Period(now.date() - timedelta(days=1), now)
    clock, begin = DatabaseClock(), time.perf_counter()
    with connection.execute_wrapper(clock):
        for agenda in agendas:
            schedule = ReminderSchedule.objects.create(agenda=agenda, starts_on=now.date())
            planning.plan_round(schedule, "UTC", period, now)
    print(f"planning {Digest.objects.count():,} digests: {time.perf_counter() - begin:.1f} s, {clock.queries} queries")


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
        bench_planning(fill(options.people))
        bench_sending()


if __name__ == "__main__":
    main()
