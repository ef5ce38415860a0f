"""Logging progress on an action point."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actions.access import get_action_point, signed_in
from actions.beside import beside
from actions.forms import ProgressForm
from actions.forms.days import with_days
from actions.kept import Typed, clears_kept, keeps_typed, take_kept, typed_in
from actions.models import ActionPoint, ProgressDraft, ReportedStatus
from actions.models.action_point import NewerUpdatesError
from actions.models.progress_update import NARRATIVE_LIMIT
from actions.models.submission import SubmissionUsedError
from tracker.markdown import to_html
from tracker.people.models import User
from tracker.people.permissions import Right


@keeps_typed
@require_http_methods(["GET", "POST"])
def log_progress(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """The form on GET. POST with `do`: publish (the default), draft or preview."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number, Right.LOG_PROGRESS)
    if request.method == "POST":
        return _DO.get(request.POST.get("do", ""), _publish)(request, action_point, user)
    if typed := take_kept(request):
        return _page(request, _form(action_point, user, typed), action_point)
    draft = action_point.drafts.filter(author=user).first()
    form = _form(action_point, user, draft.typed if draft else None, request.GET.get("status"))
    if draft:
        form.initial["submission"] = draft.submission
    return _page(request, form, action_point, draft=draft)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """A narrative's Markdown as HTML, for the preview beside the form."""
    text = request.POST.get("narrative", "")
    if len(text) > NARRATIVE_LIMIT:
        message = _("Too long for a preview: %(limit)s characters at most.")
        return HttpResponse(message % {"limit": NARRATIVE_LIMIT}, status=400)
    return HttpResponse(to_html(text))


def _publish(request: HttpRequest, action_point: ActionPoint, user: User) -> HttpResponse:
    form = ProgressForm(request.POST, action_point=action_point, user=user, today=timezone.localdate())
    if not form.is_valid():
        _keep_draft(request, action_point, user)
        return _page(request, form, action_point, status=400)
    try:
        update = action_point.log_progress(
            form.progress(),
            author=user,
            now=timezone.localtime(),
            submission=form.cleaned_data["submission"],
            reported_on=form.cleaned_data.get("reported_on"),
            seen=form.cleaned_data["seen"],
        )
    except NewerUpdatesError as error:
        _keep_draft(request, action_point, user)
        form.send_again_with(seen=max(newer.number for newer in error.updates))
        return _page(request, form, action_point, newer=error.updates, status=409)
    except SubmissionUsedError as error:
        form.send_again_with(submission=_keep_draft(request, action_point, user).submission)
        used, own = error.update, error.update.author_id == user.pk
        correctable = own and used.action_point_id == action_point.pk and not used.is_withdrawn
        return _page(request, form, action_point, used=used, correctable=correctable, status=409)
    message = _("Progress logged on %(reference)s.") % {"reference": action_point.reference}
    messages.success(request, message, extra_tags=f"{clears_kept(request)} {beside(update)}")
    return redirect(f"{action_point.get_absolute_url()}#update-{update.number}")


def _save_draft(request: HttpRequest, action_point: ActionPoint, user: User) -> HttpResponse:
    _keep_draft(request, action_point, user)
    message = _("Draft saved. It counts for nothing until you publish it.")
    messages.success(request, message, extra_tags=clears_kept(request))
    return redirect(request.path)


def _keep_draft(request: HttpRequest, action_point: ActionPoint, user: User) -> ProgressDraft:
    try:
        submission = UUID(request.POST.get("submission", ""))
    except ValueError:
        submission = None
    typed = with_days(typed_in(request.POST), ProgressForm.DAYS, timezone.localdate())
    return action_point.keep_draft(user, typed, submission)


def _preview(request: HttpRequest, action_point: ActionPoint, user: User) -> HttpResponse:
    html = to_html(request.POST.get("narrative", "")[:NARRATIVE_LIMIT])
    return _page(request, _form(action_point, user, typed_in(request.POST)), action_point, preview_html=html)


_DO = {"draft": _save_draft, "preview": _preview, "publish": _publish}


def _form(action_point: ActionPoint, user: User, typed: Typed | None, status: str | None = None) -> ProgressForm:
    """The form not yet sent, with what was typed before; else empty, `status` chosen where it is one."""
    initial: dict[str, Any] = ProgressForm.initial_from(typed) if typed else {}
    if not typed and status in ReportedStatus.values:
        initial["status"] = status
    initial["seen"] = action_point.last_number()
    return ProgressForm(initial=initial, action_point=action_point, user=user, today=timezone.localdate())


def _page(
    request: HttpRequest, form: ProgressForm, action_point: ActionPoint, status: int = 200, **context: Any
) -> HttpResponse:
    latest = action_point.progress_updates.in_force().newest_first().with_context().first()
    context |= {"form": form, "action_point": action_point, "latest": latest}
    return render(request, "actions/progress_form.html", context, status=status)
