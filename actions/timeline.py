"""A time line of progress updates, read page by page: by where the last page ended, which costs the same however long it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q

from actions.models import ProgressUpdate
from actions.models.progress_update import ProgressUpdateQuerySet

PAGE_SIZE = 25
_POSITIVE = re.compile(r"[1-9][0-9]{0,8}\Z", re.ASCII)


class NoSuchUpdateError(Exception):
    """`before` names no update of this time line."""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    updates: Sequence[ProgressUpdate]
    older: int | None
    """The `before` of the next page; None on the last one."""


def page(
    updates: ProgressUpdateQuerySet, before: str | None, key: Literal["number", "pk"] = "number", size: int = PAGE_SIZE
) -> TimelinePage:
    """The newest updates, or those older than the one whose `key` is `before`. `key` must be unique among `updates`.

    Up to four queries. Raises NoSuchUpdateError.
    """
    ordered = updates.order_by("-reported_on_latest", f"-{key}")
    if before is not None:
        ordered = ordered.filter(_older_than(updates, before, key))
    found = list(ordered.with_context()[: size + 1])
    shown = found[:size]
    return TimelinePage(shown, getattr(shown[-1], key) if len(found) > size else None)


def _older_than(updates: ProgressUpdateQuerySet, before: str, key: str) -> Q:
    if not _POSITIVE.match(before):
        raise NoSuchUpdateError
    day = updates.filter(**{key: int(before)}).values_list("reported_on_latest", flat=True).first()
    if day is None:
        raise NoSuchUpdateError
    return Q(reported_on_latest__lt=day) | Q(**{"reported_on_latest": day, f"{key}__lt": int(before)})
