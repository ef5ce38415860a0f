"""The coordinator's pages: what was sent to whom, what would be sent now, and when."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.access import get_agenda, signed_in
from actions.kept import clears_kept, keeps_typed, kept_initial
from actions.models import ProgressUpdate
from actions.reminders.composing import Words, words_of
from actions.reminders.due import due_entries, wanting_digests
from actions.reminders.forms import ScheduleForm
from actions.reminders.health import health
from actions.reminders.links import person_to_unsubscribe
from actions.reminders.models import Digest, Disclaimer, ReminderSchedule
from actions.reminders.periods import next_period, zone_named
from issues.models import Agenda
from tracker.keyset import Column, Order, Page, PlaceError, whole_number
from tracker.people.models import User
from tracker.people.permissions import Right, require

PAGE_SIZE = 25
PREVIEWED = 50

_NEWEST_FIRST = Order([Column("id", whole_number, descending=True)])


@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """The schedules, and the ledger: `?state=` shows one state, `?before=` and `?after=` are places in it."""
    require(person := signed_in(request), Right.COORDINATE)
    state, complaints = request.GET.get("state", ""), []
    found = Digest.objects.select_related("recipient", "agenda")
    if state in Digest.State.values:
        found = found.filter(state=state)
    elif state:
        complaints.append(_("There is no such state of a digest; here are all of them."))
    try:
        page = _page(found, after=request.GET.get("after"), before=request.GET.get("before"))
    except PlaceError:
        page = _NEWEST_FIRST.page(found, PAGE_SIZE)
        complaints.append(_("The address names no place in this list; here is its beginning."))
    counts = dict(Digest.objects.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "schedules": _schedules(timezone.now(), person),
        "disclaimers": Disclaimer.objects.standing().select_related("person", "action_point__issue__agenda"),
        "page": page,
        "digests": _with_answers(page.rows),
        "counts": [(kind, counts.get(kind, 0)) for kind in Digest.State],
        "state": "" if complaints else state,
        "complaints": complaints,
    }
    return render(request, "reminders/reminders_page.html", context, status=400 if complaints else 200)


@require_safe
def digest(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of the ledger, with the words that it says or said; its links work for the recipient alone, so not here."""
    require(signed_in(request), Right.COORDINATE)
    found = get_object_or_404(Digest.objects.select_related("recipient", "agenda"), pk=pk)
    words = _words(found.recipient, found.agenda, found.snapshot, found.language)
    return render(request, "reminders/digest_page.html", {"digest": found, "words": words})


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Another attempt at an uncertain or failed digest, which only a coordinator may decide on."""
    require(signed_in(request), Right.COORDINATE)
    found = get_object_or_404(Digest, pk=pk)
    if found.send_again(timezone.now()):
        messages.success(request, _("It goes out once more, with the same Message-ID, within a minute or two."))
    else:
        messages.info(request, _("This one does not wait for a decision any more; nothing was changed."))
    return redirect(found)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A coordinator has seen to an action point that somebody said is not theirs."""
    require(person := signed_in(request), Right.COORDINATE)
    get_object_or_404(Disclaimer, pk=pk)
    Disclaimer.objects.standing().filter(pk=pk).update(settled_by=person, settled_at=timezone.now())
    messages.success(request, _("Settled. Who owns the action point is reminded of it again."))
    return redirect("reminders")


@keeps_typed
@require_http_methods(["GET", "POST"])
@transaction.atomic
def schedule(request: HttpRequest, slug: str) -> HttpResponseBase:
    """When an agenda's digests go out."""
    agenda = get_agenda(signed_in(request), slug, Right.COORDINATE)
    found = ReminderSchedule.objects.select_for_update().filter(agenda=agenda).first()
    instance = found or ReminderSchedule(agenda=agenda, starts_on=timezone.localdate())
    data = request.POST if request.method == "POST" else None
    form = ScheduleForm(data, initial=kept_initial(request), instance=instance)
    if form.is_valid():
        form.save()
        messages.success(request, _("Schedule saved."), extra_tags=clears_kept(request))
        return redirect("reminders")
    status = 200 if not form.is_bound else 409 if form.theirs else 400
    return render(request, "reminders/schedule_form.html", {"form": form, "agenda": agenda}, status=status)


@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Who would get what of an agenda if its digests went out now, and the mail itself: the first PREVIEWED people."""
    agenda = get_agenda(signed_in(request), slug, Right.COORDINATE)
    today = timezone.localdate()
    due = (pair for batch in due_entries(wanting_digests(today), agenda, today) for pair in batch.items())
    found = dict(islice(due, PREVIEWED + 1))
    people = User.objects.in_bulk(list(found)[:PREVIEWED])
    mails = [(people[pk], found[pk], _words(people[pk], agenda, found[pk])) for pk in people]
    context = {"agenda": agenda, "mails": mails, "is_cut": len(found) > PREVIEWED, "limit": PREVIEWED}
    return render(request, "reminders/preview_page.html", context)


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed link is the proof
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a person's digests, or begins them again (`do=resume`). GET only shows how, so that a mail scanner does nothing."""
    if not (person := person_to_unsubscribe(token)):
        raise Http404
    if request.method == "POST":
        person.wants_digests = request.POST.get("do") == "resume"
        person.save(update_fields=["wants_digests"])
    return render(request, "reminders/unsubscribe_page.html", {"person": person})


@login_not_required
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """For machines that watch the tracker: 200 while a tick ran within the last minutes, else 503. Names nobody."""
    found = health(timezone.now())
    told = {
        "status": "ok" if found.is_alive else "reminders stand still" if found.last_tick else "no tick yet",
        "last_tick": found.last_tick,
        "digests_waiting": found.waiting,
        "digests_undecided": found.undecided,
    }
    return JsonResponse(told, status=200 if found.is_alive else 503, headers={"Cache-Control": "no-store"})


def _page(found: QuerySet[Digest], *, after: str | None, before: str | None) -> Page[Digest]:
    """One query, and one more where nothing is there. Raises PlaceError, also where no digest ever was: they are never deleted."""
    page = _NEWEST_FIRST.page(found, PAGE_SIZE, after=after, before=before)
    place = after if before is None else before
    if place is not None and not page.rows and not Digest.objects.filter(pk=place).exists():
        raise PlaceError(place)
    return page


def _words(person: User, agenda: Agenda, entries: Any, language: str = "") -> Words:
    """As the mail says them, but for the links by which the person answers: they lead nowhere."""
    return words_of(Digest(recipient=person, agenda=agenda), entries, language or person.language)


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


def _schedules(now: datetime, person: User) -> list[dict[str, Any]]:
    """Each open agenda with its schedule, and the instant of its next turn for somebody in the reader's time zone. One query."""
    agendas = Agenda.objects.open().select_related("reminder_schedule").order_by("-slug")
    found = []
    for agenda in agendas:
        planned: ReminderSchedule | None = getattr(agenda, "reminder_schedule", None)
        zone = zone_named(person.time_zone)
        due_at = next_period(planned.timing, zone, now).due_at if planned and planned.enabled else None
        found.append({"agenda": agenda, "schedule": planned, "next": due_at})
    return found
