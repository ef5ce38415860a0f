"""The page for what was asked wrongly."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says why where a view said it. What comes before any view (such as an unknown host) gets the plain page."""
    if not isinstance(exception, BadRequest):
        return defaults.bad_request(request, exception)
    return render(request, "400.html", {"reason": str(exception)}, status=400)
