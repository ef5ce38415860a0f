"""Form recovery: what a signed-out person sends is saved in the session, and is in the form again after signing in."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from tracker.web.rate_limits import is_over_limit

_SESSION_KEY = "saved_forms"
_LIMIT = 100_000
"""Characters, as a browser encodes a form. More is no form that a person filled in."""
_SAVED_FOR = timedelta(days=1)

Typed = dict[str, list[str]]


def preserve_form(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view with a form: signed-out people are asked to sign in, and find their text in the form afterwards."""

    @login_not_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        # Not the body: that of a multipart form is consumed once the CSRF token was looked up.
        if (
            request.method == "POST"
            and len(request.POST.urlencode()) <= _LIMIT
            and not is_over_limit(request, "saved_forms")
        ):
            request.session.set_expiry(_SAVED_FOR)  # until signing in, which sets its own
            request.session[_SESSION_KEY] = {request.path: typed_values(request.POST)}
            messages.info(
                request, _("You were signed out. What you typed was kept: it is back in the form once you sign in.")
            )
        return redirect_to_login(request.path if request.method == "POST" else request.get_full_path())

    return inner


def pop_saved_form(request: HttpRequest) -> Typed | None:
    """Return what was saved for this address, once; None if nothing was."""
    saved: Typed | None = request.session.get(_SESSION_KEY, {}).get(request.path)
    if saved is not None:
        del request.session[_SESSION_KEY]
    return saved


def saved_initial(request: HttpRequest, *many: str) -> dict[str, Any]:
    """Return what was saved for this address, once, as initial values of a form. Fields have one value each, apart from `many`."""
    saved = pop_saved_form(request) or {}
    return {name: values if name in many else values[0] for name, values in saved.items() if values}


def typed_values(data: QueryDict) -> Typed:
    """Return what was typed into a form as lists of strings, which a draft can store. NUL, which no database stores, becomes �."""
    return {
        name: [value.replace("\x00", "\ufffd") for value in data.getlist(name)]
        for name in data
        if name.isprintable() and name != "csrfmiddlewaretoken"
    }


def clear_browser_copy(request: HttpRequest, path: str = "") -> str:
    """Return the tag of a message that lets the browser's script delete its own copy of the form at this address: it was stored.

    `path` is that of the form if the request went to another one.
    """
    return f"keep-clear:{path or request.path}"
