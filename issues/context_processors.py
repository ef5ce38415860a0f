"""Add what the navigation of every page needs to its context."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from issues.models import Agenda


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Add `current_agenda`: the agenda of the page, otherwise the one that the reader is likely to want, or None. Two queries at most, and
    none unless the template uses it.
    """
    return {"current_agenda": SimpleLazyObject(lambda: _current_agenda(request))}


def _current_agenda(request: HttpRequest) -> Agenda | None:
    if not hasattr(request, "user"):  # an error page of a request that failed early
        return None
    agendas = Agenda.objects.visible_to(request.user)
    slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    return (agendas.filter(slug=slug).first() if slug else None) or agendas.current()
