"""What a signed-out person has typed is kept in the session, and is back in the form after signing in."""

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

_SESSION_KEY = "kept_forms"
_LIMIT = 100_000
"""Characters, as a browser encodes a form. More is no form that a person filled in."""
_KEPT_FOR = timedelta(days=1)

Typed = dict[str, list[str]]


def keeps_typed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view with a long form: signed-out people are asked to sign in, and find their text in the form afterwards."""

    @login_not_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        # Not the body: of a form in parts (multipart) it is gone once the CSRF token was looked for.
        if (
            request.method == "POST"
            and len(request.POST.urlencode()) <= _LIMIT
            and not is_over_limit(request, "kept_forms")
        ):
            request.session.set_expiry(_KEPT_FOR)  # until signing in, which sets its own
            request.session[_SESSION_KEY] = {request.path: typed_in(request.POST)}
            messages.info(
                request, _("You were signed out. What you typed was kept: it is back in the form once you sign in.")
            )
        return redirect_to_login(request.path if request.method == "POST" else request.get_full_path())

    return inner


def take_kept(request: HttpRequest) -> Typed | None:
    """What was kept for this address, once; None where nothing was."""
    kept: Typed | None = request.session.get(_SESSION_KEY, {}).get(request.path)
    if kept is not None:
        del request.session[_SESSION_KEY]
    return kept


def kept_initial(request: HttpRequest, *many: str) -> dict[str, Any]:
    """What was kept for this address, once, as initial values of a form whose fields have one value each but for `many`."""
    kept = take_kept(request) or {}
    return {name: values if name in many else values[0] for name, values in kept.items() if values}


def typed_in(data: QueryDict) -> Typed:
    """What a person typed into a form, as lists of strings: what a draft stores. NUL, which no database stores, becomes �."""
    return {
        name: [value.replace("\x00", "\ufffd") for value in data.getlist(name)]
        for name in data
        if name.isprintable() and name != "csrfmiddlewaretoken"
    }


def clears_kept(request: HttpRequest, path: str = "") -> str:
    """The tag of a message that tells the browser: what your script kept of the form at this address has arrived.

    `path` is the form's where the request went to another one.
    """
    return f"keep-clear:{path or request.path}"
