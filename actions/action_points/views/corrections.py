"""Correct and withdraw a progress update. The old text stays readable."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions import progress
from actions.access import get_action_point, get_update, signed_in
from actions.action_points.forms import CorrectionForm, WithdrawalForm
from actions.flash_messages import tag_for
from actions.models import ProgressUpdate
from actions.models.progress_update import NARRATIVE_LIMIT
from actions.submission import SubmissionUsedError
from tracker.markdown import to_html
from tracker.people.permissions import Right
from tracker.web.form_recovery import clear_browser_copy, pop_saved_form, preserve_form, typed_values
from tracker.web.forms import posted, render_form


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str, issue: int, number: int, update: int) -> HttpResponseBase:
    """Show the form with the newest version. POST with `do`: publish (the default) or preview."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number)
    newest = get_update(action_point, update, user, Right.CORRECT)
    if newest.is_withdrawn:
        messages.info(request, _("This update was withdrawn, so it cannot be corrected. You can log a new one."))
        return redirect(newest)
    today = timezone.localdate()
    previewing = request.POST.get("do") == "preview"
    if request.method != "POST" or previewing:
        typed = typed_values(request.POST) if previewing else pop_saved_form(request)
        initial = CorrectionForm.initial_from(typed) if typed else {}
        html = to_html(request.POST.get("narrative", "")[:NARRATIVE_LIMIT]) if previewing else None
        form = CorrectionForm(update=newest, user=user, today=today, initial=initial)
        return _page(request, form, newest, preview_html=html)
    form = CorrectionForm(request.POST, update=newest, user=user, today=today)
    if not form.is_valid():
        return _page(request, form, newest, status=400)
    try:
        corrected = progress.correct(
            newest,
            form.progress(),
            author=user,
            now=timezone.localtime(),
            submission=form.cleaned_data["submission"],
            version=form.cleaned_data["version"] or 0,
        )
    except progress.SupersededError as error:
        form.send_again_with(version=error.update.version)
        return _page(request, form, error.update, newer=[error.update], status=409)
    except SubmissionUsedError as error:
        form.send_again_with(submission=uuid4())
        if (error.update.action_point_id, error.update.number) == (action_point.pk, newest.number):
            form.send_again_with(version=error.update.version)
        return _page(request, form, newest, used=error.update, status=409)
    message = _("Corrected. The earlier version stays readable.")
    messages.success(request, message, extra_tags=f"{clear_browser_copy(request)} {tag_for(corrected)}")
    return redirect(f"{action_point.get_absolute_url()}#update-{corrected.number}")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, issue: int, number: int, update: int) -> HttpResponse:
    """Ask for the reason, then mark the update as withdrawn."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number)
    newest = get_update(action_point, update, user, Right.CORRECT)
    form = WithdrawalForm(posted(request), version=newest.version)
    if newest.is_withdrawn:
        messages.info(request, _("This update is already withdrawn."))
        return redirect(newest)
    context: dict[str, Any] = {"form": form, "update": newest, "action_point": action_point}
    if not form.is_valid():
        return render_form(request, "action_points/withdrawal_form.html", **context)
    try:
        progress.withdraw(
            newest,
            by=user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            version=form.cleaned_data["version"] or 0,
        )
    except progress.SupersededError as error:
        if error.update.withdrawn_by_id == user.pk:  # the form was sent twice at the same time
            return redirect(error.update)
        form.send_again_with(version=error.update.version)
        context |= {"newer": [error.update], "update": error.update}
        return render(request, "action_points/withdrawal_form.html", context, status=409)
    message = _("Withdrawn. The update stays readable, marked, with your reason.")
    messages.success(request, message, extra_tags=tag_for(newest))
    return redirect(f"{action_point.get_absolute_url()}#update-{newest.number}")


def _page(
    request: HttpRequest, form: CorrectionForm, update: ProgressUpdate, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"form": form, "action_point": update.action_point, "update": update}
    return render(request, "action_points/progress_form.html", context, status=status)
