"""Fetch objects for a user. Answer 404 if the user may not see an object, and 403 if the user may see it but lacks the right."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from actions.models import ActionPoint, ProgressUpdate
from issues.models import Agenda, Issue
from tracker.people.access import signed_in as signed_in
from tracker.people.models import User
from tracker.people.permissions import Right, require, require_not_closed

Person = User | AnonymousUser


def get_agenda(user: Person, slug: str, right: Right | None = None, *, to_change: bool = False) -> Agenda:
    """Return the agenda. Raises Http404, or PermissionDenied if the user lacks the right, or if it is closed and is `to_change`.

    One query.
    """
    agenda = get_object_or_404(Agenda.objects.visible_to(user), slug=slug)
    if right:
        require(user, right)
    if to_change:
        require_not_closed(agenda)
    return agenda


def get_agendas(user: Person, slug: str) -> tuple[Agenda, list[Agenda]]:
    """Return the agenda, and all that the user may see, the newest first. Raises Http404. One query."""
    agendas = list(Agenda.objects.visible_to(user).order_by("-slug"))
    agenda = next((agenda for agenda in agendas if agenda.slug == slug), None)
    if not agenda:
        raise Http404
    return agenda, agendas


def get_issue(user: Person, slug: str, number: int) -> Issue:
    """Return the issue with its agenda. Raises Http404. One query."""
    visible = Issue.objects.filter(agenda__in=Agenda.objects.visible_to(user)).select_related("agenda")
    return get_object_or_404(visible, agenda__slug=slug, number=number)


def get_action_point(
    user: Person, slug: str, issue: int, number: int, right: Right | None = None, *, marked: bool = False
) -> ActionPoint:
    """Return the action point with issue, agenda and owners. Raises Http404, or PermissionDenied if the user lacks the right.

    With `marked` it has the marks of `with_page_marks`. Three queries.
    """
    visible = ActionPoint.objects.visible_to(user).with_context()
    if marked:
        visible = visible.with_page_marks(user)
    action_point = get_object_or_404(visible, issue__agenda__slug=slug, issue__number=issue, number=number)
    if right:
        require(user, right, action_point)
    return action_point


def get_update(action_point: ActionPoint, number: int, user: Person, right: Right | None = None) -> ProgressUpdate:
    """Return the newest version of update `number`. Raises Http404, or PermissionDenied if the user lacks the right."""
    update = get_object_or_404(action_point.progress_updates.newest_versions().with_context(), number=number)
    update.action_point = action_point
    if right:
        require(user, right, update)
    return update


def public_if_visible(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let visitors open the page of an object that they may see. Otherwise ask them to sign in, whether it exists or not."""

    @login_not_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return inner
