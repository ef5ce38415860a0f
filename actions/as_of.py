"""The day that a page is asked for: `?as_of=2006-03-31`, as reported by then or, with `&by=recorded`, as the tracker knew it then."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import ProgressUpdate
from actions.models.action_point_queries import Basis, end_of, updates_as_of
from issues.models import Agenda

EARLIEST = date(1945, 1, 1)
PARAMETERS = ("as_of", "by")


@dataclass(frozen=True, slots=True)
class AsOf:
    """`day` is today unless the page is asked for another. `complaints` say what could not be understood; then it is today."""

    day: date
    is_past: bool = False
    basis: str = Basis.REPORTED
    complaints: tuple[str, ...] = ()

    @property
    def query(self) -> dict[str, str]:
        """What keeps a link on that day; empty today."""
        if not self.is_past:
            return {}
        return {"as_of": self.day.isoformat()} | ({"by": self.basis} if self.basis != Basis.REPORTED else {})

    @property
    def query_text(self) -> str:
        return urlencode(self.query)

    @property
    def addition(self) -> str:
        """The same, to be put after a query."""
        return f"&{self.query_text}" if self.is_past else ""

    @property
    def suffix(self) -> str:
        """The same, to be put after an address that has no query."""
        return f"?{self.query_text}" if self.is_past else ""

    def look_back(self, agenda: Agenda) -> Agenda:
        """The same agenda, in memory open or closed as it was on that day. One query for a past date."""
        if self.is_past:
            agenda.look_back(end_of(self.day))
        return agenda

    def updates(self) -> Any:
        """The versions of progress updates that count on that day."""
        return updates_as_of(self.day, self.basis) if self.is_past else ProgressUpdate.objects.current()

    def mark(self, update: Any) -> None:
        """Say of an update, in memory, whether it was recorded after that day; a withdrawal that came after it is not known yet."""
        if self.is_past:
            update.recorded_late = update.recorded_at.date() > self.day
            if update.withdrawn_at and update.withdrawn_at.date() > self.day:
                update.withdrawn_at = None


def read_as_of(request: HttpRequest) -> AsOf:
    """What the address asks for."""
    today = timezone.localdate()
    asked, basis = request.GET.get("as_of", ""), request.GET.get("by", Basis.REPORTED)
    complaints = []
    if basis not in Basis.values:
        complaints.append(_("An agenda is shown as it was “reported” or “recorded”; here it is as reported."))
        basis = Basis.REPORTED
    try:
        day = date.fromisoformat(asked) if asked else today
    except ValueError:
        day = today
        complaints.append(_("The day to go back to must look like 2006-03-31; here is today."))
    if not EARLIEST <= day <= today:
        day = today
        complaints.append(_("Only days from 1945 until today can be gone back to; here is today."))
    return AsOf(day, day != today, basis, tuple(complaints))
