"""Add the current agenda to the context of every page, for the navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from issues.models import Agenda


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Add `current_agenda`: the agenda of the page, otherwise the latest open one or the latest, or None.

    Up to two queries, none unless the template uses it.
    """
    return {"current_agenda": SimpleLazyObject(lambda: _current_agenda(request))}


def _current_agenda(request: HttpRequest) -> Agenda | None:
    if not hasattr(request, "user"):  # error pages of requests that failed before authentication
        return None
    agendas = Agenda.objects.visible_to(request.user)
    slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    return (agendas.filter(slug=slug).first() if slug else None) or agendas.current()
