"""Create the planned agenda as a draft, or remove the draft again. Each is one transaction. `actions.setup` opens it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionPoint, ActionPointQuerySet, Milestone, ProgressDraft, Responsibility
from actions.reminders.models import ReminderSchedule
from actions.responsibilities import add_lead, name_persons
from actions.rollover.milestones import undecided_milestones
from actions.rollover.models import Decision, MilestoneDecision, PlannedPoint, Rollover
from actions.rollover.plan import RolloverError, lock_plan, reason_already_followed
from issues.models import Agenda, Issue
from tracker.enumerations import comma_separated
from tracker.people.models import User
from tracker.transactions import for_update, lock

MAX_TITLE_LENGTH = 200


@transaction.atomic
def create_agenda(rollover: Rollover, *, by: User, now: datetime) -> Agenda:
    """Create the planned agenda as a draft. Raises RolloverError, and creates nothing, if it cannot."""
    rollover = lock_plan(rollover)
    source = for_update(Agenda.objects.all()).get(pk=rollover.source_id)
    _require_ready(rollover, source, now.date())
    agenda = Agenda.objects.create(
        slug=rollover.slug,
        title=rollover.title,
        follows=source,
        visible_to=source.visible_to,
        silence_days=source.silence_days,
        language=source.language,
    )
    issues = _create_issues(rollover, agenda)
    points = PlannedPoint.objects.filter(issue__rollover=rollover).select_related("issue")
    for point in points.prefetch_related("decisions__action_point"):
        _create_action_point(point, issues[point.issue_id])
    _copy_schedule(source, agenda, now.date())
    rollover.next_agenda, rollover.carried_out_by, rollover.carried_out_at = agenda, by, now
    rollover.save(update_fields=["next_agenda", "carried_out_by", "carried_out_at"])
    return agenda


@transaction.atomic
def remove_draft(rollover: Rollover) -> None:
    """Remove the agenda that was created, and keep all decisions.

    Raises RolloverError if the agenda is open, or if somebody has worked on it or refers to it.
    """
    rollover = for_update(Rollover.objects.all()).get(pk=rollover.pk)
    if rollover.next_agenda_id is None:
        raise RolloverError(_("There is no draft to remove: it was already removed."))
    agenda = for_update(Agenda.objects.all()).get(pk=rollover.next_agenda_id)
    if agenda.state != Agenda.State.DRAFT:
        raise RolloverError(_("The new agenda is open, so it can no longer be removed."))
    points = ActionPoint.objects.filter(issue__agenda=agenda)
    lock(points.only("pk"))  # nobody can add an update or a draft meanwhile
    _require_untouched(rollover, points)
    try:
        Milestone.objects.filter(action_point__in=points).delete()
        Responsibility.objects.filter(action_point__in=points).delete()
        points.delete()
        Issue.objects.filter(agenda=agenda).delete()
        ReminderSchedule.objects.filter(agenda=agenda).delete()
        agenda.delete()
    except ProtectedError as error:
        names = sorted(str(record) for record in error.protected_objects)[:5]
        raise RolloverError(
            _("Other records already refer to the new agenda: %(names)s. Nothing was removed.")
            % {"names": comma_separated(names)}
        ) from error
    Rollover.objects.filter(pk=rollover.pk).update(carried_out_by=None, carried_out_at=None)


def _require_ready(rollover: Rollover, source: Agenda, today: date) -> None:
    if undecided := rollover.undecided().count():
        message = ngettext(
            "%(count)s action point is still undecided. Decide on it first.",
            "%(count)s action points are still undecided. Decide on each of them first.",
            undecided,
        )
        raise RolloverError(message % {"count": undecided})
    if milestones := len(undecided_milestones(rollover, today)):
        message = ngettext(
            "%(count)s milestone has passed and is not marked as done. Decide first what happens to it.",
            "%(count)s milestones have passed and are not marked as done. Decide first what happens to each of them.",
            milestones,
        )
        raise RolloverError(message % {"count": milestones})
    if Agenda.objects.filter(slug=rollover.slug).exists():
        raise RolloverError(
            _("Another agenda already has the short name “%(slug)s”. Change the name of the new one.")
            % {"slug": rollover.slug}
        )
    if reason := reason_already_followed(source):
        raise RolloverError(reason)


def _require_untouched(rollover: Rollover, points: ActionPointQuerySet) -> None:
    planned = PlannedPoint.objects.filter(issue__rollover=rollover)
    added = points.exclude(pk__in=planned.values("created_action_point")).select_related("issue__agenda")
    if references := [point.reference for point in added]:
        raise RolloverError(
            _("Somebody added action points to the draft: %(points)s. Remove these first.")
            % {"points": comma_separated(references)}
        )
    if ProgressDraft.objects.filter(action_point__in=points).exists():
        raise RolloverError(_("Somebody is writing a progress update in the new agenda. Nothing was removed."))


def _create_issues(rollover: Rollover, agenda: Agenda) -> dict[int, Issue]:
    """Create the planned issues. Returns them by the id of the planned issue."""
    issues = {}
    for planned in rollover.issues.all():
        issues[planned.pk] = planned.created_issue = Issue.objects.create(
            agenda=agenda, number=planned.number, title=planned.title, rationale=planned.rationale
        )
        planned.save(update_fields=["created_issue"])
    return issues


def _create_action_point(planned: PlannedPoint, issue: Issue) -> None:
    """Create a planned action point, carried from all action points that lead to it.

    Its leads, persons, description and open milestones come from those whose work continues in it.
    """
    decisions = sorted(planned.decisions.all(), key=lambda decision: decision.action_point_id)
    continued = [decision.action_point for decision in decisions if decision.continues_work]
    descriptions = dict.fromkeys(point.description for point in continued if point.description)
    point = ActionPoint.objects.create(
        issue=issue, number=planned.number, title=planned.title, description="\n\n".join(descriptions)
    )
    for old in continued:
        _copy_responsibilities(old, point)
    point.carried_from.set([decision.action_point for decision in decisions])
    for decision in decisions:
        if decision.continues_work and _is_first_target(planned, decision):
            _copy_milestones(decision.action_point, point)
    planned.created_action_point = point
    planned.save(update_fields=["created_action_point"])


def _copy_responsibilities(old: ActionPoint, new: ActionPoint) -> None:
    """Copy the current responsibilities with the persons who are active. If an agency led several, all persons are named for its part."""
    for part in old.responsibilities.current().with_people():
        copied = add_lead(new, part.agency, since=part.since)
        active = [person for person in part.persons.all() if person.is_active]
        name_persons(copied, {*copied.persons.all(), *active})


def _is_first_target(planned: PlannedPoint, decision: Decision) -> bool:
    """Return whether the milestones go to this one. When an action point is split, only the first new one gets them."""
    return decision.kind != Decision.Kind.SPLIT or decision.targets.order_by("issue__number", "number")[0] == planned


def _copy_milestones(old: ActionPoint, new: ActionPoint) -> None:
    """Copy the open milestones. One that has passed gets its new date, or is marked as done or left out, as decided.

    Skip one with the title and date of a copied one; with another date, add its old number to the title.
    """
    for milestone in old.milestones.undone().in_order().select_related("rollover_decision"):
        decision = getattr(milestone, "rollover_decision", None)
        if decision and decision.kind == MilestoneDecision.Kind.DONE:
            milestone.mark_done(decision.date)
        if decision and decision.kind != MilestoneDecision.Kind.NEW_DATE:
            continue
        title, due = milestone.title, decision.date if decision else milestone.due
        if copied := new.milestones.filter(title=title).first():
            if copied.due == due:
                continue
            suffix = f" ({old.issue.number}.{old.number})"
            title = title[: MAX_TITLE_LENGTH - len(suffix)] + suffix
        Milestone.objects.create(
            action_point=new,
            agency=milestone.agency,
            title=title,
            place=milestone.place,
            due=due,
            due_note="" if decision else milestone.due_note,
            repeats_every_months=milestone.repeats_every_months,
        )


def _copy_schedule(source: Agenda, agenda: Agenda, today: date) -> None:
    """Copy the reminder schedule if the source has one. Otherwise opening the agenda creates the default schedule."""
    if schedule := ReminderSchedule.objects.filter(agenda=source).first():
        ReminderSchedule.objects.create(
            agenda=agenda,
            enabled=schedule.enabled,
            rhythm=schedule.rhythm,
            weekdays=schedule.weekdays,
            hour=schedule.hour,
            escalate_after=schedule.escalate_after,
            starts_on=today + timedelta(days=1),
        )
