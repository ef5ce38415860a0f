"""The pages behind the answer links of a digest: a person answers for one part of an action point without signing in.

GET only shows the form, so that a mail scanner does nothing; POST acts, as the person whom the digest was sent to, and leads to the next
part that waits.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from actions.action_points.box import Box, last_update_on, open_box
from actions.action_points.forms import PauseForm
from actions.action_points.publishing import publish
from actions.models import ProgressUpdate, ReportedStatus
from actions.progress import NewerUpdatesError
from actions.reminders.links import AnswerLink, Purpose, read_answer_link, successors_of
from actions.reminders.models import DeclinedResponsibility
from actions.reminders.question import ask, others_waiting
from actions.responsibilities import pause
from actions.submission import SubmissionUsedError, same_content
from tracker.people.time_zones import zone_named
from tracker.text import validate_line
from tracker.web.form_recovery import clear_browser_copy
from tracker.web.forms import posted, render_form


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Whose is it, or why is it not yours?"),
        help_text=gettext_lazy(
            "The coordinators read it, and find somebody else. You are not reminded of it until they have."
        ),
        max_length=500,
        validators=[validate_line],
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponseBase:
    link = read_answer_link(token)
    if not link:
        return render(request, "reminders/answer_gone.html", {"goes_on": successors_of(token)}, status=404)
    with timezone.override(zone_named(link.person.time_zone)):
        return _page(request, link)


def _page(request: HttpRequest, link: AnswerLink) -> HttpResponseBase:
    """Show or take the answer in the recipient's time zone, which decides the day of the report."""
    context: dict[str, Any] = {"answer": link, "action_point": link.action_point}
    form = _other_form(link, posted(request))
    if not form:
        start = "no_progress" if link.purpose == Purpose.NO_PROGRESS else request.GET.get("start", "")
        today = timezone.localdate()
        context["box"] = open_box(link.action_point, link.part, link.person, today, data=posted(request), start=start)
        form = context["box"].form
    if logged := link.action_point.progress_updates.filter(submission=link.submission).first():
        return _already_logged(request, link, logged, form)
    context["form"] = form
    if not form.is_valid():
        if "box" in context:
            form.focus_first()
        return render_form(request, "reminders/answer_form.html", **context, **_asked(link, context.get("box")))
    try:
        _act(link, form)
    except NewerUpdatesError as error:
        context |= {"newer": error.updates} | _asked(link, context.get("box"))
        return render(request, "reminders/answer_form.html", context, status=409)
    except SubmissionUsedError as error:
        return _already_logged(request, link, error.update, form)
    return _answered(request, link, form)


def _asked(link: AnswerLink, box: Box | None) -> dict[str, Any]:
    last = box.last if box else last_update_on(link.action_point, link.part)
    return {"question": ask(link, last, timezone.localdate()), "waiting": others_waiting(link, timezone.now())}


def _answered(request: HttpRequest, link: AnswerLink, form: Any) -> HttpResponseBase:
    """Lead to the next part that waits, or say that nothing does."""
    waiting, done = others_waiting(link, timezone.now()), _done(link, form)
    if not waiting:
        context = {"answer": link, "action_point": link.action_point, "done": done}
        return render(request, "reminders/answer_done.html", context)
    more = ngettext("%(count)s more is waiting for you.", "%(count)s more are waiting for you.", len(waiting))
    text = f"{done} {more % {'count': len(waiting)}}"
    messages.success(request, text, extra_tags=clear_browser_copy(request))
    return redirect(waiting[0].path)


def _done(link: AnswerLink, form: Any) -> str:
    """Return what came of the answer, in a sentence."""
    about = {"reference": link.action_point.reference}
    if link.purpose == Purpose.PAUSE:
        day = date_format(form.cleaned_data["until"])
        return _("Reminders about %(reference)s are paused until %(day)s.") % (about | {"day": day})
    if link.purpose == Purpose.NOT_MINE:
        return (
            _("The coordinators see your answer about %(reference)s. You get no reminders until they know whose it is.")
            % about
        )
    return _("Your update on %(reference)s is published.") % about


def _already_logged(request: HttpRequest, link: AnswerLink, logged: ProgressUpdate, form: Any) -> HttpResponse:
    """Show the update that the link has logged, with what was typed now if that is different."""
    unpublished = []
    if form.is_bound and not (form.is_valid() and same_content(logged, form.progress())):
        unpublished = [(field.label, _typed(field)) for field in form.visible_fields() if field.value()]
    context = {
        "answer": link,
        "action_point": link.action_point,
        "logged": logged,
        "unpublished": unpublished,
        "waiting": others_waiting(link, timezone.now()),
    }
    return render(request, "reminders/answer_done.html", context, status=409 if unpublished else 200)


def _typed(field: forms.BoundField) -> str:
    value = field.value()
    return str(dict(ReportedStatus.choices).get(value, value) if field.name == "status" else value)


def _other_form(link: AnswerLink, data: Any) -> Any:
    """Return the form of a link that asks for something else than progress; None if it asks for progress."""
    if link.purpose == Purpose.PAUSE and link.part:
        return PauseForm(data, today=timezone.localdate())
    return DeclineForm(data) if link.purpose == Purpose.NOT_MINE else None


def _act(link: AnswerLink, form: Any) -> None:
    """Carry out the answer. Raises NewerUpdatesError, or SubmissionUsedError if the answer is sent twice at once."""
    point, now = link.action_point, timezone.localtime()
    if link.purpose == Purpose.PAUSE and link.part:
        link.part._history_user = link.person  # type: ignore[attr-defined] # goes into the history
        pause(link.part, form.cleaned_data["until"], form.cleaned_data["reason"])
    elif link.purpose == Purpose.NOT_MINE:
        with transaction.atomic():
            DeclinedResponsibility.objects.unresolved().get_or_create(
                person=link.person,
                action_point=point,
                defaults={"reason": form.cleaned_data["reason"], "made_at": now},
            )
    else:
        publish(form, point, link.person, submission=link.submission)
