"""List the five steps from a new agenda to an open one, with what is missing in each."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionPoint, Responsibility
from actions.setup.models import PastedText, QueuedInvitation
from actions.setup.pasted_agenda import PastedAgenda
from issues.models import Agenda
from tracker.enumerations import comma_separated
from tracker.people.models import Agency, User


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    name: str
    address: str
    missing: str
    """What is missing, or what there is."""
    is_done: bool
    is_current: bool


def agencies_of(agenda: Agenda) -> "QuerySet[Agency]":
    """Return the agencies that lead action points of the agenda or reported on them."""
    leads = Responsibility.objects.filter(until=None, action_point__issue__agenda=agenda).values("agency")
    reporting = agenda_updates(agenda)
    return Agency.objects.filter(Q(pk__in=leads) | Q(pk__in=reporting)).order_by("acronym")


def agenda_updates(agenda: Agenda) -> "QuerySet[ActionPoint, dict[str, int | None]]":
    points = ActionPoint.objects.filter(issue__agenda=agenda, progress_updates__agency__isnull=False)
    return points.order_by().values("progress_updates__agency")


def without_focal_point(agenda: Agenda) -> "QuerySet[Agency]":
    """Return the agencies of the agenda that have no active focal point, not even below them, and no queued invitation."""
    people = User.objects.active().focal_points()
    active = people.filter(Q(agency=OuterRef("pk")) | Q(agency__parent=OuterRef("pk")))
    queued = QueuedInvitation.objects.filter(agenda=agenda, agency=OuterRef("pk"))
    return agencies_of(agenda).exclude(Exists(active)).exclude(Exists(queued))


def without_lead(agenda: Agenda) -> "QuerySet[ActionPoint]":
    led = Responsibility.objects.filter(until=None, action_point=OuterRef("pk"))
    return ActionPoint.objects.filter(issue__agenda=agenda).exclude(Exists(led))


def steps(agenda: Agenda, current: int, pasted: PastedAgenda | None = None) -> list[Step]:
    """Return the steps. `pasted` is the text of step 1 that has not been added yet. Seven queries."""
    points = ActionPoint.objects.filter(issue__agenda=agenda).count()
    lonely, unassigned = without_focal_point(agenda).count(), without_lead(agenda).count()
    named = agencies_of(agenda).count()
    rows = [
        (_("Paste the agenda"), "paste_agenda", _text_state(agenda, points, pasted), bool(points)),
        (_("Add agencies"), "setup_agencies", _agencies_state(named, pasted), bool(named)),
        (_("Invite people"), "setup_people", _people_state(agenda, lonely), bool(named) and not lonely),
        (_("Assign"), "setup_leads", _leads_state(points, unassigned), bool(points) and not unassigned),
        (_("Open the agenda"), "setup_opening", _("Focal points see it; reminders start"), False),
    ]
    return [
        Step(number, name, reverse(route, args=[agenda.slug]), missing, is_done, number == current)
        for number, (name, route, missing, is_done) in enumerate(rows, start=1)
    ]


def _text_state(agenda: Agenda, points: int, pasted: PastedAgenda | None) -> str:
    if pasted:
        left = [questions_left(len(pasted.questions))] if pasted.questions else []
        return comma_separated([pasted.summary(), *left])
    if PastedText.objects.filter(agenda=agenda, added_at=None).exclude(text="").exists():
        return _("Your text is kept, but not added yet")
    if not points:
        return _("Or add issues one by one")
    return ngettext("%(count)s action point", "%(count)s action points", points) % {"count": points}


def questions_left(count: int) -> str:
    return ngettext("%(count)s question left", "%(count)s questions left", count) % {"count": count}


def _agencies_state(named: int, pasted: PastedAgenda | None) -> str:
    if not pasted:
        return ngettext("%(count)s agency in this agenda", "%(count)s agencies in this agenda", named) % {
            "count": named
        }
    known = {agency.pk for point in pasted.points for agency in point.named}
    unknown = sum(question.kind == "agency" for question in pasted.questions)
    return _("%(known)s of %(all)s known") % {"known": len(known), "all": len(known) + unknown}


def _people_state(agenda: Agenda, lonely: int) -> str:
    if lonely:
        return ngettext("%(count)s agency has no focal point", "%(count)s agencies have no focal point", lonely) % {
            "count": lonely
        }
    queued = QueuedInvitation.objects.filter(agenda=agenda).count()
    if queued:
        return ngettext("%(count)s invitation queued", "%(count)s invitations queued", queued) % {"count": queued}
    return _("Each agency needs one focal point")


def _leads_state(points: int, unassigned: int) -> str:
    if unassigned:
        return ngettext("%(count)s has no lead", "%(count)s have no lead", unassigned) % {"count": unassigned}
    return _("Each has a lead") if points else _("Who leads which action point")
