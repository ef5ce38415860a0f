"""Let people choose their preferences, and visitors their language."""

import copy

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.i18n import set_language

from tracker.people.access import signed_in
from tracker.people.forms import PreferencesForm
from tracker.web.forms import posted, render_form


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponseBase:
    person = copy.copy(signed_in(request))  # the page header keeps showing what is stored
    form = PreferencesForm(posted(request), instance=person, today=timezone.localdate())
    if not form.is_valid():
        return render_form(request, "people/preferences.html", form)
    form.save()
    with translation.override(person.language):
        messages.success(request, _("Your preferences are saved."))
    return redirect("preferences")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponseBase:
    """Let visitors choose a language and return to where they came from (`next`). Signed-in people have it in their preferences."""
    if request.user.is_authenticated:
        return redirect("preferences")
    if request.method == "POST":
        return set_language(request)
    return render(request, "people/language_page.html", {"next": request.GET.get("next", "/")})
