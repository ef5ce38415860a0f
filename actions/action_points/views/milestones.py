"""Add and edit milestones, mark them as done, remove them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.access import get_action_point, signed_in
from actions.action_points.forms import MilestoneDoneForm, MilestoneForm, MilestoneRemovalForm
from actions.models import ActionPoint, Milestone
from tracker.people.permissions import Right
from tracker.transactions import atomic_post, lock, locked_by_post
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form
from tracker.web.optimistic_lock import version_of


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def add(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    action_point = get_action_point(signed_in(request), slug, issue, number, Right.LOG_PROGRESS)
    if request.method == "POST":
        lock(ActionPoint.objects.filter(pk=action_point.pk))  # its milestones are counted
    return _form_page(request, action_point, Milestone(action_point=action_point), _("Milestone added."))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def edit(request: HttpRequest, slug: str, issue: int, number: int, pk: int) -> HttpResponseBase:
    action_point = get_action_point(signed_in(request), slug, issue, number, Right.LOG_PROGRESS)
    milestone = get_object_or_404(locked_by_post(request, action_point.milestones.all()), pk=pk)
    milestone.action_point = action_point
    return _form_page(request, action_point, milestone, _("Milestone saved."))


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def mark_done(request: HttpRequest, slug: str, issue: int, number: int, pk: int) -> HttpResponseBase:
    """Ask for the day, which is today unless another one is typed. A recurring milestone is due again then."""
    action_point = get_action_point(signed_in(request), slug, issue, number, Right.LOG_PROGRESS)
    milestone = get_object_or_404(locked_by_post(request, action_point.milestones.all()), pk=pk)
    if milestone.done_on:
        messages.info(request, _("This milestone is already done."))
        return _back_to(action_point)
    today = timezone.localdate()
    form = MilestoneDoneForm(
        posted(request), initial=saved_initial(request), version=version_of(milestone), today=today
    )
    if milestone.repeats_every_months and form.is_outdated:
        message = _(
            "Somebody else has changed this milestone since you opened the page, so nothing was changed. It is now due %(when)s."
        )
        messages.info(request, message % {"when": milestone.when})
        return _back_to(action_point)
    if form.is_valid():
        milestone.mark_done(form.cleaned_data["done_on"])
        messages.success(request, _completed(milestone), extra_tags=clear_browser_copy(request))
        return _back_to(action_point)
    context = {"action_point": action_point, "milestone": milestone}
    return render_form(request, "action_points/milestone_completion.html", form, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def remove(request: HttpRequest, slug: str, issue: int, number: int, pk: int) -> HttpResponse:
    """Ask for the reason, then remove the milestone."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number, Right.LOG_PROGRESS)
    milestone = locked_by_post(request, action_point.milestones.filter(pk=pk)).first()
    if not milestone:
        get_object_or_404(Milestone.removed_from(action_point), id=pk)
        messages.info(request, _("This milestone is already removed."))
        return _back_to(action_point)
    form = MilestoneRemovalForm(posted(request), version=version_of(milestone))
    if form.is_valid() and not form.is_outdated:
        milestone.remove(by=user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Milestone removed."), extra_tags=clear_browser_copy(request))
        return _back_to(action_point)
    if form.is_valid():
        form.is_conflict = True
        form.send_again_with_version()
    context = {"action_point": action_point, "milestone": milestone, "changed": form.is_conflict}
    return render_form(request, "action_points/milestone_removal.html", form, **context)


def _completed(milestone: Milestone) -> str:
    if milestone.done_on or not milestone.due:
        return _("Milestone marked as done.")
    return _("Milestone marked as done. It is due again %(when)s.") % {"when": milestone.due}


def _back_to(action_point: ActionPoint) -> HttpResponse:
    return redirect(f"{action_point.get_absolute_url()}#milestones")


def _form_page(request: HttpRequest, action_point: ActionPoint, milestone: Milestone, done: str) -> HttpResponse:
    form = MilestoneForm(
        posted(request), initial=saved_initial(request), instance=milestone, today=timezone.localdate()
    )
    if form.is_valid():
        form.save()
    if form.is_valid() or (form.is_bound and form.stored_before()):
        messages.success(request, done, extra_tags=clear_browser_copy(request))
        return _back_to(action_point)
    return render_form(request, "action_points/milestone_form.html", form, action_point=action_point)
