"""The plan becomes an agenda in draft, and can be taken back until that is opened. Each is one transaction."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from actions.models import ActionPoint, Milestone, ProgressDraft
from actions.reminders.models import ReminderSchedule
from actions.rollover.decisions import RolloverError, lock_plan
from actions.rollover.models import Decision, PlannedPoint, Rollover
from issues.models import Agenda, Issue
from tracker.locking import for_update, lock
from tracker.people.models import User

TITLE_LENGTH = 200


@transaction.atomic
def make(rollover: Rollover, *, by: User, now: datetime) -> Agenda:
    """The agenda that was planned, as a draft. Raises RolloverError where it cannot be made; then nothing was."""
    rollover = lock_plan(rollover)
    source = for_update(Agenda.objects.all()).get(pk=rollover.source_id)
    _require_ready(rollover, source)
    agenda = Agenda.objects.create(
        slug=rollover.slug,
        title=rollover.title,
        follows=source,
        visible_to=source.visible_to,
        silence_days=source.silence_days,
    )
    issues = {}
    for planned in rollover.issues.all():
        issues[planned.pk] = planned.made = Issue.objects.create(
            agenda=agenda, number=planned.number, title=planned.title, rationale=planned.rationale
        )
        planned.save(update_fields=["made"])
    points = PlannedPoint.objects.filter(issue__rollover=rollover).select_related("issue")
    for point in points.prefetch_related("decisions__action_point"):
        _make_point(point, issues[point.issue_id])
    _copy_schedule(source, agenda, now.date())
    rollover.made, rollover.made_by, rollover.made_at = agenda, by, now
    rollover.save(update_fields=["made", "made_by", "made_at"])
    return agenda


@transaction.atomic
def undo(rollover: Rollover) -> None:
    """Remove the agenda that was made, and keep all decisions. Raises RolloverError where it is open, or others build on it."""
    rollover = for_update(Rollover.objects.all()).get(pk=rollover.pk)
    if rollover.made_id is None:
        raise RolloverError(_("There is nothing to undo: the new agenda is not made, or was undone already."))
    agenda = for_update(Agenda.objects.all()).get(pk=rollover.made_id)
    if agenda.state != Agenda.State.DRAFT:
        raise RolloverError(_("The new agenda was opened, so it cannot be undone any more."))
    points = ActionPoint.objects.filter(issue__agenda=agenda)
    lock(points.only("pk"))  # those who write on one of them wait
    by_hand = points.exclude(pk__in=PlannedPoint.objects.filter(issue__rollover=rollover).values("made"))
    if kept := [point.reference for point in by_hand.select_related("issue__agenda")]:
        raise RolloverError(
            _("These were added to the draft by hand: %(points)s. Remove them first, if that is meant.")
            % {"points": ", ".join(kept)}
        )
    if ProgressDraft.objects.filter(action_point__in=points).exists():
        raise RolloverError(_("Somebody is writing a progress update on the new agenda. Nothing was undone."))
    try:
        Milestone.objects.filter(action_point__in=points).delete()
        points.delete()
        Issue.objects.filter(agenda=agenda).delete()
        ReminderSchedule.objects.filter(agenda=agenda).delete()
        agenda.delete()
    except ProtectedError as error:
        named = sorted(str(found) for found in error.protected_objects)[:5]
        raise RolloverError(
            _("Others build on the new agenda already: %(named)s. Nothing was undone.") % {"named": ", ".join(named)}
        ) from error
    Rollover.objects.filter(pk=rollover.pk).update(made_by=None, made_at=None)


@transaction.atomic
def open_agenda(rollover: Rollover, *, today: date, visible_to: str, close_source: bool) -> Agenda:
    """The network, or everybody, sees the new agenda from now on; its digests begin tomorrow at the earliest. Raises RolloverError."""
    rollover = for_update(Rollover.objects.all()).get(pk=rollover.pk)
    agenda = for_update(Agenda.objects.filter(pk=rollover.made_id, state=Agenda.State.DRAFT)).first()
    if agenda is None:
        raise RolloverError(_("There is no draft to open: it was opened or undone already."))
    agenda.state, agenda.visible_to = Agenda.State.OPEN, visible_to
    agenda.save(update_fields=["state", "visible_to"])
    for schedule in ReminderSchedule.objects.filter(agenda=agenda, starts_on__lte=today):
        schedule.starts_on = today + timedelta(days=1)
        schedule.save(update_fields=["starts_on"])
    if close_source:
        source = for_update(Agenda.objects.all()).get(pk=rollover.source_id)
        source.state = Agenda.State.CLOSED
        source.save(update_fields=["state"])
    return agenda


def _require_ready(rollover: Rollover, source: Agenda) -> None:
    if undecided := rollover.undecided().count():
        raise RolloverError(
            _("Not decided yet: %(count)s action points. Decide on each of them first.") % {"count": undecided}
        )
    if Agenda.objects.filter(slug=rollover.slug).exists():
        raise RolloverError(
            _("There is an agenda “%(slug)s” already. Give the new one another short name.") % {"slug": rollover.slug}
        )
    if follower := Agenda.objects.filter(follows=source).first():
        raise RolloverError(_("“%(agenda)s” follows this agenda already.") % {"agenda": follower.title})


def _make_point(planned: PlannedPoint, issue: Issue) -> None:
    """With lineage from all that lead to it; owners and open milestones only from what goes on in it."""
    decisions = sorted(planned.decisions.all(), key=lambda decision: decision.action_point_id)
    goes_on = [decision.action_point for decision in decisions if decision.brings_along]
    texts = dict.fromkeys(point.description for point in goes_on if point.description)
    point = ActionPoint.objects.create(
        issue=issue, number=planned.number, title=planned.title, description="\n\n".join(texts)
    )
    point.lead_agencies.set({agency for old in goes_on for agency in old.lead_agencies.all()})
    point.focal_points.set({person for old in goes_on for person in old.focal_points.filter(is_active=True)})
    point.carried_from.set([decision.action_point for decision in decisions])
    for decision in decisions:
        if decision.brings_along and _is_first_part(planned, decision):
            _copy_milestones(decision.action_point, point)
    planned.made = point
    planned.save(update_fields=["made"])


def _is_first_part(planned: PlannedPoint, decision: Decision) -> bool:
    """Of one that is split, the first part takes the milestones: they are one promise each, not several."""
    return decision.kind != Decision.Kind.SPLIT or decision.targets.order_by("issue__number", "number")[0] == planned


def _copy_milestones(old: ActionPoint, new: ActionPoint) -> None:
    """The open ones. Of two with one title and date one is enough; with different dates the second says where it comes from."""
    for milestone in old.milestones.undone().in_order():
        title = milestone.title
        if same := new.milestones.filter(title=title).first():
            if same.due == milestone.due:
                continue
            mark = f" ({old.issue.number}.{old.number})"
            title = title[: TITLE_LENGTH - len(mark)] + mark
        Milestone.objects.create(
            action_point=new,
            title=title,
            place=milestone.place,
            due=milestone.due,
            due_note=milestone.due_note,
            repeats_every_months=milestone.repeats_every_months,
        )


def _copy_schedule(source: Agenda, agenda: Agenda, today: date) -> None:
    """The rhythm comes along where there is one; else the default one comes when the agenda is opened."""
    if schedule := ReminderSchedule.objects.filter(agenda=source).first():
        ReminderSchedule.objects.create(
            agenda=agenda,
            enabled=schedule.enabled,
            rhythm=schedule.rhythm,
            weekdays=schedule.weekdays,
            hour=schedule.hour,
            milestone_days=schedule.milestone_days,
            escalate_after=schedule.escalate_after,
            starts_on=today + timedelta(days=1),
        )
