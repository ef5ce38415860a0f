"""Tests of logging, correcting and withdrawing progress, of drafts, and of the database constraints."""

import contextlib
import threading
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from actions import progress as verbs
from actions.as_of import AsOf
from actions.drafts import MAX_DRAFTS, MAX_DRAFTS_OF_PERSON, DraftRefusedError, is_blank, save_draft
from actions.models import ActionPoint, ActionStatus, Evidence, Milestone, ProgressDraft, ProgressUpdate, ReportedStatus
from actions.models.status import AttentionReason
from actions.progress import NewerUpdatesError, Progress, SupersededError, correct, log_progress, withdraw
from actions.reader import read_agenda, state_of
from actions.responsibilities import pause, resume
from actions.rules import attention_reasons, needs_attention
from actions.submission import Submission, SubmissionUsedError
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.transactions import lost_a_race

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
UNDER_WAY = Progress(status=ReportedStatus.UNDER_WAY, narrative="Talks with the legal office began.")
NO_PROGRESS = Progress(status=ReportedStatus.NO_PROGRESS, reason="The post is vacant.")


@pytest.fixture
def point(db: None) -> ActionPoint:
    return personas.action_point()


def test_logging_adds_an_update_and_sets_the_status(point, focal_point):
    update = log_progress(point, replace(UNDER_WAY, happened=PartialDate.parse("2026-10")), author=focal_point, now=NOW)

    point.refresh_from_db()
    assert (update.number, update.version) == (1, 1)
    assert point.status == ActionStatus.UNDER_WAY
    assert point.last_reported == PartialDate.day(TODAY)
    assert point.last_reported_day == TODAY
    assert point.last_happened_latest == date(2026, 10, 31)


def test_logging_stores_participants_and_evidence(point, focal_point):
    partner = personas.agency("OCHA")
    progress = replace(UNDER_WAY, participants=[partner], evidence=[("https://www.example.org/a", "Minutes")])

    update = log_progress(point, progress, author=focal_point, now=NOW)

    assert list(update.participants.all()) == [partner]
    assert list(update.evidence.values_list("url", "title")) == [("https://www.example.org/a", "Minutes")]


def test_logging_one_submission_twice_creates_one_update(point, focal_point):
    submission = uuid.uuid4()

    first = log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=submission)
    second = log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=submission)

    assert first == second
    assert point.progress_updates.count() == 1


def test_logging_after_another_persons_update_raises_it(point, focal_point, coordinator):
    other = log_progress(point, UNDER_WAY, author=coordinator, now=NOW)

    with pytest.raises(NewerUpdatesError) as caught:
        log_progress(point, NO_PROGRESS, author=focal_point, now=NOW, version=0)

    assert caught.value.updates == [other]
    assert point.progress_updates.count() == 1


def test_logging_after_ones_own_update_is_accepted(point, focal_point):
    log_progress(point, UNDER_WAY, author=focal_point, now=NOW, version=0)
    log_progress(point, NO_PROGRESS, author=focal_point, now=NOW, version=0)

    assert [update.number for update in point.progress_updates.all()] == [1, 2]


def test_logging_removes_only_the_draft_of_its_own_form(point, focal_point, coordinator):
    submission = save_draft(point, focal_point, {"narrative": ["half a"]}).submission
    save_draft(point, coordinator, {"narrative": ["another"]}, submission)

    log_progress(point, UNDER_WAY, author=focal_point, now=NOW)
    log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=uuid.uuid4())
    count = point.drafts.count()
    log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=submission)

    assert count == 2
    assert [draft.author for draft in point.drafts.all()] == [coordinator]


def test_logging_one_submission_with_other_content_is_refused(point, focal_point):
    submission = uuid.uuid4()
    first = log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=submission)

    for author, day, progress in [
        (focal_point, None, replace(UNDER_WAY, narrative="Another.")),
        (focal_point, PartialDate.parse("2026-10"), UNDER_WAY),
        (None, None, UNDER_WAY),
    ]:
        with pytest.raises(SubmissionUsedError) as caught:
            log_progress(point, progress, author=author, now=NOW, submission=submission, reported_on=day)
        assert caught.value.update == first
    assert point.progress_updates.count() == 1


def test_logging_one_submission_again_after_midnight_creates_one_update(point, focal_point):
    submission = uuid.uuid4()

    first = log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=submission)
    second = log_progress(point, UNDER_WAY, author=focal_point, now=NOW + timedelta(days=1), submission=submission)

    assert first == second


def test_logging_with_the_submission_of_a_correction_is_refused(point, focal_point):
    submission = uuid.uuid4()
    old = log_progress(point, UNDER_WAY, author=focal_point, now=NOW)
    corrected = correct(old, NO_PROGRESS, author=focal_point, now=NOW, submission=submission)

    with pytest.raises(SubmissionUsedError) as caught:
        log_progress(point, NO_PROGRESS, author=focal_point, now=NOW, submission=submission)

    assert caught.value.update == corrected


def test_correction_reusing_a_submission_with_other_content_is_refused(point, focal_point):
    submission = uuid.uuid4()
    old = log_progress(point, UNDER_WAY, author=focal_point, now=NOW)
    corrected = correct(old, NO_PROGRESS, author=focal_point, now=NOW, submission=submission)

    with pytest.raises(SubmissionUsedError) as caught:
        correct(corrected, UNDER_WAY, author=focal_point, now=NOW, submission=submission)

    assert caught.value.update == corrected
    assert point.progress_updates.count() == 2


def test_one_submission_on_two_action_points_at_once_is_stored_once(focal_point, point, monkeypatch):
    """Skip the check for a published submission, as if both had read before either stored: the database refuses the second."""
    submission, other = uuid.uuid4(), personas.action_point(number=2)
    log_progress(other, UNDER_WAY, author=focal_point, now=NOW, submission=submission)
    monkeypatch.setattr(Submission, "find_published", lambda self: None)

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=submission)

    assert lost_a_race(caught.value)
    assert not point.progress_updates.exists()


def test_draft_of_a_second_tab_is_saved_separately(point, focal_point):
    opened_twice = save_draft(point, focal_point, {"narrative": ["Half a"]}).submission

    save_draft(point, focal_point, {"narrative": ["Half a sentence in the one tab"]}, opened_twice)
    other = save_draft(point, focal_point, {"narrative": ["Half a sentence in the other"]}, opened_twice)
    save_draft(point, focal_point, {"narrative": ["A sentence in the other."]}, other.submission)

    assert [draft.texts for draft in point.drafts.all()] == [
        ["A sentence in the other."],
        ["Half a sentence in the one tab"],
    ]


def test_draft_saved_twice_is_stored_once(point, focal_point):
    submission, typed = uuid.uuid4(), {"narrative": ["Half a"]}

    first, second = (save_draft(point, focal_point, typed, submission) for _ in range(2))

    assert (first, first.submission) == (second, second.submission)
    assert point.drafts.count() == 1


def test_publishing_keeps_the_newer_draft_of_another_tab(point, focal_point):
    opened_twice = save_draft(point, focal_point, {"narrative": ["Half a"]}).submission
    save_draft(point, focal_point, {"narrative": ["Half a sentence"]}, opened_twice)

    log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=opened_twice)

    assert point.drafts.get().texts == ["Half a sentence"]


def test_drafts_of_one_person_on_an_action_point_are_limited(point, focal_point, coordinator):
    drafts = [save_draft(point, focal_point, {"narrative": [str(number)]}) for number in range(MAX_DRAFTS)]

    with pytest.raises(DraftRefusedError):
        save_draft(point, focal_point, {"narrative": ["One more"]})
    save_draft(point, focal_point, {"narrative": ["Changed"]}, drafts[0].submission)
    save_draft(point, coordinator, {"narrative": ["Another person's"]})
    save_draft(personas.action_point(number=2), focal_point, {"narrative": ["On another action point"]})

    assert point.drafts.filter(author=focal_point).count() == MAX_DRAFTS


def test_drafts_of_one_person_are_limited(point, focal_point, coordinator):
    points = [personas.action_point(number=number) for number in range(2, 2 + MAX_DRAFTS_OF_PERSON // MAX_DRAFTS)]
    for each in points:
        ProgressDraft.objects.bulk_create(
            ProgressDraft(action_point=each, author=focal_point, typed={"narrative": [str(number)]})
            for number in range(MAX_DRAFTS)
        )

    with pytest.raises(DraftRefusedError, match="you already have 100 drafts"):
        save_draft(point, focal_point, {"narrative": ["One more"]})
    first = points[0].drafts.all()[0]
    save_draft(points[0], focal_point, {"narrative": ["Changed"]}, first.submission)
    save_draft(point, coordinator, {"narrative": ["Another person's"]})

    assert focal_point.drafts.count() == MAX_DRAFTS_OF_PERSON


@pytest.mark.parametrize(
    "typed", [{"narrative": ["x" * 100_001]}, {"a": ["x" * 60_000], "b": ["x" * 60_000]}, {"a": ["x" * 1_000] * 101}]
)
def test_draft_is_limited_in_length(point, focal_point, typed):
    with pytest.raises(DraftRefusedError, match="more than 100000 characters"):
        save_draft(point, focal_point, typed)
    save_draft(point, focal_point, {"narrative": ["x" * 100_000]})

    assert point.drafts.count() == 1


@pytest.mark.parametrize(
    ("typed", "blank"),
    [
        ({}, True),
        ({"submission": ["x"], "version": ["0"], "do": ["publish"], "agency": ["1"], "status": ["no_progress"]}, True),
        ({"narrative": [" \n"], "happened": [""], "participants": []}, True),
        ({"narrative": ["x"]}, False),
        ({"happened": ["2005"]}, False),
        ({"participants": ["1"]}, False),
        ({"is_piece": ["on"]}, False),
    ],
)
def test_form_is_blank_without_typed_text_or_choices(typed, blank):
    assert is_blank(typed) == blank


@pytest.mark.parametrize("with_draft", [False, True])
def test_logging_has_a_fixed_number_of_queries(point, focal_point, django_assert_num_queries, with_draft):
    submission = save_draft(point, focal_point, {}).submission if with_draft else uuid.uuid4()
    log_progress(point, UNDER_WAY, author=focal_point, now=NOW)

    with django_assert_num_queries(LOG_QUERIES):
        log_progress(point, UNDER_WAY, author=focal_point, now=NOW, submission=submission, version=0)


LOG_QUERIES = 13 if connection.vendor == "postgresql" else 14
"""Savepoint, lock, submission, draft, last number, newer ones by others, insert (SQLite: and its trigrams), reports, status, release."""


def test_failed_logging_leaves_the_action_point_unchanged(point, focal_point):
    with pytest.raises(IntegrityError):
        log_progress(point, Progress(status=ReportedStatus.UNDER_WAY), author=focal_point, now=NOW)

    assert (point.status, point.last_reported) == (ActionStatus.NOT_REPORTED, None)
    point.refresh_from_db()
    assert point.status == ActionStatus.NOT_REPORTED


def test_draft_changes_neither_status_nor_attention(point, focal_point):
    save_draft(point, focal_point, {"narrative": ["half a sentence"], "status": ["under_way"]})

    point.refresh_from_db()
    assert point.status == ActionStatus.NOT_REPORTED
    assert needs_attention(state_of(point, AsOf(TODAY)), TODAY)


def test_correction_supersedes_the_old_version_and_keeps_it(point, focal_point):
    old = log_progress(point, UNDER_WAY, author=focal_point, now=NOW, reported_on=PartialDate.parse("2026-03"))

    new = correct(old, NO_PROGRESS, author=focal_point, now=NOW)

    point.refresh_from_db()
    assert (new.number, new.version, new.supersedes, new.reported_on) == (1, 2, old, old.reported_on)
    assert list(point.progress_updates.current()) == [new]
    assert ProgressUpdate.objects.get(pk=old.pk).narrative == UNDER_WAY.narrative
    assert point.status == ActionStatus.NO_PROGRESS


def test_correction_of_a_superseded_version_raises_the_current_one(point, focal_point, coordinator):
    old = log_progress(point, UNDER_WAY, author=focal_point, now=NOW)
    current = correct(old, replace(UNDER_WAY, narrative="Better."), author=coordinator, now=NOW)

    with pytest.raises(SupersededError) as caught:
        correct(old, NO_PROGRESS, author=focal_point, now=NOW)

    assert caught.value.update == current
    assert point.progress_updates.count() == 2


def test_correction_with_one_submission_twice_creates_one_version(point, focal_point):
    old = log_progress(point, UNDER_WAY, author=focal_point, now=NOW)
    submission = uuid.uuid4()

    first = correct(old, NO_PROGRESS, author=focal_point, now=NOW, submission=submission)

    assert correct(old, NO_PROGRESS, author=focal_point, now=NOW, submission=submission) == first


def test_withdrawn_update_is_kept_and_not_counted(point, focal_point):
    log_progress(point, NO_PROGRESS, author=focal_point, now=NOW)
    wrong = log_progress(point, UNDER_WAY, author=focal_point, now=NOW)

    withdraw(wrong, by=focal_point, reason="Written on the wrong action point.", now=NOW)

    point.refresh_from_db()
    stored = ProgressUpdate.objects.get(pk=wrong.pk)
    assert (stored.narrative, stored.withdrawn_reason) == (UNDER_WAY.narrative, "Written on the wrong action point.")
    assert point.status == ActionStatus.NO_PROGRESS


def test_withdrawing_the_only_update_resets_the_status(point, focal_point):
    withdraw(log_progress(point, UNDER_WAY, author=focal_point, now=NOW), by=focal_point, reason="Wrong.", now=NOW)

    point.refresh_from_db()
    assert (point.status, point.last_reported, point.last_reported_day) == (ActionStatus.NOT_REPORTED, None, None)


def test_withdrawing_a_superseded_version_is_refused(point, focal_point, coordinator):
    old = log_progress(point, UNDER_WAY, author=focal_point, now=NOW)
    current = correct(old, NO_PROGRESS, author=coordinator, now=NOW)

    with pytest.raises(SupersededError):
        withdraw(current, by=focal_point, reason="Wrong.", now=NOW, version=1)

    assert not ProgressUpdate.objects.get(pk=current.pk).is_withdrawn


def test_updates_are_append_only(point, focal_point):
    update = log_progress(point, UNDER_WAY, author=focal_point, now=NOW)

    with pytest.raises(TypeError):
        update.save()
    with pytest.raises(TypeError):
        update.delete()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "not_reported"),
        ("status", "great"),
        ("narrative", ""),
        ("number", 0),
        ("version", 2),
        ("withdrawn_reason", "no date"),
    ],
)
def test_database_refuses_an_inconsistent_update(point, field, value):
    fields = {
        "action_point": point,
        "number": 1,
        "status": ReportedStatus.UNDER_WAY,
        "narrative": "Text.",
        "reported_on": PartialDate.parse("2006-03"),
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressUpdate.objects.create(**fields | {field: value})


def test_database_refuses_no_progress_without_a_reason(point, focal_point):
    with pytest.raises(IntegrityError), transaction.atomic():
        log_progress(point, replace(NO_PROGRESS, reason="", narrative="Nothing."), author=focal_point, now=NOW)


def test_database_refuses_evidence_that_is_not_a_web_address(point):
    update = log_progress(point, UNDER_WAY, author=None, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(update=update, url="javascript:alert(1)")


def test_database_refuses_a_status_without_a_report_date(point):
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionPoint.objects.filter(pk=point.pk).update(status=ActionStatus.UNDER_WAY)


def test_attention_reasons_follow_each_change_of_an_action_point(point, focal_point):
    def reasons() -> list[AttentionReason]:
        stored = ActionPoint.objects.with_context().get(pk=point.pk)
        (listed,) = read_agenda(point.issue.agenda, AsOf(TODAY))
        assert attention_reasons(listed, TODAY) == attention_reasons(state_of(stored, AsOf(TODAY)), TODAY)
        return attention_reasons(listed, TODAY)

    assert reasons() == [AttentionReason.NO_ONE_RESPONSIBLE]
    personas.assign(point, focal_point)
    assert reasons() == [AttentionReason.UPDATE_DUE]
    log_progress(point, UNDER_WAY, author=focal_point, now=NOW, reported_on=PartialDate.parse("2026-03"))
    assert reasons() == [AttentionReason.UPDATE_DUE]
    log_progress(point, NO_PROGRESS, author=focal_point, now=NOW)
    assert reasons() == [AttentionReason.NO_PROGRESS]
    log_progress(point, UNDER_WAY, author=focal_point, now=NOW)
    assert reasons() == []
    milestone = personas.milestone(point, due="2026-10")
    assert reasons() == [AttentionReason.MILESTONE_OVERDUE]
    Milestone.objects.filter(pk=milestone.pk).update(done_on=PartialDate.parse("2026-11"))
    assert reasons() == []
    log_progress(point, replace(UNDER_WAY, status=ReportedStatus.COMPLETED), author=focal_point, now=NOW)
    personas.milestone(point, due="2026-10", title="Too late")
    assert reasons() == []


def test_pause_defers_the_next_update_by_a_full_interval(point, focal_point):
    personas.assign(point, focal_point)
    part = point.responsibilities.get()
    pause(part, date(2026, 12, 1), "Budget is decided in December.")

    days = [TODAY, date(2026, 12, 1), date(2027, 3, 1), date(2027, 3, 2)]
    due = [day for day in days if attention_reasons(state_of(ActionPoint.objects.get(), AsOf(day)), day)]
    assert due == [date(2027, 3, 2)]


def test_resuming_keeps_the_day_on_which_the_pause_ended(point, focal_point):
    personas.assign(point, focal_point)
    part = point.responsibilities.get()
    pause(part, date(2099, 1, 1), "Waits for the budget.")

    resume(part, today=TODAY)
    resume(part, today=TODAY + timedelta(days=9))

    part.refresh_from_db()
    assert (part.paused_until, part.pause_reason) == (TODAY, "Waits for the budget.")


def test_update_is_due_the_day_after_the_agendas_limit(point, focal_point):
    personas.assign(point, focal_point)
    log_progress(point, UNDER_WAY, author=focal_point, now=NOW, reported_on=PartialDate.parse("2026-08-25"))

    on_the_last_day, on_the_day_after = (
        attention_reasons(state_of(ActionPoint.objects.get(), AsOf(day)), day)
        for day in (date(2026, 11, 23), date(2026, 11, 24))
    )
    assert (on_the_last_day, on_the_day_after) == ([], [AttentionReason.UPDATE_DUE])


@pytest.mark.parametrize("locked", [True, False])
def test_two_people_logging_at_once_get_different_numbers(
    transactional_db, focal_point, coordinator, monkeypatch, locked
):
    """Store both updates with the lock; without it (the control) the second one breaks the unique constraint.

    SQLite has one writer at a time, so the control runs on PostgreSQL only.
    """
    if not locked:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        monkeypatch.setattr(verbs, "for_update", lambda rows: rows)
    point = personas.action_point()
    both_read = threading.Barrier(2, timeout=2)
    lock = verbs.lock_action_point
    errors: list[Exception] = []

    def meet(point: ActionPoint) -> None:
        lock(point)
        with contextlib.suppress(threading.BrokenBarrierError):
            both_read.wait()

    monkeypatch.setattr(verbs, "lock_action_point", meet)

    def log(author: User) -> None:
        try:
            log_progress(ActionPoint.objects.get(pk=point.pk), UNDER_WAY, author=author, now=NOW)
        except IntegrityError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=log, args=[author]) for author in (focal_point, coordinator)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(errors), point.progress_updates.count()) == ((0, 2) if locked else (1, 1))
