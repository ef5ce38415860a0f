"""Ask about the milestones that have passed, before the next agenda is created."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.access import signed_in
from actions.rollover.access import get_rollover
from actions.rollover.milestone_form import PassedMilestonesForm
from actions.rollover.milestones import decide_milestones, passed_milestones
from actions.rollover.plan import RolloverError
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted
from tracker.web.pagination import get_page

PAGE_SIZE = 25


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def milestones_form(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show each passed milestone of the action points that continue, a page at a time, and store what happens to it."""
    person = signed_in(request)
    rollover = get_rollover(person, slug)
    today, errors = timezone.localdate(), list[str]()
    page = get_page(passed_milestones(rollover, today), PAGE_SIZE, request.GET, errors)
    form = PassedMilestonesForm(posted(request), milestones=list(page), today=today, initial=saved_initial(request))
    if form.is_valid():
        try:
            decide_milestones(rollover, form.milestones, form.choices(), by=person)
        except RolloverError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Milestones saved."), extra_tags=clear_browser_copy(request))
        if page.has_next():
            return redirect(f"{request.path}?page={page.next_page_number()}")
        return redirect(rollover)
    context = {"form": form, "rollover": rollover, "page": page, "errors": errors}
    return render(request, "rollover/milestones_form.html", context, status=400 if form.is_bound or errors else 200)
