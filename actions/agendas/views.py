"""The list of agendas, and the pages of an agenda and of an issue."""

from itertools import groupby

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from actions import rules
from actions.access import get_agenda, get_issue, public_if_visible
from actions.as_of import read_as_of
from actions.as_of_history import look_back, look_back_at_issues
from actions.beginning import beginning
from actions.models import ActionPoint, AttentionReason
from actions.reader import read_agenda, read_issue
from actions.rows import PAGE_SIZE, count_statuses, rows_of
from issues.models import Agenda, Issue
from tracker.markdown import split_first_paragraph
from tracker.web.pagination import get_page

AGENDAS = 20
"""Agendas on a page of their list."""


@public_if_visible
@require_safe
def agenda_list(request: HttpRequest) -> HttpResponse:
    """List the agendas that the reader may see, the newest first, with the number of their issues and action points."""
    errors: list[str] = []
    page = get_page(Agenda.objects.visible_to(request.user).order_by("-slug"), AGENDAS, request.GET, errors)
    shown = [agenda.pk for agenda in page]
    issues = Issue.objects.filter(agenda__in=shown).order_by()
    points = ActionPoint.objects.filter(issue__agenda__in=shown).order_by()
    issue_counts = dict(issues.values_list("agenda").annotate(Count("pk")))
    # COUNT(*), as it needs no more than the index of issues.
    point_counts = dict(points.values_list("issue__agenda").annotate(points=Count("*")))
    agendas = [(agenda, issue_counts.get(agenda.pk, 0), point_counts.get(agenda.pk, 0)) for agenda in page]
    context = {"agendas": agendas, "page": page, "errors": errors}
    return render(request, "agendas/agenda_list.html", context, status=400 if errors else 200)


@public_if_visible
@require_safe
def agenda_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the agenda, the statuses of its action points, and a page of them by issue."""
    as_of = read_as_of(request)
    errors = [*as_of.errors]
    agenda = look_back(get_agenda(request.user, slug), as_of)
    states = read_agenda(agenda, as_of)
    page = get_page(states, PAGE_SIZE, request.GET, errors)
    rows = rows_of(list(page), as_of.day)
    by_issue = {number: list(found) for number, found in groupby(rows, key=lambda row: row.issue_number)}
    states_by_issue = {number: list(found) for number, found in groupby(states, key=lambda state: state.issue)}
    later = beginning(agenda, as_of)
    issues = look_back_at_issues(agenda.issues.order_by("number"), as_of) if not later else []
    for issue in issues:
        issue.agenda = agenda
    first = rows[0].issue_number if page.has_previous() else 0
    last = rows[-1].issue_number if page.has_next() else max((issue.number for issue in issues), default=0)
    opening, background = split_first_paragraph(agenda.introduction)
    context = {
        "agenda": agenda,
        "opening": opening,
        "background": background,
        "issues": [(issue, by_issue.get(issue.number, [])) for issue in issues if first <= issue.number <= last],
        "by_issue": [(issue, count_statuses(states_by_issue.get(issue.number, []))) for issue in issues],
        "page": page,
        "counts": count_statuses(states),
        "total": len(states),
        "unowned": sum(
            AttentionReason.NO_ONE_RESPONSIBLE in rules.attention_reasons(state, as_of.day) for state in states
        ),
        "as_of": as_of,
        "beginning": later,
        "errors": errors[len(as_of.errors) :],
    }
    return render(request, "agendas/agenda_page.html", context, status=400 if errors else 200)


@public_if_visible
@require_safe
def issue_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show an issue with its action points, and links to the issues before and after it."""
    issue = get_issue(request.user, slug, number)
    as_of, errors = read_as_of(request), list[str]()
    look_back(issue.agenda, as_of)
    page = get_page(read_issue(issue, as_of), PAGE_SIZE, request.GET, errors)
    siblings = look_back_at_issues(issue.agenda.issues.order_by("number"), as_of)
    for sibling in siblings:
        sibling.agenda = issue.agenda
    place = siblings.index(issue)
    context = {
        "issue": siblings[place],
        "agenda": issue.agenda,
        "rows": rows_of(list(page), as_of.day),
        "page": page,
        "previous": siblings[place - 1] if place else None,
        "next": siblings[place + 1] if place + 1 < len(siblings) else None,
        "as_of": as_of,
        "beginning": beginning(issue.agenda, as_of),
        "errors": errors,
    }
    return render(request, "agendas/issue_page.html", context, status=400 if as_of.errors or errors else 200)
