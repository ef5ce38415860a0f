"""Route signing in and out, passwords and second factors."""

from allauth.account.urls import urlpatterns as library_urls
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

_OFFERED = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


@login_not_required
def _not_offered(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


# Admins manage email addresses, and nobody signs up. The names of the routes stay, because the library links to them.
urlpatterns = [
    route if route.name in _OFFERED else URLPattern(route.pattern, _not_offered, name=route.name)
    for route in library_urls
]
urlpatterns.append(path("2fa/", include("allauth.mfa.urls")))
