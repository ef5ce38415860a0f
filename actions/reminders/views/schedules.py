"""The pages about an agenda's reminder schedule: changing it, and previewing its digests."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions.access import get_agenda, signed_in
from actions.reminders.faults import Faults, faults_of
from actions.reminders.forms import ScheduleForm
from actions.reminders.models import ReminderCount, ReminderSchedule
from actions.reminders.periods import next_period
from actions.reminders.preview import preview as preview_digests
from issues.models import Agenda
from tracker.people.models import User
from tracker.people.permissions import Right
from tracker.people.time_zones import zone_named
from tracker.transactions import atomic_post, locked_by_post
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted, render_form


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def schedule(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Change the schedule. If `preview` is among the data, only show what it would send."""
    agenda = get_agenda(signed_in(request), slug, Right.COORDINATE)
    stored = locked_by_post(request, ReminderSchedule.objects.filter(agenda=agenda)).first()
    instance = stored or ReminderSchedule(agenda=agenda, starts_on=timezone.localdate())
    form = ScheduleForm(posted(request), initial=saved_initial(request), instance=instance)
    context: dict[str, Any] = {"form": form, "agenda": agenda}
    if form.is_valid():
        if "preview" in request.POST:
            context["preview"] = preview_digests(instance, timezone.now())
            return render(request, "reminders/schedule_form.html", context)
        form.save()
        messages.success(request, _("Schedule saved."), extra_tags=clear_browser_copy(request))
        return redirect("reminders")
    return render_form(request, "reminders/schedule_form.html", **context)


@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who would get which mail next, and why."""
    agenda = get_agenda(signed_in(request), slug, Right.COORDINATE)
    stored = ReminderSchedule.objects.filter(agenda=agenda).first()
    used = stored or ReminderSchedule(agenda=agenda, starts_on=timezone.localdate())
    used.agenda = agenda
    context = {"agenda": agenda, "schedule": used, "preview": preview_digests(used, timezone.now())}
    return render(request, "reminders/preview_page.html", context)


def schedules_of(person: User, now: datetime) -> list[dict[str, Any]]:
    """List each open agenda with its schedule, the time of its next turn in the person's time zone, the answers to its reminders, and what
    they leave out. Two queries, and those of `faults_of` for each schedule in which planning has found faults.
    """
    answers = ReminderCount.objects.answers(timezone.localdate())
    agendas = Agenda.objects.open().select_related("reminder_schedule").order_by("-slug")
    rows = []
    for agenda in agendas:
        planned: ReminderSchedule | None = getattr(agenda, "reminder_schedule", None)
        next_turn = _next_turn(planned, person, now) if planned and planned.enabled else None
        faults = (
            faults_of(planned, now)
            if planned and (planned.faulty_since or (planned.enabled and not next_turn))
            else Faults()
        )
        rows.append(
            {
                "agenda": agenda,
                "schedule": planned,
                "next": next_turn,
                "answers": answers.get(agenda.pk),
                "faults": faults,
            }
        )
    return rows


def _next_turn(schedule: ReminderSchedule, person: User, now: datetime) -> datetime | None:
    """Return the time of the next turn in the person's time zone. None if the schedule has none."""
    period = next_period(schedule.timing, zone_named(person.time_zone), now)
    return period.due_at if period else None
