"""The coordinator's pages: what was sent to whom, and what became of it."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from actions.access import signed_in
from actions.models import ProgressUpdate
from actions.reminders.email import words_to_read
from actions.reminders.models import Digest, Disclaimer
from actions.reminders.views.schedules import schedules_of
from tracker.people.permissions import Right, require
from tracker.web.pagination import get_page

PAGE_SIZE = 25


@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """The schedules, and the ledger: `?state=` shows one state, `?page=` one page."""
    require(person := signed_in(request), Right.COORDINATE)
    state, complaints = request.GET.get("state", ""), list[str]()
    found = Digest.objects.select_related("recipient", "agenda", "asked_by")
    if state in Digest.State.values:
        found = found.filter(state=state)
    elif state:
        complaints.append(_("There is no such state of a digest; here are all of them."))
    page = get_page(found.order_by("-id"), PAGE_SIZE, request.GET, complaints)
    counts = dict(Digest.objects.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "schedules": schedules_of(person, timezone.now()),
        "disclaimers": Disclaimer.objects.standing().select_related("person", "action_point__issue__agenda"),
        "page": page,
        "digests": _with_answers(list(page)),
        "counts": [(kind, counts.get(kind, 0)) for kind in Digest.State],
        "state": state if state in Digest.State.values else "",
        "complaints": complaints,
    }
    return render(request, "reminders/reminders_page.html", context, status=400 if complaints else 200)


@require_safe
def digest(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of the ledger, with the words that it says or said; the addresses by which its recipient answers are nobody else's."""
    require(signed_in(request), Right.COORDINATE)
    found = get_object_or_404(Digest.objects.select_related("recipient", "agenda", "asked_by"), pk=pk)
    words = words_to_read(found, found.snapshot, found.language)
    return render(request, "reminders/digest_page.html", {"digest": found, "words": words})


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Another attempt at a digest that is uncertain, failed or came back, which only a coordinator may decide on."""
    require(signed_in(request), Right.COORDINATE)
    found = get_object_or_404(Digest, pk=pk)
    if found.send_again(timezone.now()):
        messages.success(request, _("It goes out once more, with the same Message-ID, within a minute or two."))
    else:
        messages.info(request, _("This one does not wait for a decision any more; nothing was changed."))
    return redirect(found)


@require_POST
def send_failed_again(request: HttpRequest) -> HttpResponseBase:
    """Another attempt at all that failed, such as after the mail server was away for longer than a period."""
    require(signed_in(request), Right.COORDINATE)
    if count := Digest.objects.send_failed_again(timezone.now()):
        said = ngettext(
            "%(count)s digest goes out once more within a minute or two.",
            "%(count)s digests go out once more within a few minutes.",
            count,
        )
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("No failed digest waits for a decision any more; nothing was changed."))
    return redirect("reminders")


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A coordinator has seen to an action point that somebody said is not theirs."""
    require(person := signed_in(request), Right.COORDINATE)
    get_object_or_404(Disclaimer, pk=pk)
    Disclaimer.objects.standing().filter(pk=pk).update(settled_by=person, settled_at=timezone.now())
    messages.success(request, _("Settled. Who owns the action point is reminded of it again."))
    return redirect("reminders")


def _with_answers(digests: list[Digest]) -> list[tuple[Digest, int | None]]:
    """Each digest with how many of its action points were reported on since. One query."""
    sent = [digest for digest in digests if digest.sent_at]
    points = {entry["action_point"] for digest in sent for entry in digest.snapshot}
    since = min((digest.sent_at for digest in sent if digest.sent_at), default=None)
    updates = list(
        ProgressUpdate.objects.filter(action_point__in=points, recorded_at__gte=since).values_list(
            "action_point_id", "recorded_at"
        )
        if since
        else []
    )
    return [(digest, digest.followed(updates)) for digest in digests]
