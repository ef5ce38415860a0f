"""Show and edit one action point, and show its history and one update."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from actions import rules
from actions.access import Person, get_action_point, public_if_visible, signed_in
from actions.action_points.parts import part_cards, whole_reasons
from actions.action_points.timeline import entries_of, read_last_updates, read_predecessors, updates_of
from actions.as_of import AsOf, read_as_of
from actions.as_of_history import (
    look_back,
    look_back_at_issues,
    look_back_at_points,
    look_back_at_wording,
    milestones_of,
)
from actions.beginning import beginning
from actions.flash_messages import split_messages
from actions.forms.action_point import ActionPointForm
from actions.history import edits
from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate, Responsibility
from actions.own import next_waiting
from actions.reader import loaded_state, state_of
from actions.states import ActionPointState
from actions.update_order import orders, query_in, read_order
from issues.models import Agenda
from issues.readable_history import readable_since
from tracker.people.models import User
from tracker.people.permissions import Right, may
from tracker.transactions import atomic_post, locked_by_post
from tracker.web.form_recovery import clear_browser_copy, pop_saved_form, preserve_form
from tracker.web.forms import render_form
from tracker.web.pagination import get_page

UPDATES = 25
"""Number of updates on one page of an action point."""


@public_if_visible
@require_safe
def action_point_page(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponse:
    """Show an action point with its parts, milestones and a page of its updates."""
    as_of, errors = read_as_of(request), list[str]()
    action_point: Any = get_action_point(request.user, slug, issue, number, marked=True)
    agenda = look_back(action_point.issue.agenda, as_of)
    look_back_at_issues([action_point.issue], as_of)
    if later := beginning(agenda, as_of, action_point.added_on):
        look_back_at_wording(action_point, as_of)
        context = {"as_of": as_of, "action_point": action_point, "current_agenda": agenda, "beginning": later}
        return render(request, "action_points/action_point_page.html", context, status=400 if as_of.errors else 200)
    state, parts, milestones = _state_parts_and_milestones(action_point, as_of)
    people = _people(action_point, state, as_of)
    acronyms = {part.agency_id: part.agency.acronym for part in parts}
    reasons = whole_reasons(state, acronyms, as_of.day)
    context = (_rights(request.user, action_point) if not as_of.is_past else {}) | {
        "as_of": as_of,
        "action_point": action_point,
        "current_agenda": agenda,
        "state": state,
        "status": ActionStatus(state.status),
        "reasons": reasons,
        "may_remind": bool(reasons) and not as_of.is_past and may(request.user, Right.COORDINATE),
        "parts": part_cards(state, parts, people, as_of.day),
        "milestones": _by_state(milestones, state, as_of.day),
        "successors": _successors(request.user, action_point, as_of),
        "errors": errors,
    }
    context |= _timeline(request, action_point, state, as_of, errors)
    status = 400 if as_of.errors or errors else 200
    return render(request, "action_points/action_point_page.html", context, status=status)


@require_safe
def history_page(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponse:
    """Show the edits of the wording, the leads, their persons and pauses, and the milestones that were removed."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number, marked=True)
    since = readable_since([action_point.issue.agenda_id], user)
    context = {"action_point": action_point, "edits": edits(action_point, user, since)}
    return render(request, "action_points/history_page.html", context)


@public_if_visible
@require_safe
def update_page(request: HttpRequest, slug: str, issue: int, number: int, update: int) -> HttpResponse:
    """Show one update with all versions that the reader may see, the newest first."""
    action_point = get_action_point(request.user, slug, issue, number)
    agenda = action_point.issue.agenda_id
    since = readable_since([agenda], request.user)[agenda]
    versions = action_point.progress_updates.with_context().filter(number=update).order_by("-version")
    entries = _entries(request.user, action_point, list(versions.not_replaced_by(since)))
    if not entries:
        raise Http404
    context = {"action_point": action_point, "current": entries[0], "earlier": entries[1:]}
    return render(request, "action_points/update_page.html", context)


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def edit(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Edit the text, the lead agencies and the persons of an action point. Coordinators only."""
    pk = get_action_point(signed_in(request), slug, issue, number, Right.COORDINATE).pk
    action_point = locked_by_post(request, ActionPoint.objects.with_context()).get(pk=pk)
    today = timezone.localdate()
    if request.method == "POST":
        form = ActionPointForm(request.POST, instance=action_point, today=today)
        if form.is_valid():
            form.save()
            messages.success(request, _("Action point saved."), extra_tags=clear_browser_copy(request))
            return redirect(action_point)
        # Validation has written the typed values to the instance; the headings of the page need the stored ones.
        action_point.refresh_from_db(fields=["title", "description"])
    else:
        initial = ActionPointForm.initial_from(pop_saved_form(request))
        form = ActionPointForm(initial=initial, instance=action_point, today=today)
    return render_form(request, "action_points/action_point_form.html", form, action_point=action_point)


def _state_parts_and_milestones(
    action_point: ActionPoint, as_of: AsOf
) -> tuple[ActionPointState, Sequence[Responsibility], Sequence[Milestone]]:
    """Return the state on the date, the responsibilities of that day with their agencies, and the milestones as they were."""
    if as_of.is_past:
        state = state_of(action_point, as_of)
        look_back_at_points([action_point], [state])
        parts = list(
            action_point.responsibilities.as_of(as_of.day).select_related("agency").order_by("agency__acronym")
        )
        return state, parts, milestones_of(action_point, as_of)
    prefetch_related_objects([action_point], Prefetch("milestones", Milestone.objects.select_related("agency")))
    return loaded_state(action_point), action_point.parts, list(action_point.milestones.all())


def _people(action_point: ActionPoint, state: ActionPointState, as_of: AsOf) -> list[User]:
    """Return the persons named for the parts on the date. One query for a past date."""
    return list(User.objects.filter(pk__in=state.persons)) if as_of.is_past else action_point.persons


def _timeline(
    request: HttpRequest, action_point: Any, state: ActionPointState, as_of: AsOf, errors: list[str]
) -> dict[str, Any]:
    """Return a page of the updates, those of earlier agendas included, and the messages about them."""
    user = request.user
    steps = read_predecessors(action_point, user) if action_point.has_lineage else []
    earlier = [point for step in steps for point in step]
    points = [action_point, *earlier]
    since = readable_since({point.issue.agenda_id for point in points}, user)
    order = read_order(request.GET, errors)
    page = get_page(updates_of(points, as_of, since, order), UPDATES, request.GET, errors)
    updates = list(page)
    for update in updates:
        as_of.mark(update)
    leads = {point.pk: [agency.pk for agency in point.leads] for point in earlier} | {action_point.pk: state.leads}
    top, logged = split_messages(request, [each for each in updates if each.action_point_id == action_point.pk])
    return {
        "messages": top,
        "next_point": next_waiting(user, as_of.day, action_point.pk) if logged and isinstance(user, User) else None,
        "timeline": [
            (entry, None if entry.carried_from else logged.get(entry.update.number))
            for entry in entries_of(updates, points, leads, user)
        ],
        "page": page,
        "order": order,
        "orders": orders(order, as_of.query),
        "timeline_query": query_in(order, as_of.query),
        "predecessors": [] if as_of.is_past or not steps else read_last_updates(steps[0]),
    }


def _entries(user: Person, action_point: ActionPoint, updates: Sequence[ProgressUpdate]) -> Any:
    leads = {action_point.pk: [agency.pk for agency in action_point.leads]}
    return entries_of(updates, [action_point], leads, user)


def _rights(user: Person, action_point: Any) -> dict[str, Any]:
    """Return the rights that decide on the buttons, and the person's drafts."""
    may_log = may(user, Right.LOG_PROGRESS, action_point)
    return {
        "may_log": may_log,
        "may_log_for_each": len(action_point.parts) > 1 and may(user, Right.COORDINATE),
        "may_coordinate": may(user, Right.COORDINATE),
        "drafts": list(action_point.drafts.filter(author=user)) if action_point.has_drafts else [],
    }


def _successors(user: Person, action_point: Any, as_of: AsOf) -> list[ActionPoint]:
    """Return the action points that continue one of a closed agenda and that the person may see. One query at most."""
    if as_of.is_past or not action_point.has_lineage or action_point.issue.agenda.state != Agenda.State.CLOSED:
        return []
    carried_to = ActionPoint.objects.visible_to(user).filter(carried_from=action_point)
    return list(carried_to.select_related("issue__agenda").in_order())


def _by_state(
    milestones: Iterable[Milestone], state: ActionPointState, today: Any
) -> list[tuple[str, str, list[Milestone]]]:
    """Return groups of milestones as (key, heading, milestones), without empty groups."""
    overdue = {milestone.pk for milestone in state.milestones if rules.is_overdue(state, milestone, today)}
    groups: dict[str, list[Milestone]] = {key: [] for key in _MILESTONE_GROUPS}
    for milestone in milestones:
        if milestone.done_on:
            groups["done"].append(milestone)
        elif milestone.pk in overdue:
            groups["overdue"].append(milestone)
        else:
            groups["ahead" if milestone.due else "undated"].append(milestone)
    return [(key, str(_MILESTONE_GROUPS[key]), group) for key, group in groups.items() if group]


_MILESTONE_GROUPS = {
    "overdue": gettext_lazy("Overdue"),
    "ahead": gettext_lazy("Upcoming"),
    "undated": gettext_lazy("Without a date"),
    "done": gettext_lazy("Done"),
}
