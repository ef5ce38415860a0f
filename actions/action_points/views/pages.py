"""Show and edit one action point, show one update, and pause reminders."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from actions import progress, rules
from actions.access import Person, get_action_point, public_if_visible, signed_in
from actions.action_points.forms import SnoozeForm
from actions.as_of import AsOf, read_as_of
from actions.flash_messages import split_messages
from actions.forms.action_point import ActionPointForm
from actions.history import edits
from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.own import next_waiting
from actions.reader import state_of
from issues.models import Agenda
from issues.readable_history import readable_since
from tracker.people.models import User
from tracker.people.permissions import Right, may
from tracker.transactions import atomic_post, locked_by_post
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form
from tracker.web.pagination import get_page

UPDATES = 25
"""Number of updates on one page of an action point."""


@public_if_visible
@require_safe
def action_point_page(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponse:
    """Show an action point with its status, milestones and a page of its updates."""
    user, as_of, errors = request.user, read_as_of(request), list[str]()
    today = as_of.day
    action_point: Any = get_action_point(user, slug, issue, number, marked=True)
    since = readable_since([action_point.issue.agenda_id], user)
    as_of.look_back(action_point.issue.agenda)
    prefetch_related_objects([action_point], "milestones")
    state = state_of(action_point, as_of)
    page = get_page(_updates(action_point, as_of, since[action_point.issue.agenda_id]), UPDATES, request.GET, errors)
    updates = list(page)
    for update in updates:
        as_of.mark(update)
    reasons = rules.attention_reasons(state, today)
    top, logged = split_messages(request, updates)
    closed = action_point.issue.agenda.state == Agenda.State.CLOSED and not as_of.is_past
    context = (_rights(user, action_point) if not as_of.is_past else {}) | {
        "as_of": as_of,
        "action_point": action_point,
        "current_agenda": action_point.issue.agenda,
        "state": state,
        "status": ActionStatus(state.status),
        "reasons": [reason.label for reason in reasons],
        "may_remind": bool(reasons) and not as_of.is_past and may(user, Right.COORDINATE),
        "days_since_report": rules.days_since_report(state, today),
        "snoozed": rules.is_paused(state, today),
        "successors": _successors(user, action_point) if closed and action_point.has_lineage else [],
        "messages": top,
        "next_point": next_waiting(user, today, action_point.pk) if logged and isinstance(user, User) else None,
        "timeline": [
            (update, may_correct, logged.get(update.number))
            for update, may_correct in _with_rights(user, action_point, updates)
        ],
        "page": page,
        "errors": errors,
        "milestones": _by_state(action_point.milestones.all(), today),
        "edits": edits(action_point, user, since) if user.is_authenticated and not as_of.is_past else [],
    }
    return render(
        request, "action_points/action_point_page.html", context, status=400 if as_of.errors or errors else 200
    )


@public_if_visible
@require_safe
def update_page(request: HttpRequest, slug: str, issue: int, number: int, update: int) -> HttpResponse:
    """Show one update with all versions that the reader may see, the newest first."""
    action_point = get_action_point(request.user, slug, issue, number)
    agenda = action_point.issue.agenda_id
    since = readable_since([agenda], request.user)[agenda]
    versions = action_point.progress_updates.with_context().filter(number=update).order_by("-version")
    versions = list(versions.not_replaced_by(since))
    if not versions:
        raise Http404
    context = {
        "action_point": action_point,
        "current": _with_rights(request.user, action_point, versions[:1])[0],
        "earlier": _with_rights(request.user, action_point, versions[1:]),
    }
    return render(request, "action_points/update_page.html", context)


@preserve_form
@require_http_methods(["GET", "POST"])
@atomic_post
def edit(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Edit the text and the owners of an action point. Coordinators only."""
    pk = get_action_point(signed_in(request), slug, issue, number, Right.COORDINATE).pk
    action_point = locked_by_post(request, ActionPoint.objects.with_context()).get(pk=pk)
    if request.method == "POST":
        form = ActionPointForm(request.POST, instance=action_point)
        if form.is_valid():
            form.save()
            messages.success(request, _("Action point saved."), extra_tags=clear_browser_copy(request))
            return redirect(action_point)
        # Validation has written the typed values to the instance; the headings of the page need the stored ones.
        action_point.refresh_from_db(fields=["title", "description"])
    else:
        form = ActionPointForm(initial=saved_initial(request, "lead_agencies", "focal_points"), instance=action_point)
    return render_form(request, "action_points/action_point_form.html", form, action_point=action_point)


@preserve_form
@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Pause the reminders until a day, with a reason. POST with `do=wake` ends the pause."""
    action_point = get_action_point(signed_in(request), slug, issue, number, Right.LOG_PROGRESS)
    if request.POST.get("do") == "wake":
        progress.wake(action_point)
        messages.success(request, _("Its reminders come again."), extra_tags=clear_browser_copy(request))
        return redirect(action_point)
    stored = {"until": action_point.snoozed_until, "reason": action_point.snooze_reason}
    today = timezone.localdate()
    form = SnoozeForm(posted(request), initial=stored | saved_initial(request), today=today)
    if form.is_valid():
        progress.snooze(action_point, form.cleaned_data["until"], form.cleaned_data["reason"])
        messages.success(
            request, _("Its reminders are held back until that day."), extra_tags=clear_browser_copy(request)
        )
        return redirect(action_point)
    context = {"form": form, "action_point": action_point}
    return render_form(request, "action_points/snooze_form.html", **context)


def _updates(action_point: ActionPoint, as_of: AsOf, since: datetime) -> ProgressUpdateQuerySet:
    """Return the newest version of each update, withdrawn ones included; for a past date the versions that counted then.

    Versions that were replaced before `since`, while the agenda was hidden from the reader, are left out.
    """
    versions: ProgressUpdateQuerySet = as_of.updates() if as_of.is_past else ProgressUpdate.objects.newest_versions()
    return versions.filter(action_point=action_point).not_replaced_by(since).newest_first().with_context()


def _rights(user: Person, action_point: Any) -> dict[str, Any]:
    """Return the rights that decide on the buttons, and the person's drafts."""
    may_log = may(user, Right.LOG_PROGRESS, action_point)
    return {
        "may_log": may_log,
        "may_coordinate": may(user, Right.COORDINATE),
        "drafts": list(action_point.drafts.filter(author=user)) if action_point.has_drafts else [],
    }


def _successors(user: Person, action_point: ActionPoint) -> list[ActionPoint]:
    """Return the action points of later agendas that continue this one and that the person may see. One query."""
    carried_to = ActionPoint.objects.visible_to(user).filter(carried_from=action_point)
    return list(carried_to.select_related("issue__agenda").in_order())


def _with_rights(
    user: Person, action_point: ActionPoint, updates: Iterable[ProgressUpdate]
) -> list[tuple[ProgressUpdate, bool]]:
    """Return each update with whether the person may correct or withdraw it."""
    pairs = []
    for update in updates:
        update.action_point = action_point
        pairs.append((update, not update.is_withdrawn and may(user, Right.CORRECT, update)))
    return pairs


def _by_state(milestones: Iterable[Milestone], today: date) -> list[tuple[str, str, list[Milestone]]]:
    """Return groups of milestones as (key, heading, milestones), without empty groups."""
    groups: dict[str, list[Milestone]] = {key: [] for key in _MILESTONE_GROUPS}
    for milestone in milestones:
        if milestone.done_on:
            groups["done"].append(milestone)
        elif milestone.repeats_every_months:
            milestone.turn = milestone.next_due(today)
            groups["recurring"].append(milestone)
        else:
            groups["passed" if rules.is_overdue(milestone, today) else "ahead"].append(milestone)
    return [(key, str(_MILESTONE_GROUPS[key]), group) for key, group in groups.items() if group]


_MILESTONE_GROUPS = {
    "passed": gettext_lazy("Passed, not marked as done"),
    "ahead": gettext_lazy("Ahead"),
    "recurring": gettext_lazy("Recurring"),
    "done": gettext_lazy("Done"),
}
