"""Find out from when on a reader may read the history of an agenda and of its contents."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef

from issues.models import Agenda, hidden_from

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tracker.people.models import User

ALWAYS = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


def readable_since(agendas: Iterable[int], reader: "User | AnonymousUser") -> dict[int, datetime]:
    """Return when each agenda, by its id, became readable for the reader: ALWAYS if it never was hidden, NEVER if it still is.

    Texts and owners that were replaced or removed by then are hidden from the reader. One query, none for readers of drafts.
    """
    since = dict.fromkeys(agendas, ALWAYS)
    if not (hidden := hidden_from(reader)):
        return since
    still_hidden = Exists(Agenda.objects.filter(hidden, pk=OuterRef("id")))
    rows = Agenda.history.filter(id__in=since).order_by("history_date", "history_id")
    rows = rows.annotate(was_hidden=ExpressionWrapper(hidden, BooleanField()), still_hidden=still_hidden)
    was_hidden_before: dict[int, bool] = {}
    for agenda, at, was_hidden, is_hidden in rows.values_list("id", "history_date", "was_hidden", "still_hidden"):
        if is_hidden:
            since[agenda] = NEVER
        elif was_hidden or was_hidden_before.get(agenda):
            since[agenda] = at
        was_hidden_before[agenda] = was_hidden
    return since
