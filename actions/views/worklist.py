"""Where each person begins, and the focal point's own action points."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import signed_in
from actions.models import ActionPoint, ActionPointQuerySet, Milestone, ProgressDraft
from actions.rows import rows
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.people.permissions import Right, may

SHOWN = 100
"""So many of one's own are shown at most: more is no day's work, and the list has them all."""

LED_SHOWN, COORDINATORS_SHOWN = 5, 5
"""So many to whom nothing is assigned see at most."""


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Focal points begin with their action points, coordinators with the dashboard, visitors with what is open to everybody."""
    agenda = Agenda.objects.visible_to(request.user).current()
    if not request.user.is_authenticated:
        return redirect(agenda) if agenda else redirect_to_login(request.path)
    if request.user.is_coordinating:
        return redirect("dashboard", agenda.slug) if agenda else redirect("agenda_list")
    return redirect("my_action_points")


@require_safe
def my_action_points(request: HttpRequest) -> HttpResponse:
    """The person's own open action points, those that show no progress first, the longest silent on top.

    Below them the drafts on other ones: an agenda may close, or an action point go to somebody else, while a text waits.
    """
    user, today = signed_in(request), timezone.localdate()
    found = list(_own_in_order(user, today).with_context().prefetch_related("milestones")[: SHOWN + 1])
    points = found[:SHOWN]
    drafts = {draft.action_point_id: draft for draft in _drafts(user)}
    own = [
        {
            "action_point": point,
            "reasons": [reason.label for reason in point.no_progress_reasons(today)],
            "days_silent": point.days_silent(today),
            "next_milestone": _next_milestone(point, today),
            "draft": drafts.pop(point.pk, None),
            "through": _through(user, point),
        }
        for point in points
    ]
    waiting = sum(1 for row in own if row["reasons"])
    others = [(draft, may(user, Right.LOG_PROGRESS, draft.action_point)) for draft in drafts.values()]
    context = {"rows": own, "waiting": waiting, "today": today, "is_cut": len(found) > SHOWN, "drafts": others}
    if not own:
        context |= _nothing_yet(user, today)
    return render(request, "actions/worklist.html", context)


def _through(user: User, point: ActionPoint) -> list[str]:
    """By which of the user's agencies it is theirs, where nobody has assigned it to them. No query once its owners are loaded."""
    if user in point.focal_points.all():
        return []
    return [agency.acronym for agency in point.lead_agencies.all() if user.speaks_for(agency.pk)]


def _nothing_yet(user: User, today: date) -> dict[str, object]:
    """For who has no open action point: what the agency, or the one that it is a part of, leads all the same; what nobody owns; whom
    to ask. Seven queries more at most.
    """
    visible = ActionPoint.objects.visible_to(user)
    agencies = {*user.agency_ids, user.agency.parent_id if user.agency else None}
    led = visible.filter(lead_agencies__in=agencies).distinct().order_by("-issue__agenda__slug", "entry__place")
    agenda = Agenda.objects.visible_to(user).current()
    return {
        "led": rows(led[:LED_SHOWN], today),
        "current_agenda": agenda,
        "are_unowned": visible.open().unowned().filter(issue__agenda=agenda).exists(),
        "coordinators": User.objects.active().coordinators()[:COORDINATORS_SHOWN],
    }


def next_waiting(user: User, today: date, besides: ActionPoint) -> ActionPoint | None:
    """The first of the person's own that shows no progress, besides this one. One query, and one for the parts of the agency."""
    waiting = _own_in_order(user, today).filter(entry__shows_after__lt=today).exclude(pk=besides.pk)
    return waiting.select_related("issue__agenda").first()


def _own_in_order(user: User, today: date) -> ActionPointQuerySet:
    own = ActionPoint.objects.visible_to(user).own(user)
    own = own.filter(entry__is_open=True, issue__agenda__state=Agenda.State.OPEN)
    shows = Case(When(entry__shows_after__lt=today, then=0), default=1)
    return own.order_by(shows, "entry__reported", "issue__agenda__slug", "entry__place")


def _drafts(user: User) -> QuerySet[ProgressDraft]:
    """All that are the person's, newest first. Three queries, one where there are none."""
    visible = user.drafts.filter(action_point__in=ActionPoint.objects.visible_to(user)).order_by("-saved_at")
    owners = ["action_point__lead_agencies", "action_point__focal_points"]
    return visible.select_related("action_point__issue__agenda").prefetch_related(*owners)


def _next_milestone(point: ActionPoint, today: date) -> tuple[Milestone, PartialDate] | None:
    """With the day it is due, where it recurs that of its next turn."""
    ahead = [
        (due, milestone)
        for milestone in point.milestones.all()
        if milestone.is_ahead(today) and (due := milestone.next_due(today))
    ]
    due, milestone = min(ahead, key=lambda pair: pair[0], default=(None, None))
    return (milestone, due) if milestone and due else None
