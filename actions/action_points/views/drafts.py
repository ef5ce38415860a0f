"""Discard the draft of an update."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.access import get_action_point, signed_in
from tracker.people.permissions import Right, may
from tracker.transactions import atomic_post, locked_by_post


@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def discard(request: HttpRequest, slug: str, issue: int, number: int, pk: int) -> HttpResponse:
    """Show the user's own draft on GET, and remove it on POST. Show a draft again that was saved after the page was opened.

    The author may do this even after losing the right to log progress on the action point.
    """
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number)
    draft = locked_by_post(request, action_point.drafts.filter(author=user, pk=pk)).first()
    if not draft:
        messages.info(request, _("This draft no longer exists: it was published or discarded."))
        return redirect(action_point)
    changed = request.method == "POST" and request.POST.get("version") != str(draft.submission)
    if request.method == "POST" and not changed:
        draft.delete()
        messages.success(request, _("Draft discarded."))
        return redirect(action_point)
    context = {"action_point": action_point, "draft": draft, "changed": changed}
    context["may_log"] = may(user, Right.LOG_PROGRESS, action_point)
    return render(request, "action_points/draft_removal.html", context, status=409 if changed else 200)
