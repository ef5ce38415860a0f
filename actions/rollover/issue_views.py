"""Add, edit and remove issues of the next agenda while it is planned."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.access import signed_in
from actions.rollover.access import get_rollover
from actions.rollover.forms import PlannedIssueForm
from actions.rollover.models import PlannedIssue, Rollover
from actions.rollover.plan import RolloverError, lock_plan
from issues.numbering import next_number
from tracker.enumerations import comma_separated
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def add_issue(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Add an issue to the next agenda."""
    rollover = get_rollover(signed_in(request), slug)
    return _issue_page(request, rollover, PlannedIssue(rollover=rollover, number=next_number(rollover.issues)))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def edit_issue(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Edit an issue of the next agenda. POST with `do=remove` removes it, if it has no action points."""
    rollover = get_rollover(signed_in(request), slug)
    return _issue_page(request, rollover, get_object_or_404(rollover.issues, number=number))


def _issue_page(request: HttpRequest, rollover: Rollover, issue: PlannedIssue) -> HttpResponseBase:
    name = str(issue) if issue.pk else ""
    form = PlannedIssueForm(posted(request), initial=saved_initial(request), instance=issue)
    status = 400 if form.is_bound else 200
    try:
        if issue.pk and request.POST.get("do") == "remove":
            _remove(rollover, issue)
            message = _("“%(issue)s” was removed from the new agenda.") % {"issue": name}
            messages.success(request, message, extra_tags=clear_browser_copy(request))
            return redirect(rollover)
        if form.is_bound and _save(rollover, form):
            messages.success(request, _("Issue saved."), extra_tags=clear_browser_copy(request))
            return redirect(rollover)
    except RolloverError as error:
        form.is_valid()
        form.add_error(None, str(error))
        status = 409
    context = {"form": form, "rollover": rollover, "issue": issue, "name": name}
    return render(request, "rollover/issue_form.html", context, status=status)


@transaction.atomic
def _save(rollover: Rollover, form: PlannedIssueForm) -> bool:
    """Save the issue. Returns whether the form is valid, or stored what it shows before. Raises RolloverError."""
    lock_plan(rollover)
    issue: PlannedIssue = form.instance
    if issue.pk:
        _require_exists(issue)
    if not form.is_valid():
        return form.stored_before() is not None
    issue.save(update_fields=form.changed_data if issue.pk else None)
    return True


@transaction.atomic
def _remove(rollover: Rollover, issue: PlannedIssue) -> None:
    """Remove the issue. Raises RolloverError if it has action points."""
    lock_plan(rollover)
    _require_exists(issue)
    if points := list(issue.points.select_related("issue")):
        raise RolloverError(
            _("This issue has action points: %(points)s. Change the decisions on them first, then remove it.")
            % {"points": comma_separated(point.code for point in points)}
        )
    issue.delete()


def _require_exists(issue: PlannedIssue) -> None:
    if not PlannedIssue.objects.filter(pk=issue.pk).exists():
        raise RolloverError(_("Another coordinator has just removed this issue. Nothing was saved."))
