"""The pages behind the links of a digest: a person answers for an action point without signing in.

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

from actions.forms import ProgressForm, SnoozeForm
from actions.models import ProgressUpdate, ReportedStatus
from actions.models.action_point import NewerUpdatesError
from actions.models.submission import SubmissionUsedError, says
from actions.reminders.links import Answer, Purpose, goes_on_as, read_answer
from actions.reminders.models import Disclaimer
from tracker.people.time_zones import zone_named
from tracker.text import validate_line

_SHOWN = {"status", "reason", "narrative", "happened", "evidence"}
"""Of the progress form: what an answer to a mail needs. The rest keeps its defaults."""


class DisclaimerForm(forms.Form):
    reason = forms.CharField(
        label=_("Whose is it, or why is it not yours?"),
        help_text=_("The coordinators read it, and find somebody else. You are not reminded of it until they have."),
        max_length=500,
        validators=[validate_line],
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    found = read_answer(token)
    if not found:
        return render(request, "reminders/answer_gone.html", {"goes_on": goes_on_as(token)}, status=404)
    with timezone.override(zone_named(found.person.time_zone)):
        return _page(request, found)


def _page(request: HttpRequest, found: Answer) -> HttpResponse:
    """In the recipient's time zone: the day of the report is the one that the person lives."""
    context: dict[str, Any] = {"answer": found, "action_point": found.action_point}
    form = _form(found, request.POST if request.method == "POST" else None)
    if given := found.action_point.progress_updates.filter(submission=found.submission).first():
        return _told_before(request, context, given, form)
    context["form"] = form
    if not form.is_valid():
        return render(request, "reminders/answer_form.html", context, status=400 if form.is_bound else 200)
    try:
        _act(found, form)
    except NewerUpdatesError as error:
        form.send_again_with(seen=max(newer.number for newer in error.updates))
        return render(request, "reminders/answer_form.html", context | {"newer": error.updates}, status=409)
    except SubmissionUsedError as error:
        return _told_before(request, context, error.update, form)
    return render(request, "reminders/answer_done.html", context)


def _told_before(request: HttpRequest, context: dict[str, Any], given: ProgressUpdate, form: Any) -> HttpResponse:
    """The update that the link has made; with what was typed now where that says something else."""
    lost = []
    if form.is_bound and not (form.is_valid() and says(given, form.progress())):
        lost = [(field.label, _typed(field)) for field in form.visible_fields() if field.value()]
    context |= {"given": given, "unpublished": lost}
    return render(request, "reminders/answer_done.html", context, status=409 if lost else 200)


def _typed(field: forms.BoundField) -> str:
    value = field.value()
    return str(dict(ReportedStatus.choices).get(value, value) if field.name == "status" else value)


def _form(found: Answer, data: Any) -> Any:
    today = timezone.localdate()
    if found.purpose == Purpose.SNOOZE:
        return SnoozeForm(data, today=today)
    if found.purpose == Purpose.NOT_MINE:
        return DisclaimerForm(data)
    initial: dict[str, Any] = {"seen": found.action_point.last_number()}
    if found.purpose == Purpose.NO_PROGRESS:
        initial["status"] = ReportedStatus.NO_PROGRESS
    form = ProgressForm(data, initial=initial, action_point=found.action_point, user=found.person, today=today)
    for name, field in form.fields.items():
        if name not in _SHOWN:
            field.widget = field.hidden_widget()
    return form


def _act(found: Answer, form: Any) -> None:
    """Raises NewerUpdatesError, or SubmissionUsedError where the answer was sent twice at once."""
    point, now = found.action_point, timezone.localtime()
    if found.purpose == Purpose.SNOOZE:
        point._history_user = found.person  # type: ignore[attr-defined] # goes into the history
        point.snooze(form.cleaned_data["until"], form.cleaned_data["reason"])
    elif found.purpose == Purpose.NOT_MINE:
        with transaction.atomic():
            Disclaimer.objects.standing().get_or_create(
                person=found.person,
                action_point=point,
                defaults={"reason": form.cleaned_data["reason"], "made_at": now},
            )
    else:
        point.log_progress(
            form.progress(),
            author=found.person,
            now=now,
            submission=found.submission,
            seen=form.cleaned_data["seen"],
        )
