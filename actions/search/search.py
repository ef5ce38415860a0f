"""Searching action points, progress updates, agencies and people, among what the reader may see."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from actions.access import Person
from actions.models import ActionPoint, ProgressUpdate
from actions.models.action_point import REFERENCE
from tracker.folding import fold
from tracker.markdown import to_plain
from tracker.people.models import Agency, User
from tracker.searchable import Searchable, with_words

PAGE_SIZE = 10
MAX_RESULTS = 100
"""Of one kind; a query that finds more should have another word."""

EXCERPT_LENGTH = 180

SEARCHED: tuple[type[Searchable], ...] = (ActionPoint, ProgressUpdate, Agency, User)


@dataclass(frozen=True, slots=True)
class Result:
    address: str
    title: str
    excerpt: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ResultGroup:
    kind: str
    label: str
    results: Sequence[Result]
    has_more: bool


def search_all(words: Sequence[str], user: Person, kind: str = "") -> list[ResultGroup]:
    """Return PAGE_SIZE results of each kind that has any, or MAX_RESULTS of the one that is asked for. One query for each kind.

    A result contains all of the words, which are folded. Without words there are none.
    """
    if not words:
        return []
    kinds = [each for each in KINDS if (each == kind or not kind) and (each != "people" or user.is_authenticated)]
    limit = MAX_RESULTS if kind else PAGE_SIZE
    groups = []
    for each in kinds:
        label, visible, to_result = _KINDS[each]
        rows = list(with_words(visible(user, words), words)[: limit + 1])
        if rows:
            results = [to_result(row, words) for row in rows[:limit]]
            groups.append(ResultGroup(each, str(label), results, len(rows) > limit))
    return groups


def find_by_reference(text: str, user: Person, slug: str | None) -> ActionPoint | None:
    """Return the action point that `2005/3.2` names, or `3.2` in the agenda `slug`. One query."""
    if not (match := REFERENCE.fullmatch(text.strip())) or not (match[1] or slug):
        return None
    key = {"issue__agenda__slug": match[1] or slug, "issue__number": int(match[2]), "number": int(match[3])}
    return ActionPoint.objects.visible_to(user).select_related("issue__agenda").filter(**key).first()


def excerpt(text: str, words: Sequence[str]) -> str:
    """Return the first lines of a text that contain one of the words, else its beginning, in one line of about EXCERPT_LENGTH."""
    pieces = textwrap.wrap(text, EXCERPT_LENGTH, break_on_hyphens=False)
    if not pieces:
        return ""
    folded = map(fold, pieces)
    shown = next((number for number, piece in enumerate(folded) if any(word in piece for word in words)), 0)
    before, after = "… " if shown else "", " …" if shown < len(pieces) - 1 else ""
    return f"{before}{pieces[shown]}{after}"


def _visible_action_points(user: Person, words: Sequence[str]) -> QuerySet[ActionPoint]:
    return ActionPoint.objects.visible_to(user).select_related("issue__agenda").order_by("-pk")


def _visible_updates(user: Person, words: Sequence[str]) -> QuerySet[ProgressUpdate]:
    visible = ActionPoint.objects.visible_to(user).order_by()
    updates: QuerySet[ProgressUpdate] = ProgressUpdate.objects.in_force().filter(action_point__in=visible)
    return updates.select_related("action_point__issue__agenda").order_by("-pk")


def _agencies(user: Person, words: Sequence[str]) -> QuerySet[Agency]:
    return Agency.objects.order_by(_closeness(words), "acronym")


def _people(user: Person, words: Sequence[str]) -> QuerySet[User]:
    return User.objects.active().select_related("agency").order_by(_closeness(words), "name", "pk")


def _closeness(words: Sequence[str]) -> Case:
    """Sort what is called just as typed first, then what begins so. The name is the first line of the folded text."""
    typed = " ".join(words)
    return Case(
        When(search_text__startswith=f"{typed}\n", then=Value(0)),
        When(search_text__startswith=typed, then=Value(1)),
        default=Value(2),
    )


def _action_point_result(point: ActionPoint, words: Sequence[str]) -> Result:
    return Result(point.get_absolute_url(), point.title, excerpt(to_plain(point.description), words), point.reference)


def _update_result(update: ProgressUpdate, words: Sequence[str]) -> Result:
    point = update.action_point
    wording = "\n".join(to_plain(text) for text in (update.reason, update.narrative) if text)
    address = f"{point.get_absolute_url()}#update-{update.number}"
    return Result(address, point.title, excerpt(wording, words), point.reference)


def _agency_result(agency: Agency, words: Sequence[str]) -> Result:
    return Result(agency.get_absolute_url(), agency.name, reference=agency.acronym)


def _person_result(person: User, words: Sequence[str]) -> Result:
    address = f"{reverse('people_list')}?{urlencode({'q': person.email})}"
    return Result(address, person.name, person.email, str(person.agency or ""))


_KINDS: dict[str, tuple[Any, Callable[..., QuerySet[Any]], Callable[..., Result]]] = {
    "action_points": (_("Action points"), _visible_action_points, _action_point_result),
    "updates": (_("Progress updates"), _visible_updates, _update_result),
    "agencies": (_("Agencies"), _agencies, _agency_result),
    "people": (_("People"), _people, _person_result),
}
KINDS = tuple(_KINDS)
