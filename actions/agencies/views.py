"""The list of agencies and the page of one."""

from collections import Counter

from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.access import Person, public_if_visible
from actions.agencies.contribution import agency_milestones, by_year, earlier_parts, milestones_led_by
from actions.as_of import AsOf
from actions.models import ActionPoint, ActionPointQuerySet, ProgressUpdate, Responsibility
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.models.responsibility import GOING_ON, ResponsibilityQuerySet
from actions.reader import read_action_points
from actions.rows import PAGE_SIZE, PartRow, rows_of
from issues.models import Agenda
from tracker.people.models import Agency
from tracker.web.pagination import get_page

UPDATES_SHOWN = 20


@public_if_visible
@require_safe
def agency_list(request: HttpRequest) -> HttpResponse:
    """List every agency by kind, with the agencies below it and the number of its parts in the current agenda."""
    agenda = Agenda.objects.visible_to(request.user).current()
    led = Responsibility.objects.current().filter(action_point__issue__agenda=agenda).order_by()
    leads = Counter(led.values_list("agency_id", flat=True))
    agencies = list(Agency.objects.order_by("acronym"))
    parts: dict[int, list[Agency]] = {}
    for agency in agencies:
        if agency.parent_id:
            parts.setdefault(agency.parent_id, []).append(agency)
    groups = []
    for kind in Agency.Kind:
        tops = [top for top in agencies if not top.parent_id and top.kind == kind]
        rows = [(top, leads[top.pk], [(part, leads[part.pk]) for part in _below(top, parts)]) for top in tops]
        if rows:
            groups.append((kind.label, rows))
    context = {"groups": groups, "total": len(agencies), "agenda": agenda, "current_agenda": agenda}
    return render(request, "agencies/agency_list.html", context)


@public_if_visible
@require_safe
def agency_page(request: HttpRequest, acronym: str) -> HttpResponseBase:
    """Show the parts of an agency, what it takes part in and what it last reported. An acronym in other letter case is redirected."""
    if not acronym.isprintable():
        raise Http404
    agency = get_object_or_404(Agency.objects.select_related("parent"), acronym__iexact=acronym)
    if agency.acronym != acronym:
        return redirect(agency, permanent=True)
    user, as_of, errors = request.user, AsOf(timezone.localdate()), list[str]()
    updates = _updates_by(agency, user)
    timeline = get_page(
        updates.order_by("-position", "-first_recorded_at", "-pk").with_context(),
        UPDATES_SHOWN,
        request.GET,
        errors,
        "updates",
    )
    led = get_page(_parts_of(agency, user).values_list("action_point", flat=True), PAGE_SIZE, request.GET, errors)
    joined = list(_joined_by(agency, user).open_first().values_list("pk", flat=True)[: PAGE_SIZE + 1])
    milestones = milestones_led_by(agency, Agenda.objects.visible_to(user))
    states = read_action_points({*led, *joined, *(each.action_point_id for each in milestones)}, as_of)
    rows = {row.pk: row for row in rows_of([state for state in states if state.pk in {*led, *joined}], as_of.day)}
    context = {
        "agency": agency,
        "children": agency.children.order_by("acronym"),
        "led_page": led,
        "led": [(rows[pk], part) for pk in led if pk in rows for part in rows[pk].parts if _is_of(part, agency)],
        "earlier": earlier_parts(agency, user),
        "joined": [rows[pk] for pk in joined[:PAGE_SIZE] if pk in rows],
        "are_cut": len(joined) > PAGE_SIZE,
        "milestones": agency_milestones(agency, milestones, states, as_of.day),
        "years": by_year(updates),
        "timeline": timeline,
        "errors": errors,
        "people": agency.people.active() if user.is_authenticated else [],
    }
    return render(request, "agencies/agency_page.html", context, status=400 if errors else 200)


def _below(top: Agency, parts: dict[int, list[Agency]]) -> list[Agency]:
    return [below for part in parts.get(top.pk, []) for below in (part, *_below(part, parts))]


def _parts_of(agency: Agency, user: Person) -> ResponsibilityQuerySet:
    """Return the parts that the agency has now: those that are going on in open agendas first."""
    parts = Responsibility.objects.current().filter(
        agency=agency, action_point__in=ActionPoint.objects.visible_to(user)
    )
    reference = "action_point__issue__agenda__slug", "action_point__issue__number", "action_point__number"
    return parts.order_by(Case(When(GOING_ON, then=0), default=1), *reference)


def _is_of(part: PartRow, agency: Agency) -> bool:
    return part.agency is not None and part.agency.pk == agency.pk


def _updates_by(agency: Agency, user: Person) -> ProgressUpdateQuerySet:
    """Return the agency's current updates, with their action points."""
    visible = ActionPoint.objects.visible_to(user)
    updates = ProgressUpdate.objects.current().filter(agency=agency, action_point__in=visible)
    return updates.select_related("action_point__issue__agenda")


def _joined_by(agency: Agency, user: Person) -> ActionPointQuerySet:
    """Return the action points that the agency reported on or took part in without leading them."""
    current = ProgressUpdate.objects.current().order_by()
    reported, took_part = current.filter(agency=agency), current.filter(participants=agency)
    points = reported.values("action_point").union(took_part.values("action_point"))
    return (
        ActionPoint.objects.visible_to(user)
        .filter(pk__in=points)
        .exclude(pk__in=ActionPoint.objects.led_by(agency).values("pk"))
    )
