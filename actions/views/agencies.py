"""The agencies of the network, and what each of them does."""

from dataclasses import dataclass

from django.db.models import Case, Count, Q, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import Person, public_if_visible
from actions.contribution import by_year, promises
from actions.models import ActionPoint, ActionPointQuerySet, ProgressUpdate
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.rows import rows
from actions.timeline import NoSuchUpdateError, page
from issues.models import Agenda
from tracker.people.models import Agency

SHOWN, UPDATES_SHOWN = 200, 20
"""So many action points, and updates, are shown at most."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An agency with the agencies below it, whatever their depth, in order of acronym."""

    agency: Agency
    parts: list[Agency]


@public_if_visible
@require_safe
def agency_list(request: HttpRequest) -> HttpResponse:
    """Every agency, those of the UN and those outside, the parts below the whole. Each with how many action points it leads."""
    leads = Count("led_action_points", filter=Q(led_action_points__in=ActionPoint.objects.visible_to(request.user)))
    agencies = list(Agency.objects.annotate(leads=leads).order_by("acronym"))
    parts: dict[int, list[Agency]] = {}
    for agency in agencies:
        if agency.parent_id:
            parts.setdefault(agency.parent_id, []).append(agency)
    groups = [
        (kind.label, [Listed(top, _below(top, parts)) for top in agencies if not top.parent_id and top.kind == kind])
        for kind in Agency.Kind
    ]
    return render(request, "actions/agency_list.html", {"groups": groups, "total": len(agencies)})


@public_if_visible
@require_safe
def agency_page(request: HttpRequest, acronym: str) -> HttpResponseBase:
    """What an agency leads, takes part in and last reported. The acronym in any case leads to the one address."""
    if not acronym.isprintable():
        raise Http404
    agency = get_object_or_404(Agency.objects.select_related("parent"), acronym__iexact=acronym)
    if agency.acronym != acronym:
        return redirect(agency, permanent=True)
    user, today = request.user, timezone.localdate()
    updates = _updates_by(agency, user)
    try:
        timeline, status = page(updates, request.GET.get("before"), key="pk", size=UPDATES_SHOWN), 200
    except NoSuchUpdateError:
        timeline, status = page(updates, None, key="pk", size=UPDATES_SHOWN), 400
    leads = ActionPoint.objects.visible_to(user).filter(lead_agencies=agency)
    open_first = Case(When(entry__is_open=True, issue__agenda__state=Agenda.State.OPEN, then=0), default=1)
    led = rows(leads.order_by(open_first, "issue__agenda__slug", "entry__place")[: SHOWN + 1], today)
    joined = rows(_joined_by(agency, user).in_order()[: SHOWN + 1], today)
    context = {
        "agency": agency,
        "parts": agency.parts.order_by("acronym"),
        "led": led[:SHOWN],
        "joined": joined[:SHOWN],
        "are_cut": len(led) > SHOWN or len(joined) > SHOWN,
        "promises": promises(agency, Agenda.objects.visible_to(user), today),
        "years": by_year(updates),
        "updates": timeline.updates,
        "older": timeline.older,
        "before": request.GET.get("before"),
        "unknown_update": status == 400,
        "people": agency.people.active() if user.is_authenticated else [],
    }
    return render(request, "actions/agency_page.html", context, status=status)


def _below(top: Agency, parts: dict[int, list[Agency]]) -> list[Agency]:
    return [below for part in parts.get(top.pk, []) for below in (part, *_below(part, parts))]


def _updates_by(agency: Agency, user: Person) -> ProgressUpdateQuerySet:
    """The updates in force that are of the agency's own work, with their action points."""
    visible = ActionPoint.objects.visible_to(user)
    updates = ProgressUpdate.objects.in_force().filter(agency=agency, action_point__in=visible)
    return updates.select_related("action_point__issue__agenda")


def _joined_by(agency: Agency, user: Person) -> ActionPointQuerySet:
    """What the agency does not lead but reported on or took part in."""
    in_force = ProgressUpdate.objects.in_force().order_by()
    reported, took_part = in_force.filter(agency=agency), in_force.filter(participants=agency)
    points = reported.values("action_point").union(took_part.values("action_point"))
    return ActionPoint.objects.visible_to(user).filter(pk__in=points).exclude(lead_agencies=agency)
