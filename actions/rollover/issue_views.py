"""The issues of the new agenda, while it is planned: adding, renaming, dropping."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.access import signed_in
from actions.rollover.access import get_rollover
from actions.rollover.decisions import RolloverError, lock_plan
from actions.rollover.forms import PlannedIssueForm
from actions.rollover.models import PlannedIssue, Rollover
from issues.numbering import next_number
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial


@preserve_form
@require_http_methods(["GET", "POST"])
def add_issue(request: HttpRequest, slug: str) -> HttpResponseBase:
    rollover = get_rollover(signed_in(request), slug)
    return _form_page(request, rollover, PlannedIssue(rollover=rollover, number=next_number(rollover.issues)))


@preserve_form
@require_http_methods(["GET", "POST"])
def edit_issue(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """POST with `do=drop` takes it out of the new agenda, where nothing goes under it."""
    rollover = get_rollover(signed_in(request), slug)
    return _form_page(request, rollover, get_object_or_404(rollover.issues, number=number))


def _form_page(request: HttpRequest, rollover: Rollover, issue: PlannedIssue) -> HttpResponseBase:
    named = str(issue) if issue.pk else ""
    form = PlannedIssueForm(
        request.POST if request.method == "POST" else None, initial=saved_initial(request), instance=issue
    )
    status = 400 if form.is_bound else 200
    try:
        if form.is_bound and (done := _changed(form, rollover, drop=request.POST.get("do") == "drop")):
            messages.success(request, done % {"issue": named}, extra_tags=clear_browser_copy(request))
            return redirect(rollover)
    except RolloverError as error:
        form.is_valid()
        form.add_error(None, str(error))
        status = 409
    context = {"form": form, "rollover": rollover, "issue": issue, "named": named}
    return render(request, "rollover/issue_form.html", context, status=status)


@transaction.atomic
def _changed(form: PlannedIssueForm, rollover: Rollover, *, drop: bool) -> str:
    """What is to be said of it; empty where the form is faulty. Raises RolloverError."""
    lock_plan(rollover)
    issue: PlannedIssue = form.instance
    is_new = issue.pk is None
    if not is_new:
        _require_still_there(issue)
    if drop and not is_new:
        _drop(issue)
        return _("The new agenda goes without “%(issue)s”.")
    if not form.is_valid():
        return _("Issue saved.") if form.stored_before() else ""
    issue.save(update_fields=None if is_new else form.changed_data)
    return _("Issue saved.")


def _require_still_there(issue: PlannedIssue) -> None:
    if not PlannedIssue.objects.filter(pk=issue.pk).exists():
        raise RolloverError(_("Another coordinator has just dropped what you chose from the new agenda. Choose again."))


def _drop(issue: PlannedIssue) -> None:
    if points := list(issue.points.select_related("issue")):
        raise RolloverError(
            _("Action points go under this issue: %(points)s. Decide otherwise on them first; then drop it.")
            % {"points": ", ".join(point.code for point in points)}
        )
    issue.delete()
