"""The dashboard of an agenda, its page of changes and its page of milestones."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.access import get_agenda, get_agendas, public_if_visible
from actions.as_of import EARLIEST, read_as_of
from actions.as_of_history import look_back, look_back_at_issues
from actions.beginning import beginning, first_day
from actions.dashboard.changes import changes
from actions.dashboard.figures import MAX_ISSUES, figures
from actions.dashboard.heat_map import heat_map, legend
from actions.dashboard.milestone_timeline import time_line
from actions.dashboard.status_history import read_lead_periods, status_history
from actions.dashboard.updates import latest, read_updates
from actions.lists.filters import unknown_parameters
from actions.reader import read_agenda
from actions.reports import agency_parents
from actions.update_order import orders, query_in

A_MONTH = timedelta(days=30)


@public_if_visible
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    as_of = read_as_of(request)
    agenda, agendas = get_agendas(request.user, slug)
    look_back(agenda, as_of)
    issues = look_back_at_issues(agenda.issues.order_by("number"), as_of)
    for issue in issues:
        issue.agenda = agenda
    states, updates = read_agenda(agenda, as_of), read_updates(agenda, as_of)
    points = {state.pk: first_day(agenda, state.added_on) for state in states}
    context = {
        "agenda": agenda,
        "current_agenda": agenda,
        "agendas": agendas,
        "as_of": as_of,
        "beginning": beginning(agenda, as_of),
        "figures": figures(issues[:MAX_ISSUES], states, as_of),
        "heat_map": heat_map(issues[:MAX_ISSUES], states, as_of.day),
        "legend": legend(),
        "status_history": status_history(updates, read_lead_periods(agenda), agency_parents(), as_of, points),
        "latest": latest(updates, states, as_of),
        "is_cut": len(issues) > MAX_ISSUES,
    }
    return render(request, "dashboard/dashboard_page.html", context, status=400 if as_of.errors else 200)


@public_if_visible
@require_safe
def changes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what changed since `?since=` (a date; by default a month ago), with `?page=` of the recorded updates."""
    agenda, today = get_agenda(request.user, slug), timezone.localdate()
    errors, since = unknown_parameters(request.GET, ["since", "order", "page", "after", "before"]), today - A_MONTH
    try:
        since = date.fromisoformat(request.GET.get("since") or since.isoformat())
    except ValueError:
        errors.append(_("The day must look like 2006-03-31. This page shows the changes of the last month."))
    if not EARLIEST <= since <= today:
        errors.append(_("Choose a day from 1945 until today. This page shows the changes of the last month."))
        since = today - A_MONTH
    found = changes(agenda, since, request.user, request.GET, errors)
    context = {
        "agenda": agenda,
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
    context = {"agenda": agenda, "time_line": found, "errors": errors}
    return render(request, "dashboard/milestones_page.html", context, status=400 if errors else 200)
