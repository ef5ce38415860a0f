"""What every page's navigation needs."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from issues.models import Agenda


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`current_agenda`: the agenda that the navigation leads to, or None: that of the page, if it has one. Two queries at most, and only
    where a page asks for it and its view did not say.
    """
    return {"current_agenda": SimpleLazyObject(lambda: _agenda(request))}


def _agenda(request: HttpRequest) -> Agenda | None:
    if not hasattr(request, "user"):
        return None
    agendas = Agenda.objects.visible_to(request.user)
    slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    return (agendas.filter(slug=slug).first() if slug else None) or agendas.current()
