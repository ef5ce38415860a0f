"""Handle a form that one address shows on GET and takes on POST."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what to bind a form to: the data of a POST, None on GET."""
    return request.POST if request.method == "POST" else None


def render_form(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    """Show a form that was not stored: 200 if it is new, 409 if somebody else has changed the same thing, 400 if it has errors."""
    status = 200 if not form.is_bound else 409 if getattr(form, "is_conflict", False) else 400
    return render(request, template, {"form": form} | context, status=status)
