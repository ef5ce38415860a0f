"""The start page, and a person's own action points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import rules
from actions.access import signed_in
from actions.as_of import AsOf
from actions.models import ActionPoint, AttentionReason, Milestone, ProgressDraft, Responsibility
from actions.own import OwnPart, read_own
from actions.reader import read_action_points, read_agenda
from actions.rows import ActionPointRow, PartRow, rows_of
from issues.models import Agenda
from tracker.dates.value import PartialDate
from tracker.people.models import User
from tracker.people.permissions import Right, may

SHOWN = 100
"""The most parts of one's own that are shown; the list has all of them."""

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
    """Show the person's own parts of open action points: those that need attention first, by the age of the last report.

    Drafts on other action points follow, since an agenda may close, or an action point get another owner, in the meantime.
    """
    user, today = signed_in(request), timezone.localdate()
    found = read_own(user, today)
    drafts: dict[int, list[ProgressDraft]] = {}
    for draft in _drafts(user):
        drafts.setdefault(draft.action_point_id, []).append(draft)
    own = _own_rows(user, found[:SHOWN], drafts, today)
    waiting = sum(1 for row in own if row.part.reasons)
    others = [(each, may(user, Right.LOG_PROGRESS, each[0].action_point)) for each in drafts.values()]
    context = {"rows": own, "waiting": waiting, "today": today, "is_cut": len(found) > SHOWN, "drafts": others}
    if not own:
        context |= _nothing_yet(user, today)
    return render(request, "inbox/my_action_points.html", context)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One of the person's own parts, as displayed."""

    action_point: ActionPointRow
    part: PartRow
    next_milestone: tuple[Milestone, PartialDate] | None
    """The next milestone of the part, and when it or its next turn is due."""
    drafts: Sequence[ProgressDraft]
    """The person's drafts on the action point, if this is the first row of it."""
    through: str
    """The acronym of the lead agency, if the part belongs to the person only because of that agency."""


def _own_rows(user: User, own: Sequence[OwnPart], drafts: dict[int, list[ProgressDraft]], today: date) -> list[OwnRow]:
    """Return a row for each part, and take the drafts on these action points out of `drafts`. Four queries."""
    points = {row.pk: row for row in rows_of(list({each.state.pk: each.state for each in own}.values()), today)}
    milestones = _next_milestones(own, today)
    rows = []
    for state, part in own:
        if point := points.get(state.pk):
            shown = point.parts[state.parts.index(part)]
            through = shown.agency.acronym if shown.agency and user.pk not in part.persons else ""
            milestone = milestones.get((state.pk, part.pk))
            rows.append(OwnRow(point, shown, milestone, drafts.pop(state.pk, []), through))
    return rows


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


def _drafts(user: User) -> QuerySet[ProgressDraft]:
    """Return the person's drafts on action points that the person may read. Three queries, one without drafts."""
    visible = user.drafts.filter(action_point__in=ActionPoint.objects.visible_to(user))
    parts = Prefetch("action_point__responsibilities", Responsibility.objects.current().with_people(), to_attr="parts")
    return visible.select_related("action_point__issue__agenda").prefetch_related(parts)


def _next_milestones(
    own: Sequence[OwnPart], today: date
) -> dict[tuple[int, int | None], tuple[Milestone, PartialDate]]:
    """Return the next milestone of each part, by the ids of action point and part, and when it or its next turn is due. One query."""
    found: dict[tuple[int, int | None], tuple[Milestone, PartialDate]] = {}
    pks = [milestone.pk for state, _part in own for milestone in state.milestones]
    stored = Milestone.objects.in_bulk(pks)
    for state, part in own:
        for milestone in state.milestones:
            full = stored.get(milestone.pk)
            if not full or part not in rules.parts_of_milestone(state, milestone):
                continue
            due = full.due
            key = state.pk, part.pk
            if due and not rules.is_past_due(due.latest, today) and (key not in found or due < found[key][1]):
                found[key] = full, due
    return found
