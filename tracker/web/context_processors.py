"""What every page shows of the request."""

from typing import Any

from django.http import HttpRequest

from tracker.web.form_recovery import offered_forms


def saved_forms(request: HttpRequest) -> dict[str, Any]:
    """Offer a signed-in person the forms that were sent while signed out. Pages for errors may come before there is a user."""
    user = getattr(request, "user", None)
    return {"saved_forms": offered_forms(request) if user and user.is_authenticated else []}
