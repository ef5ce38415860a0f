"""Show the help pages, which everybody may read, and end the welcome after a first sign-in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tracker.people.accounts import WELCOME
from tracker.people.models import Role, User

GUIDES = {Role.FOCAL_POINT: "focal-points", Role.COORDINATOR: "coordinators", Role.ADMIN: "admins"}
"""The page for each role."""
PAGES = ["visitors", *GUIDES.values(), "glossary", "shortcuts", "accessibility", "privacy"]
MAX_COORDINATORS = 10


@login_not_required
@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """Show the guide for the reader's role."""
    guide = GUIDES[Role(request.user.role)] if isinstance(request.user, User) else "visitors"
    return render(request, f"help/{guide}.html", {"page": guide})


@login_not_required
@require_safe
def help_page(request: HttpRequest, page: str) -> HttpResponse:
    if page not in PAGES:
        raise Http404
    return render(request, f"help/{page}.html", {"page": page})


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Show CONTACT_EMAIL, and to people of the network the coordinators. One query."""
    coordinators = User.objects.active().coordinators().order_by("name") if request.user.is_authenticated else []
    context = {"page": "contact", "address": settings.CONTACT_EMAIL, "coordinators": coordinators[:MAX_COORDINATORS]}
    return render(request, "help/contact.html", context)


@require_POST
def dismiss_welcome(request: HttpRequest) -> HttpResponse:
    request.session.pop(WELCOME, None)
    return redirect("home")
