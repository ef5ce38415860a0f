"""What every page's navigation needs."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from issues.models import Agenda


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`current_agenda`: the agenda that the navigation leads to, or None. One query, only where a page asks for it."""
    return {"current_agenda": SimpleLazyObject(lambda: Agenda.objects.visible_to(request.user).current())}
