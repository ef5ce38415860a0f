"""The start page, and a person's own action points."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import rules
from actions.access import signed_in
from actions.as_of import AsOf
from actions.inbox.rows import Drafts, OpenBox, read_inbox
from actions.models import ActionPoint, AttentionReason, Responsibility
from actions.reader import read_action_points, read_agenda
from actions.rows import rows_of
from issues.models import Agenda
from tracker.people.models import User
from tracker.people.permissions import Right, may

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
    """Show the person's inbox: what waits for the person first.

    Drafts on other action points follow, since an agenda may close, or an action point get another owner, in the meantime.
    """
    return inbox_page(request, signed_in(request))


def inbox_page(
    request: HttpRequest, user: User, opened: OpenBox | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """Render the inbox, with the box of one row open."""
    today = timezone.localdate()
    drafts = _drafts(user)
    inbox = read_inbox(user, timezone.now(), drafts)
    others = [(each, may(user, Right.LOG_PROGRESS, each[0].action_point)) for each in drafts.values()]
    context |= {"inbox": inbox, "opened": opened, "today": today, "drafts": others}
    if not inbox.rows:
        context |= _nothing_yet(user, today)
    return render(request, "inbox/my_action_points.html", context, status=status)


def _nothing_yet(user: User, today: date) -> dict[str, object]:
    """Return what helps people without an open action point: what their agency or the one above it leads, whether something has no one
    responsible, and whom to ask. At most twenty queries.
    """
    visible = ActionPoint.objects.visible_to(user)
    agencies = {*user.agency_ids, user.agency.parent_id if user.agency else None}
    leads = Responsibility.objects.current().filter(agency__in=agencies)
    led = visible.filter(pk__in=leads.values("action_point"))
    newest = led.order_by("-issue__agenda__slug", "issue__number", "number").values_list("pk", flat=True)[:LED_SHOWN]
    states = read_action_points(list(newest), AsOf(today))
    agenda = Agenda.objects.visible_to(user).current()
    return {
        "led": rows_of(sorted(states, key=lambda state: state.agenda.slug, reverse=True), today),
        "current_agenda": agenda,
        "is_no_one_responsible": bool(agenda) and _is_no_one_responsible(agenda, today),
        "coordinators": User.objects.active().coordinators()[:COORDINATORS_SHOWN],
    }


def _is_no_one_responsible(agenda: Agenda, today: date) -> bool:
    """Return whether the agenda has an action point for which no one is responsible. Seven queries."""
    return any(
        AttentionReason.NO_ONE_RESPONSIBLE in rules.attention_reasons(state, today)
        for state in read_agenda(agenda, AsOf(today))
    )


def _drafts(user: User) -> Drafts:
    """Return the person's drafts on action points that the person may read. Three queries, one without drafts."""
    visible = user.drafts.filter(action_point__in=ActionPoint.objects.visible_to(user))
    parts = Prefetch("action_point__responsibilities", Responsibility.objects.current().with_people(), to_attr="parts")
    drafts: Drafts = {}
    for draft in visible.select_related("action_point__issue__agenda").prefetch_related(parts):
        drafts.setdefault(draft.action_point_id, []).append(draft)
    return drafts
