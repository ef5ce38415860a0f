"""Start, rename and lock the plan of the next agenda."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.rollover.models import Rollover
from issues.models import Agenda
from tracker.people.models import User
from tracker.transactions import for_update


class RolloverError(Exception):
    """Refuse a change, with a message for the coordinator. Nothing was stored."""


def reason_not_to_start(source: Agenda) -> str:
    """Return why no plan can be started for this agenda; empty if one can. At most one query."""
    if source.state == Agenda.State.DRAFT:
        return _("This agenda is still a draft. Open it before you prepare the next one.")
    return reason_already_followed(source)


def reason_already_followed(source: Agenda) -> str:
    """Return a message that names the agenda that follows this one; empty if none does. One query."""
    follower = Agenda.objects.filter(follows=source).first()
    return _("“%(agenda)s” already follows this agenda.") % {"agenda": follower.title} if follower else ""


def start(rollover: Rollover, by: User, now: datetime) -> Rollover:
    """Store a new plan, with copies of the issues. Return the stored one if another coordinator was faster."""
    with transaction.atomic():
        for_update(Agenda.objects.all()).get(pk=rollover.source_id)
        if existing := Rollover.objects.filter(source=rollover.source_id).first():
            return existing
        rollover.started_by, rollover.started_at = by, now
        rollover.save()
        rollover.copy_issues()
    return rollover


def lock_plan(rollover: Rollover) -> Rollover:
    """Lock the plan and read it again. Raises RolloverError if the new agenda has been created."""
    locked = for_update(Rollover.objects.select_related("source")).get(pk=rollover.pk)
    if locked.is_carried_out:
        raise RolloverError(
            _(
                "The new agenda has been created, so nothing was changed. Remove its draft first: all decisions are kept."
            )
        )
    return locked


@transaction.atomic
def rename(rollover: Rollover, *, slug: str, title: str) -> None:
    """Change the name of the next agenda. Raises RolloverError if it has been created."""
    locked = lock_plan(rollover)
    locked.slug, locked.title = slug, title
    locked.save(update_fields=["slug", "title"])
