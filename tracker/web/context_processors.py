"""Add what every page shows to its context."""

from typing import Any

from django.http import HttpRequest

from tracker.web.form_recovery import offered_forms


def saved_forms(request: HttpRequest) -> dict[str, Any]:
    """Add the forms that a signed-in person sent while signed out. Error pages may be rendered before the request has a user."""
    user = getattr(request, "user", None)
    return {"saved_forms": offered_forms(request) if user and user.is_authenticated else []}
