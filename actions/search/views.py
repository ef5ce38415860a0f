"""One field that searches action points, updates, agencies and people."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.search.search import KINDS, find_by_reference, search_all
from tracker.folding import words_of
from tracker.searchable import MAX_WORDS
from tracker.web.rate_limits import limit_visitors

MAX_LENGTH = 200


@login_not_required
@limit_visitors("search")
@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """Show what contains all words of `?q=`, of one of KINDS where `?kind=` names it. A reference redirects to its action point."""
    text, kind, errors = request.GET.get("q", ""), request.GET.get("kind", ""), []
    if kind and kind not in KINDS:
        kind, errors = "", [_("There is no such kind of result. Results of every kind are shown.")]
    if len(text) > MAX_LENGTH:
        errors.append(_("This is too long to search for. These are results for its beginning."))
    text = text.replace("\x00", "")[:MAX_LENGTH]
    if len(words := words_of(text)) > MAX_WORDS:
        errors.append(_("Too many words: the results contain the first %d of them.") % MAX_WORDS)
    if point := find_by_reference(text, request.user):
        return redirect(point)
    groups = search_all(words[:MAX_WORDS], request.user, kind)
    context = {"text": text, "kind": kind, "groups": groups, "errors": errors}
    response: HttpResponse = render(request, "search/search_page.html", context, status=400 if errors else 200)
    return response
