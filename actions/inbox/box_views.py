"""The box of one row of the inbox: answer for one part in place, then the next one opens.

Each box has an address of its own, which shows the whole inbox, so that it works as a page without scripts.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from actions.access import signed_in
from actions.action_points.box import open_box
from actions.action_points.forms import BoxForm
from actions.action_points.publishing import (
    publish,
    require_right,
    save_sent,
    save_with_form,
    sent_values,
)
from actions.drafts import DraftRefusedError, Typed
from actions.inbox.rows import Inbox, OpenBox, milestones_of, read_inbox
from actions.inbox.views import inbox_page
from actions.models import ActionPoint, ProgressDraft, Responsibility
from actions.models.status import ENDED
from actions.progress import NewerUpdatesError
from actions.submission import SubmissionUsedError
from tracker.people.models import User
from tracker.web.form_recovery import clear_browser_copy, pop_saved_form, preserve_form
from tracker.web.forms import posted


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the inbox with the box of a part open. On POST, `do` is publish (the default), draft or more (the full form).

    A part that has ended, or is another agency's now, has the full form only.
    """
    user = signed_in(request)
    visible = ActionPoint.objects.visible_to(user).with_context()
    action_point = get_object_or_404(visible, responsibilities=pk)
    part = next((each for each in action_point.parts if each.pk == pk), None)
    typed = BoxForm.as_full_form(sent_values(request), part)
    require_right(request, action_point, user, typed, part)
    is_sent = request.method == "POST"
    if part is None or not part.is_own(user) or not action_point.is_open or part.status in ENDED:
        return _full_form(request, action_point, part, user, typed if is_sent else None)
    opened = _open(request, action_point, part, user)
    if not is_sent:
        return inbox_page(request, user, opened)
    if request.POST.get("do") in {"draft", "more"}:
        return _save(request, opened, user, typed)
    return _publish(request, opened, user, typed)


def _open(request: HttpRequest, action_point: ActionPoint, part: Responsibility, user: User) -> OpenBox:
    saved = pop_saved_form(request)
    typed = {name: values[0] for name, values in saved.items() if values and name != "version"} if saved else None
    start = request.GET.get("start", "")
    opened = open_box(action_point, part, user, timezone.localdate(), data=posted(request), start=start, typed=typed)
    return OpenBox(action_point, part, opened, milestones_of(action_point, part))


def _publish(request: HttpRequest, opened: OpenBox, user: User, typed: Typed) -> HttpResponse:
    """Publish, and open the next box that waits. What cannot be published is shown again, and saved as a draft."""
    form, action_point = opened.box.form, opened.action_point
    if not form.is_valid():
        return _show_again(request, opened, user, typed, status=400)
    try:
        publish(form, action_point, user)
    except NewerUpdatesError as error:
        return _show_again(request, opened, user, typed, newer=error.updates, status=409)
    except SubmissionUsedError as error:
        return _show_again(request, opened, user, typed, used=error.update, status=409)
    inbox = read_inbox(user, timezone.now(), {})
    messages.success(request, _published(action_point, inbox), extra_tags=clear_browser_copy(request))
    following = inbox.after(opened.part.pk)
    return redirect("inbox_box", following.part.pk) if following else redirect("my_action_points")


def _published(action_point: ActionPoint, inbox: Inbox) -> str:
    published = _("Published %(reference)s.") % {"reference": action_point.reference}
    left = inbox.count_left
    if not left:
        return published
    remaining = ngettext("%(count)s left.", "%(count)s left.", left) % {"count": left}
    return f"{published} {remaining}"


def _show_again(
    request: HttpRequest, opened: OpenBox, user: User, typed: Typed, status: int, **context: object
) -> HttpResponse:
    draft = save_with_form(request, opened.box.form, opened.action_point, user, typed)
    opened.box.form.focus_first()
    return inbox_page(request, user, opened, status=status, draft=draft, **context)


def _save(request: HttpRequest, opened: OpenBox, user: User, typed: Typed) -> HttpResponse:
    """Save what was typed as a draft, and show the inbox, or the full form if that was asked for. Blank, it needs no draft."""
    try:
        draft = save_sent(request, opened.action_point, user, typed)
    except DraftRefusedError as refusal:
        opened.box.form.add_error(None, str(refusal))
        opened.box.form.focus_first()
        return inbox_page(request, user, opened, status=409)
    if request.POST["do"] == "more":
        return _full_form(request, opened.action_point, opened.part, user, None, draft)
    if not draft:
        opened.box.form.errors.clear()
        opened.box.form.add_error("narrative", _("Nothing was written, so no draft was saved."))
        return inbox_page(request, user, opened, status=400)
    _say_saved(request)
    return redirect("my_action_points")


def _full_form(
    request: HttpRequest,
    action_point: ActionPoint,
    part: Responsibility | None,
    user: User,
    typed: Typed | None,
    draft: ProgressDraft | None = None,
) -> HttpResponse:
    """Redirect to the full form, which continues the draft, or what was typed as a new one."""
    if typed:
        try:
            draft = save_sent(request, action_point, user, typed)
        except DraftRefusedError as refusal:
            messages.warning(request, str(refusal))
    if draft:
        _say_saved(request)
    reference = (action_point.issue.agenda.slug, action_point.issue.number, action_point.number)
    query = f"?draft={draft.pk}" if draft else f"?part={part.pk}" if part else ""
    address = reverse("log_progress", args=reference) + query
    if "HX-Request" in request.headers:  # the full form has scripts of its own: load it as a page
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _say_saved(request: HttpRequest) -> None:
    message = _("Draft saved. Only you can see it until you publish it.")
    messages.success(request, message, extra_tags=clear_browser_copy(request))
