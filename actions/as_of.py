"""Read the date that a page shows: `?as_of=2006-03-31`, as reported by then or, with `&by=recorded`, as recorded by then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.access import Person
from actions.models import ProgressUpdate
from actions.models.action_point_queryset import Basis, updates_as_of
from issues.readable_history import ALWAYS, readable_since

EARLIEST = date(1945, 1, 1)
PARAMETERS = ("as_of", "by")


@dataclass(frozen=True, slots=True)
class AsOf:
    """The date that a page shows: today, or a past one. `errors` has messages about invalid parameters."""

    day: date
    is_past: bool = False
    basis: str = Basis.REPORTED
    errors: tuple[str, ...] = ()
    reader: Person | None = None
    """Whom the page is for. Without a reader nothing of the history is hidden, for figures that show no texts."""
    today: date = date.max
    """The last day that can be shown."""
    _readable_since: dict[int, datetime] = field(default_factory=dict, compare=False, repr=False)

    @property
    def query(self) -> dict[str, str]:
        """Return the query parameters for links to the same date; empty for today."""
        return self.query_of(self.day) if self.is_past else {}

    def query_of(self, day: date) -> dict[str, str]:
        """Return the query parameters for links to another past date."""
        return {"as_of": day.isoformat()} | ({"by": self.basis} if self.basis != Basis.REPORTED else {})

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

    def updates(self) -> Any:
        """Return the versions of progress updates that count on that date."""
        return updates_as_of(self.day, self.basis) if self.is_past else ProgressUpdate.objects.current()

    def mark(self, update: Any) -> None:
        """Set `recorded_late` on an update, in memory, and remove a withdrawal after that date."""
        if self.is_past:
            update.recorded_late = update.recorded_day > self.day
            if update.withdrawn_day and update.withdrawn_day > self.day:
                update.withdrawn_at = update.withdrawn_day = None

    def readable_since(self, agendas: Collection[int]) -> Mapping[int, datetime]:
        """Return since when the reader may read the history of each of these agendas. One query the first time."""
        if self.reader is None:
            return dict.fromkeys(agendas, ALWAYS)
        if unknown := [agenda for agenda in agendas if agenda not in self._readable_since]:
            self._readable_since.update(readable_since(unknown, self.reader))
        return self._readable_since


def read_as_of(request: HttpRequest) -> AsOf:
    """Return the date in the query string; today, with error messages, if the parameters are invalid."""
    today = timezone.localdate()
    day_text, basis = request.GET.get("as_of", ""), request.GET.get("by", Basis.REPORTED)
    errors = []
    if basis not in Basis.values:
        errors.append(_("There is no such way of counting. This page shows what was reported."))
        basis = Basis.REPORTED
    try:
        day = date.fromisoformat(day_text) if day_text else today
    except ValueError:
        day = today
        errors.append(_("Write the day as 2006-03-31. This page shows today."))
    if not EARLIEST <= day <= today:
        day = today
        errors.append(_("Choose a day from 1945 until today. This page shows today."))
    return AsOf(day, day != today, basis, tuple(errors), request.user, today)
