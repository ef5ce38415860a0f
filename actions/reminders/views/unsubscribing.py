"""The page that ends a person's digests from a mail, without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from actions.reminders.links import person_to_unsubscribe


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed link is the proof
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End a person's digests, or resume them (`do=resume`). GET only shows the form, so that a mail scanner changes nothing."""
    if not (person := person_to_unsubscribe(token)):
        return render(request, "reminders/unsubscribe_gone.html", status=404)
    if request.method == "POST":
        person.wants_digests = request.POST.get("do") == "resume"
        person.save(update_fields=["wants_digests"])
    return render(request, "reminders/unsubscribe_page.html", {"person": person})
