"""The pages behind the answer links of a digest: a person answers for an action point without signing in.

GET only shows the form, so that a mail scanner does nothing; POST acts, as the person whom the digest was sent to.
"""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from actions.action_points.forms import PauseForm, ProgressForm
from actions.models import ProgressUpdate, ReportedStatus
from actions.progress import NewerUpdatesError, log_progress
from actions.reminders.links import AnswerLink, Purpose, read_answer_link, successors_of
from actions.reminders.models import DeclinedResponsibility
from actions.responsibilities import pause
from actions.submission import SubmissionUsedError, same_content
from tracker.people.time_zones import zone_named
from tracker.text import validate_line
from tracker.web.forms import posted, render_form

_SHOWN = {"status", "reason", "narrative", "happened", "evidence"}
"""Of the progress form: what an answer to a mail needs. The rest keeps its defaults."""


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Whose is it, or why is it not yours?"),
        help_text=_("The coordinators read it, and find somebody else. You are not reminded of it until they have."),
        max_length=500,
        validators=[validate_line],
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    link = read_answer_link(token)
    if not link:
        return render(request, "reminders/answer_gone.html", {"goes_on": successors_of(token)}, status=404)
    with timezone.override(zone_named(link.person.time_zone)):
        return _page(request, link)


def _page(request: HttpRequest, link: AnswerLink) -> HttpResponse:
    """Show or take the answer in the recipient's time zone, which decides the day of the report."""
    context: dict[str, Any] = {"answer": link, "action_point": link.action_point}
    form = _form(link, posted(request))
    if logged := link.action_point.progress_updates.filter(submission=link.submission).first():
        return _already_logged(request, context, logged, form)
    context["form"] = form
    if not form.is_valid():
        return render_form(request, "reminders/answer_form.html", **context)
    try:
        _act(link, form)
    except NewerUpdatesError as error:
        form.send_again_with(version=max(newer.number for newer in error.updates))
        return render(request, "reminders/answer_form.html", context | {"newer": error.updates}, status=409)
    except SubmissionUsedError as error:
        return _already_logged(request, context, error.update, form)
    return render(request, "reminders/answer_done.html", context)


def _already_logged(request: HttpRequest, context: dict[str, Any], logged: ProgressUpdate, form: Any) -> HttpResponse:
    """Show the update that the link has logged, with what was typed now if that is different."""
    unpublished = []
    if form.is_bound and not (form.is_valid() and same_content(logged, form.progress())):
        unpublished = [(field.label, _typed(field)) for field in form.visible_fields() if field.value()]
    context |= {"logged": logged, "unpublished": unpublished}
    return render(request, "reminders/answer_done.html", context, status=409 if unpublished else 200)


def _typed(field: forms.BoundField) -> str:
    value = field.value()
    return str(dict(ReportedStatus.choices).get(value, value) if field.name == "status" else value)


def _form(link: AnswerLink, data: Any) -> Any:
    today = timezone.localdate()
    if link.purpose == Purpose.SNOOZE:
        return PauseForm(data, today=today)
    if link.purpose == Purpose.NOT_MINE:
        return DeclineForm(data)
    point = link.action_point
    initial = {"status": ReportedStatus.NO_PROGRESS} if link.purpose == Purpose.NO_PROGRESS else {}
    form = ProgressForm(
        data, initial=initial, version=point.last_number(), action_point=point, user=link.person, today=today
    )
    for name, field in form.fields.items():
        if name not in _SHOWN:
            field.widget = field.hidden_widget()
    return form


def _act(link: AnswerLink, form: Any) -> None:
    """Carry out the answer. Raises NewerUpdatesError, or SubmissionUsedError if the answer is sent twice at once."""
    point, now = link.action_point, timezone.localtime()
    if link.purpose == Purpose.SNOOZE:
        for part in point.responsibilities.own(link.person):
            part._history_user = link.person  # goes into the history
            pause(part, form.cleaned_data["until"], form.cleaned_data["reason"])
    elif link.purpose == Purpose.NOT_MINE:
        with transaction.atomic():
            DeclinedResponsibility.objects.unresolved().get_or_create(
                person=link.person,
                action_point=point,
                defaults={"reason": form.cleaned_data["reason"], "made_at": now},
            )
    else:
        log_progress(
            point,
            form.progress(),
            author=link.person,
            now=now,
            submission=link.submission,
            version=form.cleaned_data["version"],
        )
