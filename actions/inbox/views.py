"""The start page, and a person's own action points."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import rules
from actions.access import signed_in
from actions.as_of import AsOf
from actions.models import ActionPoint, Milestone, ProgressDraft
from actions.own import read_own
from actions.reader import read_action_points
from actions.rows import ActionPointRow, rows_of
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.people.permissions import Right, may

SHOWN = 100
"""The most action points of one's own that are shown; the list has all of them."""

LED_SHOWN, COORDINATORS_SHOWN = 5, 5
"""The most that people without an action point of their own see."""


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Redirect focal points to their action points, coordinators to the dashboard, and visitors to the agenda that they may read."""
    agenda = Agenda.objects.visible_to(request.user).current()
    if not request.user.is_authenticated:
        return redirect(agenda) if agenda else redirect_to_login(request.path)
    if request.user.is_coordinating:
        return redirect("dashboard", agenda.slug) if agenda else redirect("agenda_list")
    return redirect("my_action_points")


@require_safe
def my_action_points(request: HttpRequest) -> HttpResponse:
    """Show the person's own open action points: those that need attention first, by the age of the last report.

    Drafts on other action points follow, since an agenda may close, or an action point get another owner, in the meantime.
    """
    user, today = signed_in(request), timezone.localdate()
    states = read_own(user, today)
    shown = states[:SHOWN]
    milestones = _next_milestones([state.pk for state in shown], today)
    drafts: dict[int, list[ProgressDraft]] = {}
    for draft in _drafts(user):
        drafts.setdefault(draft.action_point_id, []).append(draft)
    rows = rows_of(shown, today)
    own: list[dict[str, Any]] = [
        {
            "action_point": row,
            "next_milestone": milestones.get(row.pk),
            "drafts": drafts.pop(row.pk, []),
            "through": [] if user.pk in state.focal_points else _through(user, row),
        }
        for state, row in zip(shown, rows, strict=True)
    ]
    waiting = sum(1 for row in rows if row.reasons)
    others = [(each, may(user, Right.LOG_PROGRESS, each[0].action_point)) for each in drafts.values()]
    context = {"rows": own, "waiting": waiting, "today": today, "is_cut": len(states) > SHOWN, "drafts": others}
    if not own:
        context |= _nothing_yet(user, today)
    return render(request, "inbox/my_action_points.html", context)


def _through(user: User, row: ActionPointRow) -> list[str]:
    """Return the acronyms of the user's agencies that lead it."""
    return [agency.acronym for agency in row.agencies if agency.pk in user.agency_ids]


def _nothing_yet(user: User, today: date) -> dict[str, object]:
    """Return what helps people without an open action point: what their agency or the one above it leads, whether something has no owner,
    and whom to ask. At most twelve queries.
    """
    visible = ActionPoint.objects.visible_to(user)
    agencies = {*user.agency_ids, user.agency.parent_id if user.agency else None}
    led = visible.filter(lead_agencies__in=agencies).distinct()
    newest = led.order_by("-issue__agenda__slug", "issue__number", "number").values_list("pk", flat=True)[:LED_SHOWN]
    states = read_action_points(list(newest), AsOf(today))
    agenda = Agenda.objects.visible_to(user).current()
    return {
        "led": rows_of(sorted(states, key=lambda state: state.agenda.slug, reverse=True), today),
        "current_agenda": agenda,
        "are_unowned": visible.open().unowned().filter(issue__agenda=agenda).exists(),
        "coordinators": User.objects.active().coordinators()[:COORDINATORS_SHOWN],
    }


def _drafts(user: User) -> QuerySet[ProgressDraft]:
    """Return the person's drafts on action points that the person may read. Three queries, one without drafts."""
    visible = user.drafts.filter(action_point__in=ActionPoint.objects.visible_to(user))
    owners = ["action_point__lead_agencies", "action_point__focal_points"]
    return visible.select_related("action_point__issue__agenda").prefetch_related(*owners)


def _next_milestones(points: list[int], today: date) -> dict[int, tuple[Milestone, PartialDate]]:
    """Return the next milestone of each action point, by its id, and when it or its next turn is due. One query."""
    found: dict[int, tuple[Milestone, PartialDate]] = {}
    for milestone in Milestone.objects.undone().filter(action_point__in=points).in_order():
        due, point = milestone.next_due(today), milestone.action_point_id
        if due and rules.is_ahead(milestone, today) and (point not in found or due < found[point][1]):
            found[point] = milestone, due
    return found
