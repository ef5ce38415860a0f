"""The agendas, one agenda with all its issues, and one issue."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from actions.access import get_agenda, get_issue, public_if_visible
from actions.as_of import read_as_of
from actions.models import ActionPoint
from actions.rows import Row, rows, status_counts
from actions.tallies import reading
from actions.tallies.models import Entry
from issues.models import Agenda
from tracker.markdown import opened

LISTED = 500
"""So many action points at most are on the page of an agenda; those of a longer one are on the pages of its issues."""


@public_if_visible
@require_safe
def agenda_list(request: HttpRequest) -> HttpResponse:
    """The agendas that the reader may see, the newest first, with the number of their issues and action points."""
    agendas = Agenda.objects.visible_to(request.user).annotate(issue_count=Count("issues")).order_by("-slug")
    points = reading.totals()
    listed = [(agenda, points.get(agenda.pk, 0)) for agenda in agendas]
    return render(request, "actions/agenda_list.html", {"agendas": listed})


@public_if_visible
@require_safe
def agenda_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What the agenda is, where it stands, then every issue with its action points; of an agenda with more than LISTED, its issues."""
    as_of = read_as_of(request)
    agenda = as_of.look_back(get_agenda(request.user, slug))
    is_long = Entry.objects.filter(agenda=agenda)[: LISTED + 1].count() > LISTED
    points = ActionPoint.objects.filter(issue__agenda=agenda).in_order()
    found = [] if is_long else rows(as_of.standing(points), as_of.day)
    by_issue: dict[int, list[Row]] = {}
    for row in found:
        by_issue.setdefault(row.issue_id, []).append(row)
    issues = list(agenda.issues.order_by("number"))
    for issue in issues:
        issue.agenda = agenda
    opening, background = opened(agenda.introduction)
    context = {
        "agenda": agenda,
        "opening": opening,
        "background": background,
        "issues": [(issue, by_issue.get(issue.pk, [])) for issue in issues],
        "by_issue": [(issue, status_counts(by_issue.get(issue.pk, []))) for issue in issues],
        "is_long": is_long,
        "counts": status_counts(found),
        "total": len(found),
        "unowned": sum(row.is_unowned for row in found),
        "as_of": as_of,
    }
    return render(request, "actions/agenda_page.html", context, status=400 if as_of.complaints else 200)


@public_if_visible
@require_safe
def issue_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One issue with its action points, and the way to the issues before and after it."""
    issue = get_issue(request.user, slug, number)
    as_of = read_as_of(request)
    as_of.look_back(issue.agenda)
    found = rows(as_of.standing(ActionPoint.objects.filter(issue=issue).in_order()), as_of.day)
    siblings = list(issue.agenda.issues.order_by("number"))
    for sibling in siblings:
        sibling.agenda = issue.agenda
    place = siblings.index(issue)
    context = {
        "issue": issue,
        "agenda": issue.agenda,
        "rows": found,
        "previous": siblings[place - 1] if place else None,
        "next": siblings[place + 1] if place + 1 < len(siblings) else None,
        "as_of": as_of,
    }
    return render(request, "actions/issue_page.html", context, status=400 if as_of.complaints else 200)
