"""The coordinator's pages about sent reminders: what was sent to whom, and whether it arrived."""

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
from actions.reminders.email import render_without_links
from actions.reminders.models import DeclinedResponsibility, Digest
from actions.reminders.sending import entries_now
from actions.reminders.views.schedules import schedules_of
from tracker.people.permissions import Right, require
from tracker.web.pagination import get_page

PAGE_SIZE = 25
"""Digests, or declined responsibilities, on a page."""


@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """Show the schedules, and the sent reminders, newest first: `?state=` filters by state, `?page=` is the page."""
    require(person := signed_in(request), Right.COORDINATE)
    state, errors = request.GET.get("state", ""), list[str]()
    digests = Digest.objects.select_related("recipient", "asked_by")
    if state in Digest.State.values:
        digests = digests.filter(state=state)
    elif state:
        errors.append(_("There is no such state. All digests are shown."))
    page = get_page(digests.order_by("-id"), PAGE_SIZE, request.GET, errors)
    declined = DeclinedResponsibility.objects.unresolved().select_related("person", "action_point__issue__agenda")
    declined_page = get_page(declined, PAGE_SIZE, request.GET, errors, parameter="declined")
    counts = dict(Digest.objects.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "schedules": schedules_of(person, timezone.now()),
        "declined_responsibilities": declined_page,
        "page": page,
        "digests": _with_answers(list(page)),
        "counts": [(kind, counts.get(kind, 0)) for kind in Digest.State],
        "state": state if state in Digest.State.values else "",
        "errors": errors,
    }
    return render(request, "reminders/reminders_page.html", context, status=400 if errors else 200)


@require_safe
def digest(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one digest with its content, without the links that only its recipient may use."""
    require(signed_in(request), Right.COORDINATE)
    stored = get_object_or_404(Digest.objects.select_related("recipient__agency", "asked_by"), pk=pk)
    was_sent = any("text" in entry for entry in stored.snapshot)
    entries = stored.snapshot if was_sent else entries_now(stored, timezone.now())
    content = render_without_links(stored, entries, stored.language)
    return render(
        request, "reminders/digest_page.html", {"digest": stored, "content": content, "agendas": stored.slugs}
    )


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a digest again that is uncertain, failed or was returned."""
    require(signed_in(request), Right.COORDINATE)
    stored = get_object_or_404(Digest, pk=pk)
    if stored.send_again(timezone.now()):
        messages.success(request, _("It is sent again, with the same Message-ID, within a minute or two."))
    else:
        messages.info(request, _("This digest no longer needs a decision, so nothing was changed."))
    return redirect(stored)


@require_POST
def send_failed_again(request: HttpRequest) -> HttpResponseBase:
    """Send all failed digests again, for example after the mail server was down for longer than a period."""
    require(signed_in(request), Right.COORDINATE)
    if count := Digest.objects.send_failed_again(timezone.now()):
        text = ngettext(
            "%(count)s digest is sent again within a minute or two.",
            "%(count)s digests are sent again within a few minutes.",
            count,
        )
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("No failed digest needs a decision any more, so nothing was changed."))
    return redirect("reminders")


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Resolve that somebody declined responsibility for an action point."""
    require(person := signed_in(request), Right.COORDINATE)
    get_object_or_404(DeclinedResponsibility, pk=pk)
    DeclinedResponsibility.objects.unresolved().filter(pk=pk).update(resolved_by=person, resolved_at=timezone.now())
    messages.success(request, _("Resolved. The people responsible for the action point get reminders about it again."))
    return redirect("reminders")


def _with_answers(digests: list[Digest]) -> list[tuple[Digest, int | None]]:
    """Pair each digest with the number of its action points that have an update since. One query."""
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
    return [(digest, digest.count_answers(updates)) for digest in digests]
