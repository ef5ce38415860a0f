"""Searching action points, progress updates, agencies and people, among what the reader may see."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from actions.access import Person
from actions.models import ActionPoint, ProgressUpdate
from actions.models.action_point import REFERENCE
from issues.models import Agenda
from tracker.folding import fold
from tracker.markdown import to_plain
from tracker.people.models import Agency, User
from tracker.searchable import Searchable, closeness, with_words

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
    """Return PAGE_SIZE results of each kind that has any, or MAX_RESULTS of the one that is asked for.

    A result contains all of the words, which are folded. Without words there are none. One query, and two for each kind.
    """
    if not words:
        return []
    agendas = list(Agenda.objects.visible_to(user).values_list("pk", flat=True))
    limit = MAX_RESULTS if kind else PAGE_SIZE
    groups = []
    for each in [kind] if kind else KINDS:
        if each == "people" and not user.is_authenticated:
            continue
        label, choose, to_result = _KINDS[each]
        rows = choose(agendas, words)
        # First the numbers alone: with the tables that results are shown from, databases would join and sort all that match.
        numbers = list(with_words(rows, words).values_list("pk", flat=True)[: limit + 1])
        if numbers:
            results = [to_result(row, words) for row in rows.filter(pk__in=numbers)[:limit]]
            groups.append(ResultGroup(each, str(label), results, len(numbers) > limit))
    return groups


def find_by_reference(text: str, user: Person) -> ActionPoint | None:
    """Return the action point that `2005/3.2` names, or `3.2` in the newest agenda. Two queries at most, none without a reference."""
    if not (match := REFERENCE.fullmatch(text.strip())):
        return None
    slug = match[1] or Agenda.objects.visible_to(user).order_by("-slug").values_list("slug", flat=True).first()
    key = {"issue__agenda__slug": slug, "issue__number": int(match[2]), "number": int(match[3])}
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


def _action_points(agendas: Sequence[int], words: Sequence[str]) -> QuerySet[ActionPoint]:
    return ActionPoint.objects.filter(issue__agenda__in=agendas).select_related("issue__agenda").order_by("-pk")


def _updates(agendas: Sequence[int], words: Sequence[str]) -> QuerySet[ProgressUpdate]:
    """Current updates. By subqueries, not joins: databases then stop at the newest that match, however many there are."""
    visible = ActionPoint.objects.filter(pk=OuterRef("action_point"), issue__agenda__in=agendas).order_by()
    newer = ProgressUpdate.objects.filter(supersedes=OuterRef("pk")).order_by()
    updates = ProgressUpdate.objects.filter(Exists(visible), ~Exists(newer), withdrawn_at=None)
    return updates.select_related("action_point__issue__agenda").order_by("-pk")


def _agencies(agendas: Sequence[int], words: Sequence[str]) -> QuerySet[Agency]:
    return Agency.objects.order_by(closeness(words), "acronym")


def _people(agendas: Sequence[int], words: Sequence[str]) -> QuerySet[User]:
    return User.objects.active().select_related("agency").order_by(closeness(words), "name", "pk")


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
    about = f"{person.get_role_display()} · {person.email}"
    return Result(address, person.name, about, str(person.agency or ""))


_KINDS: dict[str, tuple[Any, Callable[..., QuerySet[Any]], Callable[..., Result]]] = {
    "action_points": (_("Action points"), _action_points, _action_point_result),
    "updates": (_("Progress updates"), _updates, _update_result),
    "agencies": (_("Agencies"), _agencies, _agency_result),
    "people": (_("People"), _people, _person_result),
}
KINDS = tuple(_KINDS)
