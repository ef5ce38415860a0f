"""The kept tables are always what a look at the sources would give, whatever is done to them."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate, ReportedStatus
from actions.tallies.definitions import DIALECTS
from actions.tallies.models import NEVER, Change, Entry, Move, Tally
from actions.tallies.reading import recorded_last
from actions.tallies.rebuilding import differences, fold, rebuild, stamps
from actions.tallies.triggers import ensure_triggers
from issues.models import Agenda, Issue
from tests import personas
from tests.personas import NOW, TODAY
from tracker.dates.value import PartialDate

pytestmark = pytest.mark.django_db

DAYS = st.integers(-800, 30)
POINTS, AGENCIES = st.integers(0, 3), st.sampled_from(["UNDP", "UNSSC"])


def day(distance):
    return PartialDate.day(TODAY + timedelta(days=distance))


class World:
    """Two issues with two action points each, in one agenda, and all that is done to them."""

    def __init__(self):
        self.agenda = personas.agenda()
        self.issues = [personas.issue(number=number) for number in (1, 2)]
        self.points = [personas.action_point(issue, number) for issue in self.issues for number in (1, 2)]
        self.person = personas.person("someone@example.org")

    def point(self, index):
        return ActionPoint.objects.get(pk=self.points[index].pk)

    def log(self, index, status, part_only, distance):
        said = personas.progress(status=status, part_only=part_only, reason="No money.")
        self.point(index).log_progress(said, author=self.person, now=NOW, reported_on=day(distance))

    def correct(self, index, status, part_only, distance):
        if update := self.point(index).progress_updates.in_force().first():
            update.correct(
                personas.progress(status=status, part_only=part_only, reason="None."), author=self.person, now=NOW
            )

    def withdraw(self, index):
        if update := self.point(index).progress_updates.in_force().last():
            update.withdraw(by=self.person, reason="Wrong.", now=NOW)

    def snooze(self, index, distance):
        self.point(index).snooze(TODAY + timedelta(days=distance), "Later.")

    def wake(self, index):
        self.point(index).wake()

    def promise(self, index, distance, repeats):
        title = f"Milestone {Milestone.objects.count()}-{distance}-{Change.objects.count()}"
        self.point(index).milestones.create(title=title, due=day(distance), repeats_every_months=repeats)

    def keep_promise(self, index):
        if milestone := self.point(index).milestones.undone().first():
            milestone.done_on = day(0)
            milestone.save()

    def forget_promise(self, index):
        if milestone := self.point(index).milestones.first():
            milestone.delete()

    def lead(self, index, acronym):
        self.point(index).lead_agencies.add(personas.agency(acronym))

    def leave(self, index, acronym):
        self.point(index).lead_agencies.remove(personas.agency(acronym))

    def assign(self, index):
        self.point(index).focal_points.set([self.person])

    def relieve(self, index):
        self.point(index).focal_points.clear()

    def renumber(self):
        Issue.objects.filter(agenda=self.agenda).update(number=F("number") + 10)

    def silence(self, days):
        Agenda.objects.update(silence_days=days)

    def change_all(self, distance):
        ActionPoint.objects.exclude(status=ActionStatus.NOT_REPORTED).update(last_reported_latest=day(distance).latest)

    def add_and_remove(self):
        extra = ActionPoint.objects.bulk_create(ActionPoint(issue=self.issues[0], number=n, title="x") for n in (8, 9))
        extra[0].lead_agencies.add(personas.agency())
        personas.update(extra[0])
        assert differences(connection) == 0
        ProgressUpdate.objects.filter(action_point=extra[0])._raw_delete("default")
        for point in extra:
            point.delete()

    def fold(self):
        fold()


STATUSES = st.sampled_from(ReportedStatus.values)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["log", "correct"]), POINTS, STATUSES, st.booleans(), DAYS),
    st.tuples(st.sampled_from(["withdraw", "wake", "keep_promise", "forget_promise", "assign", "relieve"]), POINTS),
    st.tuples(st.just("snooze"), POINTS, st.integers(-5, 300)),
    st.tuples(st.just("promise"), POINTS, st.integers(-100, 100), st.sampled_from([None, 6])),
    st.tuples(st.sampled_from(["lead", "leave"]), POINTS, AGENCIES),
    st.tuples(st.just("silence"), st.integers(1, 400)),
    st.tuples(st.just("change_all"), DAYS),
    st.tuples(st.sampled_from(["renumber", "add_and_remove", "fold"])),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=12))
def test_never_drift_whatever_is_done(steps):
    with transaction.atomic():
        world = World()
        for name, *arguments in steps:
            getattr(world, name)(*arguments)

            assert differences(connection) == 0
            assert_agrees_with_the_vocabulary(world.agenda)
        transaction.set_rollback(True)


def assert_agrees_with_the_vocabulary(agenda):
    """The definitions themselves are right: what is asked of action points in Python finds the same."""
    points, today = ActionPoint.objects.filter(issue__agenda=agenda), TODAY
    entries = Entry.objects.filter(agenda=agenda)
    before = today - timedelta(days=Agenda.objects.get().silence_days)
    for asked, kept in (
        (points.showing_no_progress(today), entries.filter(shows_after__lt=today)),
        (points.open().silent(today), entries.filter(is_open=True, reported__lt=before)),
        (points.open().with_passed_milestone(today), entries.filter(is_open=True, milestone_due__lt=today)),
        (points.open().snoozed(today), entries.filter(is_open=True, snoozed_until__gt=today)),
        (points.open().with_milestone_ahead(today), entries.filter(is_open=True, last_due__gte=today)),
        (
            points.filter(milestones__in=Milestone.objects.undone().filter(due_latest__lte=today)),
            entries.filter(first_due__lte=today),
        ),
        (points.unowned(), entries.filter(is_owned=False)),
        (points.with_status("no_progress"), entries.filter(rank=1)),
    ):
        assert {*asked.values_list("pk", flat=True)} == {*kept.values_list("pk", flat=True)}
    assert [*points.order_by("issue__number", "number")] == [*points.order_by("entry__place")]
    stood = Tally.objects.filter(kind="stood").values_list("status").annotate(total=Sum("count"))
    moved = Counter(points.values_list("status", flat=True))
    moved["not_reported"] -= points.count()  # where all of them once stood
    assert {status: total for status, total in stood if total} == {
        name: total for name, total in moved.items() if total
    }


def test_entry_says_what_lists_ask():
    point = personas.action_point(personas.issue(number=3), 2, snoozed_until=TODAY, snooze_reason="Later.")

    entry = Entry.objects.get()

    assert (entry.action_point, entry.place, entry.rank, entry.reported) == (point, 3002, 0, NEVER)
    assert (entry.is_open, entry.is_owned, entry.milestone_due) == (True, False, None)
    assert entry.shows_after == TODAY - timedelta(days=1)


def test_moves_follow_the_reports_of_an_action_point():
    point = personas.action_point()
    for distance, status in ((-300, "exploring"), (-100, "under_way"), (-200, "exploring"), (-50, "completed")):
        point.log_progress(personas.progress(status=status), author=None, now=NOW, reported_on=day(distance))

    assert [*Move.objects.order_by("day").values_list("day", "before", "status")] == [
        (day(-300).latest, "not_reported", "exploring"),
        (day(-100).latest, "exploring", "under_way"),
        (day(-50).latest, "under_way", "completed"),
    ]


def test_all_of_an_issue_goes_with_it_to_another_agenda():
    world = World()
    for index in range(2):
        world.lead(index, "UNDP")
        world.log(index, "exploring", False, -10 + index)
    other = personas.agenda("2027")

    Issue.objects.filter(pk=world.issues[0].pk).update(agenda=other)

    assert differences(connection) == 0
    assert sorted(recorded_last(other, 9)[0]) == [world.points[0].pk, world.points[1].pk]
    assert recorded_last(world.agenda, 9) == ([], None)


def test_last_update_is_the_last_one_in_force():
    point, person = personas.action_point(), personas.person("someone@example.org")
    first = personas.update(point, now=NOW)
    second = personas.update(point, now=NOW + timedelta(days=1))
    found = [recorded_last(point.issue.agenda, 9)]

    for update in (second, first):
        update.withdraw(by=person, reason="Wrong.", now=NOW + timedelta(days=2))
        found.append(recorded_last(point.issue.agenda, 9))

    assert found == [([point.pk], second.recorded_at), ([point.pk], first.recorded_at), ([], None)]


def test_folding_keeps_the_sums_and_leaves_one_row_each():
    point = personas.action_point()
    point.lead_agencies.add(personas.agency())
    for status in ("exploring", "under_way", "exploring"):
        personas.update(point, status=status)
    sums = tally_sums()

    gone = fold()

    assert gone > 0
    assert tally_sums() == sums
    assert Tally.objects.filter(kind="status", agency=None).values_list("status", "count").get() == ("exploring", 1)
    assert fold() == 0


def tally_sums():
    things = Tally.objects.values_list("agenda", "agency", "kind", "status", "day").annotate(total=Sum("count"))
    return {tuple(thing): total for *thing, total in things if total}


def test_stamp_changes_with_everything_that_pages_show():
    point, agency, person = personas.action_point(), personas.agency(), personas.person("someone@example.org")
    update = personas.update(point)
    seen = [stamps().shown]
    for change in (
        lambda: personas.update(point),
        lambda: point.lead_agencies.add(agency),
        lambda: point.focal_points.add(person),
        lambda: personas.milestone(point),
        lambda: update.evidence.create(url="https://example.org/"),
        lambda: update.participants.add(agency),
        lambda: Issue.objects.update(title="Else"),
        lambda: Agenda.objects.update(title="Else"),
        lambda: ActionPoint.objects.update(title="Else"),
        lambda: type(agency).objects.update(name="Else"),
        lambda: type(person).objects.update(name="Else"),
        fold,
        lambda: call_command("migrate", verbosity=0),
    ):
        change()
        assert stamps().shown not in seen
        seen.append(stamps().shown)
    type(person).objects.update(last_login=datetime.now(UTC))

    assert stamps().shown == seen[-1]


def test_stamp_of_choices_changes_with_these_alone():
    point, agency, person = personas.action_point(), personas.agency(), personas.person("someone@example.org")
    before = stamps().choices
    personas.update(point)
    point.lead_agencies.add(agency)
    ActionPoint.objects.update(title="Else")
    assert stamps().choices == before

    seen = [before]
    for change in (
        lambda: point.focal_points.add(person),
        lambda: Issue.objects.update(title="Else"),
        lambda: Agenda.objects.update(title="Else"),
        lambda: type(agency).objects.update(name="Else"),
        lambda: type(person).objects.update(name="Else"),
        fold,
        lambda: call_command("migrate", verbosity=0),
    ):
        change()
        assert stamps().choices not in seen
        seen.append(stamps().choices)


def test_triggers_are_made_anew_as_soon_as_they_say_something_else(monkeypatch):
    point = personas.action_point()
    assert not ensure_triggers(connection)
    monkeypatch.setitem(DIALECTS, connection.vendor, replace(DIALECTS[connection.vendor], greatest="no_such_function"))
    assert ensure_triggers(connection)
    with pytest.raises(DatabaseError), transaction.atomic():
        personas.update(point)
    monkeypatch.undo()

    assert ensure_triggers(connection)
    personas.update(point)
    assert not differences(connection)


def test_rebuild_mends_what_somebody_broke_and_the_check_says_so(capsys):
    point = personas.action_point()
    personas.update(point)
    Entry.objects.update(place=7)
    Tally.objects.filter(kind="status").delete()
    Move.objects.all().delete()

    with pytest.raises(CommandError, match="rows differ"):
        call_command("rebuild_tallies", check=True)
    rebuild(connection)

    call_command("rebuild_tallies", check=True)
    assert "as it should be" in capsys.readouterr().out


@pytest.mark.parametrize("until", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar_are_taken(until):
    point = personas.action_point(snoozed_until=until, snooze_reason="Later.")

    assert differences(connection) == 0
    assert Entry.objects.get(pk=point.pk).shows_after == max(date.min, until - timedelta(days=until > date.min))


@pytest.mark.django_db(transaction=True)
def test_migrating_back_and_forth_takes_the_triggers_along():
    point = personas.action_point()
    call_command("migrate", "tallies", "zero", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE actions_actionpoint SET title = 'Written without them'")
    call_command("migrate", "tallies", verbosity=0)

    personas.update(ActionPoint.objects.get(pk=point.pk))

    assert differences(connection) == 0
    assert Entry.objects.get().rank == ActionStatus.values.index("under_way")
