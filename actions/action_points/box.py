"""Prepare the box: the short form about one part, with the last update on that part."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.action_points.forms import BoxForm
from actions.action_points.forms.box import sentence_start
from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.reports import parents_of, report_of
from actions.summaries import covers
from tracker.people.models import User


@dataclass(frozen=True, slots=True)
class Box:
    form: BoxForm
    last: ProgressUpdate | None
    """The last update on the part."""

    @property
    def sentence(self) -> str:
        """Return the beginning of an answer "no progress", ready to be continued."""
        return f"{sentence_start()} "

    @property
    def last_text(self) -> str:
        return text_of(self.last) if self.last else ""


def text_of(update: ProgressUpdate) -> str:
    """Return what somebody wrote in the box: the reason if there was no progress."""
    return update.reason or update.narrative


def open_box(
    action_point: ActionPoint,
    part: Responsibility | None,
    user: User,
    today: date,
    *,
    data: Any = None,
    start: str = "",
    typed: dict[str, Any] | None = None,
) -> Box:
    """Return the box about a part, bound if `data` is passed, otherwise with the `typed` values or the beginning that `start` chooses.

    `part` is None for an action point without a lead. About six queries.
    """
    last = last_update_on(action_point, part)
    form = BoxForm(
        data,
        initial=typed or BoxForm.starting((part or action_point).status, last, start),
        version=action_point.last_number(),
        action_point=action_point,
        part=part,
        user=user,
        today=today,
    )
    if not data:
        form.focus_first()
    return Box(form, last)


def last_update_on(action_point: ActionPoint, part: Responsibility | None) -> ProgressUpdate | None:
    """Return the latest current update that covers the part; None if none does. Three queries."""
    lead = part.agency_id if part else None
    updates = action_point.progress_updates.current().newest_first().with_context()
    return next((update for update in updates if covers(report_of(update), lead, parents_of([update]))), None)
