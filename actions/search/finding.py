"""What a query finds, of what the reader may see, the best first, with the words marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from actions.access import Person
from actions.models import ActionPoint, ProgressUpdate
from actions.models.action_point import REFERENCE
from actions.search.index import SOURCES, Source, ranked
from actions.search.query import Query, fold
from tracker.markdown import to_plain
from tracker.people.models import Agency, User

SHOWN = 10
MOST = 100
"""Of one kind; a query that finds more should say more."""

_AROUND = 90
"""Characters on each side of the first word that was found."""

_EDGE, _BETWEEN = r"\b", r"[\W_]+"
"""Of words."""


@dataclass(frozen=True, slots=True)
class Hit:
    address: str
    title: SafeString
    excerpt: SafeString
    reference: str = ""
    """Text; an acronym has its words marked, too."""


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    label: str
    hits: Sequence[Hit]
    has_more: bool


def find(query: Query, user: Person, kind: str = "") -> list[Found]:
    """SHOWN hits of each kind, or MOST of the one that is asked for. Three queries a kind, one where nothing is found."""
    if not query.wanted:
        return []
    limit = MOST if kind else SHOWN
    kinds = [each for each in _KINDS if each == kind or not kind]
    if not user.is_authenticated:
        kinds = [each for each in kinds if each != "people"]
    found = []
    for each in kinds:
        label, visible, hit = _KINDS[each]
        hits = _best(SOURCES[each], query, visible(user), limit + 1)
        if hits:
            found.append(Found(each, str(label()), [hit(row, query) for row in hits[:limit]], len(hits) > limit))
    return found


def by_reference(text: str, user: Person, slug: str | None) -> ActionPoint | None:
    """The action point that `2005/3.2` names, or `3.2` in the agenda `slug`. One query."""
    if not (match := REFERENCE.fullmatch(text.strip())) or not (match[1] or slug):
        return None
    of = {"issue__agenda__slug": match[1] or slug, "issue__number": int(match[2]), "number": int(match[3])}
    return ActionPoint.objects.visible_to(user).select_related("issue__agenda").filter(**of).first()


def _best(source: Source, query: Query, visible: QuerySet[Any], limit: int) -> list[Any]:
    if query.needs_substrings:
        for word in query.words:
            visible = visible.filter(_holds(source, word))
        for phrase in query.unwanted:
            visible = visible.exclude(_holds(source, " ".join(phrase.words)))
        return list(visible.order_by("-pk")[:limit])
    rows = visible.in_bulk(pks := ranked(visible, source, query, limit))
    return [rows[pk] for pk in pks if pk in rows]


def _holds(source: Source, word: str) -> Q:
    fits = Q()
    for column in source.columns:
        fits |= Q(**{f"{column}__icontains": word})
    return fits


def _action_point(point: ActionPoint, query: Query) -> Hit:
    return Hit(
        point.get_absolute_url(),
        marked(point.title, query),
        excerpt(to_plain(point.description), query),
        point.reference,
    )


def _update(update: ProgressUpdate, query: Query) -> Hit:
    point = update.action_point
    said = "\n".join(map(to_plain, filter(None, [update.reason, update.narrative])))
    return Hit(
        f"{point.get_absolute_url()}#update-{update.number}",
        marked(point.title, query),
        excerpt(said, query),
        point.reference,
    )


def _agency(agency: Agency, query: Query) -> Hit:
    return Hit(agency.get_absolute_url(), marked(agency.name, query), mark_safe(""), marked(agency.acronym, query))


def _person(person: User, query: Query) -> Hit:
    address = f"{reverse('people_list')}?q={person.email}"
    return Hit(address, marked(person.name, query), marked(person.email, query), str(person.agency or ""))


def _visible_updates(user: Person) -> QuerySet[ProgressUpdate]:
    """Those in force. Not by the join of `in_force`: for a phrase that many have PostgreSQL would hash all updates and read each text."""
    newer = ProgressUpdate.objects.filter(supersedes=OuterRef("pk")).order_by()
    visible = ActionPoint.objects.visible_to(user)
    found = ProgressUpdate.objects.filter(~Exists(newer), withdrawn_at=None, action_point__in=visible)
    return found.select_related("action_point__issue__agenda")


_KINDS: dict[str, tuple[Any, Any, Any]] = {
    "action_points": (
        lambda: _("Action points"),
        lambda user: ActionPoint.objects.visible_to(user).select_related("issue__agenda"),
        _action_point,
    ),
    "updates": (lambda: _("Progress updates"), _visible_updates, _update),
    "agencies": (lambda: _("Agencies"), lambda user: Agency.objects.all(), _agency),
    "people": (lambda: _("People"), lambda user: User.objects.active().select_related("agency"), _person),
}
KINDS = tuple(_KINDS)


def marked(text: str, query: Query) -> SafeString:
    """The text, escaped, with the words of the query in `<mark>`."""
    pieces, done = [], 0
    for begin, end in _places(text, query):
        pieces += [escape(text[done:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        done = end
    return mark_safe("".join(map(str, [*pieces, escape(text[done:])])))  # noqa: S308 - all of it is escaped above


def excerpt(text: str, query: Query) -> SafeString:
    """What stands around the first word that was found, in one line; the beginning where there is none."""
    line = " ".join(text.split())
    places = _places(line, query)
    begin = max(0, places[0][0] - _AROUND) if places else 0
    end = (places[0][1] if places else 0) + _AROUND
    if begin:
        begin = line.find(" ", begin, places[0][0]) + 1 or begin
    shown = line[begin:end]
    if end < len(line) and " " in shown[-20:]:
        shown = shown[: shown.rindex(" ")]
    before, after = "… " if begin else "", " …" if begin + len(shown) < len(line) else ""
    return mark_safe(f"{before}{marked(shown, query)}{after}")  # noqa: S308 - `marked` escapes


def _places(text: str, query: Query) -> list[tuple[int, int]]:
    """Where the words stand, and phrases as a whole. Letters are folded one by one, so that the places are those of the text itself."""
    folded = [fold(character) for character in text]
    starts: list[int] = []
    for number, letters in enumerate(folded):
        starts += [number] * len(letters)
    whole, found = "".join(folded), set()
    for pattern in _patterns(query):
        for match in re.finditer(pattern, whole):
            found.add((starts[match.start()], starts[match.end() - 1] + 1))
    places: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if places and begin < places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((begin, end))
    return places


def _patterns(query: Query) -> list[str]:
    """For folded text: words are letters and digits, so nothing in them means anything else."""
    if query.needs_substrings:
        return query.words
    return [_EDGE + _BETWEEN.join(phrase.words) + ("" if phrase.is_open else _EDGE) for phrase in query.wanted]
