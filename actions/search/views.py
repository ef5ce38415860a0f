"""One field that finds action points, updates, agencies and people."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.search.finding import KINDS, by_reference, find
from actions.search.query import LONGEST, parse, without_plurals
from issues.models import Agenda
from tracker.throttling import throttled_for_visitors


@login_not_required
@throttled_for_visitors("search")
@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """`?q=` holds words, quoted phrases, words with a minus before; `?kind=` is one of KINDS. A reference leads to its place.

    Where nothing is found it looks once more for words that begin as these do without their plurals, and says so.
    """
    text, kind, complaints = request.GET.get("q", ""), request.GET.get("kind", ""), []
    if kind and kind not in KINDS:
        kind, complaints = "", [_("There is no such kind of thing to look for; here is everything.")]
    if len(text) > LONGEST:
        complaints.append(_("That is too long to look for; here is what its beginning finds."))
    text = text.replace("\x00", "")[:LONGEST]
    newest = Agenda.objects.visible_to(request.user).order_by("-slug").values_list("slug", flat=True).first()
    if point := by_reference(text, request.user, newest):
        return redirect(point)
    found, instead = find(parse(text), request.user, kind), ""
    if not found and (shorter := without_plurals(text)) != text:
        found, instead = find(parse(shorter, all_open=True), request.user, kind), shorter
    context = {"text": text, "kind": kind, "found": found, "instead": instead, "complaints": complaints}
    response: HttpResponse = render(request, "search/search_page.html", context, status=400 if complaints else 200)
    return response
