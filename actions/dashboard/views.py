"""The dashboard of an agenda and its tabs, except the charts."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.access import get_agenda, get_agendas, public_if_visible, signed_in
from actions.as_of import EARLIEST, AsOf, read_as_of
from actions.beginning import beginning, first_day
from actions.dashboard.act_now import concerns
from actions.dashboard.changes import changes
from actions.dashboard.counts import count
from actions.dashboard.figures import MAX_ISSUES, figures, lead_agencies, segments, statuses_of
from actions.dashboard.heat_map import heat_map
from actions.dashboard.milestone_timeline import time_line
from actions.dashboard.status_history import status_history
from actions.dashboard.tabs import read, tab_context
from actions.dashboard.trends import trends
from actions.dashboard.updates import latest, no_progress_answers
from actions.lists.filters import unknown_parameters
from actions.models import AttentionReason
from actions.reader import read_agenda
from actions.reporting_rounds import long_past_period
from actions.rules import has_paused_part
from actions.update_order import orders, query_in
from tracker.people.permissions import Right, may

A_MONTH = timedelta(days=30)


@public_if_visible
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what needs attention, the statuses, when each agency last reported and the latest updates."""
    as_of = read_as_of(request)
    agenda, agendas = get_agendas(request.user, slug)
    issues, states = read(agenda, as_of)
    counted, history = count(states, as_of.day), status_history(agenda, states, as_of)
    agencies, may_coordinate = lead_agencies(counted), may(request.user, Right.COORDINATE)
    may_act = may_coordinate and agenda.is_open and not as_of.is_past
    shown = figures(counted.statuses, statuses_of(counted.statuses), {})
    added_later = sum(state.added_on is not None for state in states)
    context = tab_context("dashboard", agenda, request, as_of) | {
        "agendas": agendas,
        "beginning": beginning(agenda, as_of),
        "counted": counted,
        "total": len(states),
        "concerns": concerns(agenda, counted, agencies, as_of, may_coordinate=may_act) if agenda.is_open else [],
        "is_calm": not as_of.is_past and long_past_period(agenda, as_of.day) is not None,
        "segments": segments(shown),
        "trends": trends(shown, history, first_day(agenda), len(states) - added_later),
        "heat_map": heat_map(issues[:MAX_ISSUES], counted, agencies, as_of.day),
        "latest": latest(agenda, states, as_of),
        "is_cut": len(issues) > MAX_ISSUES,
    }
    return render(request, "dashboard/dashboard_page.html", context, status=400 if as_of.errors else 200)


@public_if_visible
@require_safe
def no_progress_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the answers of those who report no progress, with their reasons."""
    as_of, agenda = read_as_of(request), get_agenda(request.user, slug)
    _issues, states = read(agenda, as_of)
    points = count(states, as_of.day).reasons[AttentionReason.NO_PROGRESS]
    context = tab_context("no_progress", agenda, request, as_of) | {
        "beginning": beginning(agenda, as_of),
        "updates": no_progress_answers(points, as_of),
    }
    return render(request, "dashboard/no_progress_page.html", context, status=400 if as_of.errors else 200)


@require_safe
def reminders_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show coordinators the answers to digests, and how many action points have paused reminders."""
    agenda = get_agenda(signed_in(request), slug, Right.COORDINATE)
    today = timezone.localdate()
    paused = sum(has_paused_part(state, today) for state in read_agenda(agenda, AsOf(today)))
    context = tab_context("reminders", agenda, request) | {"paused": paused}
    return render(request, "dashboard/reminders_page.html", context)


@public_if_visible
@require_safe
def changes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what changed since `?since=` (a date; by default a month ago), with `?page=` of the recorded updates."""
    agenda, today = get_agenda(request.user, slug), timezone.localdate()
    errors, since = unknown_parameters(request.GET, ["since", "order", "page", "after", "before"]), today - A_MONTH
    try:
        since = date.fromisoformat(request.GET.get("since") or since.isoformat())
    except ValueError:
        errors.append(_("Write the day as 2006-03-31. This page shows the changes of the last month."))
    if not EARLIEST <= since <= today:
        errors.append(_("Choose a day from 1945 until today. This page shows the changes of the last month."))
        since = today - A_MONTH
    found = changes(agenda, since, request.user, request.GET, errors)
    context = tab_context("changes", agenda, request) | {
        "since": since,
        "changes": found,
        "orders": orders(found.order, {"since": since.isoformat()}),
        "query": query_in(found.order, {"since": since.isoformat()}),
        "groups": found.edits.groups,
        "errors": errors,
        "signed_in": request.user.is_authenticated,
    }
    return render(request, "dashboard/changes_page.html", context, status=400 if errors else 200)


@public_if_visible
@require_safe
def milestones_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the milestones on a time line."""
    agenda, today = get_agenda(request.user, slug), timezone.localdate()
    errors = unknown_parameters(request.GET, ["page", "after", "before"])
    found = time_line(agenda, today, request.GET, errors)
    context = tab_context("milestones", agenda, request) | {"time_line": found, "errors": errors}
    return render(request, "dashboard/milestones_page.html", context, status=400 if errors else 200)
