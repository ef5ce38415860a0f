"""The form with which a coordinator sends reminders about one action point."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.access import get_action_point, signed_in
from actions.reminders.forms import RemindForm
from actions.reminders.manual import nobody_reminded, people_to_remind, remind_now, reminded_words
from tracker.people.permissions import Right
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest, slug: str, issue: int, number: int) -> HttpResponseBase:
    action_point = get_action_point(person := signed_in(request), slug, issue, number, Right.COORDINATE)
    form = RemindForm(posted(request), initial=saved_initial(request))
    today = timezone.localdate()
    if form.is_valid():
        reminded = remind_now([action_point.pk], person, form.cleaned_data["message"], timezone.now(), today)
        if reminded:
            messages.success(request, reminded_words(reminded), extra_tags=clear_browser_copy(request))
        else:
            messages.info(request, nobody_reminded())
        return redirect(action_point)
    context = {
        "form": form,
        "action_point": action_point,
        "people": [each for each, _entries in people_to_remind([action_point.pk], today)],
    }
    return render_form(request, "reminders/remind_form.html", **context)
