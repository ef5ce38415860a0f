"""Log progress on an action point, and save drafts of updates."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actions.access import get_action_point, signed_in
from actions.action_points.forms import ProgressForm
from actions.action_points.publishing import (
    publish,
    require_right,
    save_sent,
    save_with_form,
    sent_values,
)
from actions.drafts import DraftRefusedError
from actions.flash_messages import tag_for
from actions.models import ActionPoint, ProgressUpdate, ReportedStatus
from actions.models.progress_update import NARRATIVE_LIMIT
from actions.progress import NewerUpdatesError
from actions.reports import parents_of, report_of
from actions.submission import SubmissionUsedError
from actions.summaries import covers_a_part
from tracker.markdown import to_html
from tracker.people.models import User
from tracker.web.form_recovery import Typed, clear_browser_copy, pop_saved_form, preserve_form, typed_values


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def log_progress(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    """Show the form on GET, with the draft that `draft` names. On POST, `do` is publish (the default), draft or preview."""
    user = signed_in(request)
    action_point = get_action_point(user, slug, issue, number)
    require_right(request, action_point, user, sent_values(request))
    if request.method == "POST":
        return _DO.get(request.POST.get("do", ""), _publish)(request, action_point, user)
    if typed := pop_saved_form(request):
        return _page(request, _form(action_point, user, typed), action_point)
    if "draft" in request.GET:
        return _continue_draft(request, action_point, user)
    return _page(request, _form(action_point, user, None, request.GET), action_point)


def _continue_draft(request: HttpRequest, action_point: ActionPoint, user: User) -> HttpResponse:
    pk = request.GET["draft"]
    draft = action_point.drafts.filter(author=user, pk=pk).first() if re.fullmatch("[0-9]{1,18}", pk) else None
    if not draft:
        messages.info(request, _("This draft no longer exists: it was published or discarded."))
        return redirect(request.path)
    form = _form(action_point, user, draft.typed)
    form.initial["submission"] = draft.submission
    return _page(request, form, action_point, draft=draft)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Return the Markdown of a narrative as HTML, for the preview next to the form."""
    text = request.POST.get("narrative", "")
    if len(text) > NARRATIVE_LIMIT:
        message = _("Too long for a preview: %(limit)s characters at most.")
        return HttpResponse(message % {"limit": NARRATIVE_LIMIT}, status=400)
    return HttpResponse(to_html(text))


def _publish(request: HttpRequest, action_point: ActionPoint, user: User) -> HttpResponse:
    form = ProgressForm(request.POST, action_point=action_point, user=user, today=timezone.localdate())
    if not form.is_valid():
        return _show_again(request, form, action_point, user, status=400)
    try:
        update = publish(form, action_point, user)
    except NewerUpdatesError as error:
        return _show_again(request, form, action_point, user, newer=error.updates, status=409)
    except SubmissionUsedError as error:
        used, own = error.update, error.update.author_id == user.pk
        correctable = own and used.action_point_id == action_point.pk and not used.is_withdrawn
        return _show_again(request, form, action_point, user, used=used, correctable=correctable, status=409)
    message = _logged(update, action_point)
    messages.success(request, message, extra_tags=f"{clear_browser_copy(request)} {tag_for(update)}")
    return redirect(f"{action_point.get_absolute_url()}#update-{update.number}")


def _logged(update: ProgressUpdate, action_point: ActionPoint) -> str:
    """Return the confirmation, which also says if the update covers no part."""
    message = _("Progress logged on %(reference)s.") % {"reference": action_point.reference}
    if covers_a_part(report_of(update), [agency.pk for agency in action_point.leads], parents_of([update])):
        return message
    no_part = _("%(agency)s does not lead it, so no status changed.") % {"agency": update.agency}
    return f"{message} {no_part}"


def _show_again(
    request: HttpRequest, form: ProgressForm, action_point: ActionPoint, user: User, **context: Any
) -> HttpResponse:
    """Save the typed text as a draft, and show the form again, which continues the draft. A blank form saves no draft."""
    if draft := save_with_form(request, form, action_point, user, sent_values(request)):
        context["draft"] = draft
    return _page(request, form, action_point, **context)


def _save_draft(request: HttpRequest, action_point: ActionPoint, user: User) -> HttpResponse:
    try:
        draft, problem, status = (
            save_sent(request, action_point, user, sent_values(request)),
            _("Nothing was written, so no draft was saved."),
            400,
        )
    except DraftRefusedError as refusal:
        draft, problem, status = None, str(refusal), 409
    if draft:
        message = _("Draft saved. Only you can see it until you publish it.")
        messages.success(request, message, extra_tags=clear_browser_copy(request))
        return redirect(f"{request.path}?draft={draft.pk}")
    messages.warning(request, problem)
    return _page(request, _form(action_point, user, typed_values(request.POST)), action_point, status=status)


def _preview(request: HttpRequest, action_point: ActionPoint, user: User) -> HttpResponse:
    html = to_html(request.POST.get("narrative", "")[:NARRATIVE_LIMIT])
    return _page(request, _form(action_point, user, typed_values(request.POST)), action_point, preview_html=html)


_DO = {"draft": _save_draft, "preview": _preview, "publish": _publish}


def _form(
    action_point: ActionPoint, user: User, typed: Typed | None, chosen: Mapping[str, str] | None = None
) -> ProgressForm:
    """Return an unbound form with the typed values; without them an empty form, with what the address chose: `status` and `part`."""
    initial: dict[str, Any] = ProgressForm.initial_from(typed) if typed else _chosen(action_point, chosen or {})
    initial.pop("version", None)
    version, today = action_point.last_number(), timezone.localdate()
    return ProgressForm(initial=initial, version=version, action_point=action_point, user=user, today=today)


def _chosen(action_point: ActionPoint, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Return the valid ones of these choices, a status and the id of a part, as initial values."""
    status, part = chosen.get("status"), chosen.get("part")
    agencies = {str(part.pk): part.agency_id for part in action_point.parts}
    return ({"status": status} if status in ReportedStatus.values else {}) | (
        {"agency": agencies[part]} if part in agencies else {}
    )


def _page(
    request: HttpRequest, form: ProgressForm, action_point: ActionPoint, status: int = 200, **context: Any
) -> HttpResponse:
    latest = action_point.progress_updates.current().newest_first().with_context().first()
    current = context.get("draft")
    drafts = [draft for draft in action_point.drafts.filter(author=signed_in(request)) if draft != current]
    context |= {"form": form, "action_point": action_point, "latest": latest, "drafts": drafts}
    return render(request, "action_points/progress_form.html", context, status=status)
