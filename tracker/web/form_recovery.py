"""Form recovery: the forms that a signed-out person sends are saved in the session, and offered after signing in, each with its time."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypedDict
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.web.rate_limits import is_over_limit

MAX_SAVED_FORMS = 10
"""Forms that one session saves."""
MAX_CHARACTERS = 200_000
"""Characters in all forms that one session saves: two of the longest that a person fills in."""
_SESSION_KEY = "saved_forms"
_NO_TEXT = re.compile(r"[0-9a-f:\s-]*", re.IGNORECASE)
_SAVED_FOR = timedelta(days=1)

Typed = dict[str, list[str]]


class SavedForm(TypedDict):
    """One form as a session saves it. `is_open` once the person has opened it again: it is not offered any more, but can be reloaded."""

    key: str
    path: str
    typed: Typed
    saved_at: str
    is_open: bool


def preserve_form(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view with a form: signed-out people are asked to sign in, and find their text in the form afterwards."""

    @login_not_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            response = view(request, *args, **kwargs)
            if request.method == "POST" and response.status_code == 302:
                _forget(request)
            return response
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        saved = _save(request)
        if saved is None:
            messages.warning(
                request,
                _(
                    "You were signed out, and what you typed could not be kept here. Go back and copy it before you sign in."
                ),
            )
            return redirect_to_login(request.path)
        messages.info(
            request, _("You were signed out. What you typed was kept: it is back in the form once you sign in.")
        )
        return redirect_to_login(f"{request.path}?saved={saved['key']}")

    return inner


def saved_forms(request: HttpRequest) -> list[SavedForm]:
    """Return the forms that the session saves, the oldest first."""
    saved = request.session.get(_SESSION_KEY)
    return saved if isinstance(saved, list) else []


def offered_forms(request: HttpRequest) -> list[dict[str, Any]]:
    """Return address, beginning and time of each form that a signed-in person sent while signed out and has not opened since."""
    return [
        {
            "address": f"{saved['path']}?saved={saved['key']}",
            "beginning": _beginning(saved["typed"]),
            "saved_at": datetime.fromisoformat(saved["saved_at"]),
        }
        for saved in saved_forms(request)
        if not saved["is_open"]
    ]


def pop_saved_form(request: HttpRequest) -> Typed | None:
    """Return what was saved of the form at this address, the newest first, each once: the one that `saved` in the query string names again.

    None if nothing was saved, or if the request sends a form itself.
    """
    if request.method != "GET":
        return None
    key = request.GET.get("saved")
    for saved in reversed(saved_forms(request)):
        if saved["path"] == request.path and (saved["key"] == key or (key is None and not saved["is_open"])):
            if not saved["is_open"]:
                saved["is_open"] = request.session.modified = True
            return saved["typed"]
    return None


def _save(request: HttpRequest) -> SavedForm | None:
    """Save the form that was sent; None if that would be too much. Sent twice, it is saved once. Forms that were opened make room."""
    # Not the body: that of a multipart form is consumed once the CSRF token was looked up.
    typed = typed_values(request.POST)
    forms = saved_forms(request)
    for saved in forms:
        if (saved["path"], saved["typed"]) == (request.path, typed):
            return saved
    forms = [saved for saved in forms if not saved["is_open"]]
    characters = sum(_count(saved["typed"]) for saved in forms) + _count(typed)
    if len(forms) >= MAX_SAVED_FORMS or characters > MAX_CHARACTERS or is_over_limit(request, "saved_forms"):
        return None
    added = SavedForm(
        key=uuid4().hex, path=request.path, typed=typed, saved_at=timezone.now().isoformat(), is_open=False
    )
    request.session.set_expiry(_SAVED_FOR)  # until signing in, which sets its own
    request.session[_SESSION_KEY] = [*forms, added]
    return added


def _forget(request: HttpRequest) -> None:
    """Remove the saved form that was opened at this address: it was stored."""
    key, forms = request.GET.get("saved"), saved_forms(request)
    if key and any(saved["key"] == key for saved in forms):
        request.session[_SESSION_KEY] = [saved for saved in forms if saved["key"] != key]


def _count(typed: Typed) -> int:
    return sum(len(name) + len(value) for name, values in typed.items() for value in values)


def _beginning(typed: Typed) -> str:
    """Return the beginning of the longest text in it. Numbers, keys and the like are no text."""
    texts = (value for values in typed.values() for value in values if not _NO_TEXT.fullmatch(value))
    return max(texts, key=len, default="")[:100]


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
    """Return the tag of a message that lets the browser's script delete its own copy of the form that was sent: it was stored.

    `path` is the address of the form if that is not just the path of the request.
    """
    return f"keep-clear:{path or request.path}"
