"""Read the date that a page shows: `?as_of=2006-03-31`, as reported by then or, with `&by=recorded`, as recorded by then."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import ProgressUpdate
from actions.models.action_point_queryset import Basis, end_of, updates_as_of
from issues.models import Agenda

EARLIEST = date(1945, 1, 1)
PARAMETERS = ("as_of", "by")


@dataclass(frozen=True, slots=True)
class AsOf:
    """The date that a page shows: today, or a past one. `errors` has messages about invalid parameters."""

    day: date
    is_past: bool = False
    basis: str = Basis.REPORTED
    errors: tuple[str, ...] = ()

    @property
    def query(self) -> dict[str, str]:
        """Return the query parameters for links to the same date; empty for today."""
        if not self.is_past:
            return {}
        return {"as_of": self.day.isoformat()} | ({"by": self.basis} if self.basis != Basis.REPORTED else {})

    @property
    def query_text(self) -> str:
        return urlencode(self.query)

    @property
    def addition(self) -> str:
        """Return the parameters to append to a query string: `&as_of=2006-03-31`."""
        return f"&{self.query_text}" if self.is_past else ""

    @property
    def suffix(self) -> str:
        """Return the parameters to append to an address without a query: `?as_of=2006-03-31`."""
        return f"?{self.query_text}" if self.is_past else ""

    def look_back(self, agenda: Agenda) -> Agenda:
        """Set the state of the agenda, in memory, as it was on that date, and return the agenda. One query for a past date."""
        if self.is_past:
            agenda.look_back(end_of(self.day))
        return agenda

    def updates(self) -> Any:
        """Return the versions of progress updates that count on that date."""
        return updates_as_of(self.day, self.basis) if self.is_past else ProgressUpdate.objects.current()

    def mark(self, update: Any) -> None:
        """Set `recorded_late` on an update, in memory, and remove a withdrawal after that date."""
        if self.is_past:
            update.recorded_late = update.recorded_at.date() > self.day
            if update.withdrawn_at and update.withdrawn_at.date() > self.day:
                update.withdrawn_at = None


def read_as_of(request: HttpRequest) -> AsOf:
    """Return the date in the query string; today, with error messages, if the parameters are invalid."""
    today = timezone.localdate()
    day_text, basis = request.GET.get("as_of", ""), request.GET.get("by", Basis.REPORTED)
    errors = []
    if basis not in Basis.values:
        errors.append(_("Choose “reported” or “recorded”. This page shows what was reported."))
        basis = Basis.REPORTED
    try:
        day = date.fromisoformat(day_text) if day_text else today
    except ValueError:
        day = today
        errors.append(_("The day must look like 2006-03-31. This page shows today."))
    if not EARLIEST <= day <= today:
        day = today
        errors.append(_("Choose a day from 1945 until today. This page shows today."))
    return AsOf(day, day != today, basis, tuple(errors))
