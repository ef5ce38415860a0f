"""Choose people in a form by typing a name or an email address.

The page contains only the people who are chosen, so its size does not depend on the size of the network. All values of a field have its
name: the ids of chosen people, and typed text, which may hold several names and addresses, separated by commas or lines. A script suggests
people while somebody types. Without it the server finds out who is meant, and offers the people to choose from if that is not clear.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tracker.enumerations import COMMAS
from tracker.folding import fold, words_of
from tracker.people.mailboxes import canonical
from tracker.people.models import User, UserQuerySet
from tracker.searchable import MAX_WORDS, closeness

MAX_OFFERED = 10
"""How many people are suggested or offered for one name."""
MAX_NAMES = 20
"""How many names are looked up for one field. Email addresses have no such limit."""
MAX_CHARACTERS = 254
"""Characters of the longest name or address that is looked up."""

_SEPARATOR = re.compile(rf"[{COMMAS}\n\r\t]")
_ADDRESS_AFTER_NAME = re.compile(r".*<\s*(\S+@\S+?)\s*>")
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass
class Selection:
    """Hold whom the values of a field name."""

    people: list[User] = field(default_factory=list)
    """Everybody whom the values name clearly."""
    unclear: dict[str, list[User]] = field(default_factory=dict)
    """Typed texts that name nobody clearly, each with people who may be meant."""
    has_unknown_id: bool = False
    """Whether one of the ids belongs to nobody who may be chosen."""
    has_too_many_names: bool = False


def select(values: Iterable[Any], people: UserQuerySet, typed_people: UserQuerySet) -> Selection:
    """Find whom the values (people, ids, typed text) name: ids among `people`, texts among `typed_people`.

    A text names a person clearly by the email address, by the whole name, or by words that are in no other person's name. A name that
    fits several people is clear, too, if the address of one of them is among the values. One query for each name, and three more.
    """
    ids, texts = _ids_and_texts(values)
    people, typed_people = people.select_related("agency"), typed_people.select_related("agency")
    by_id = {person.pk: person for person in people.filter(pk__in=ids)} if ids else {}
    by_address = _by_address(texts, typed_people)
    selection = Selection([by_id[pk] for pk in ids if pk in by_id], has_unknown_id=len(by_id) < len(ids))
    selection.people += by_address.values()
    names = [text for text in texts if canonical(text) not in by_address]
    selection.has_too_many_names = len(names) > MAX_NAMES
    meant = {name: _meant_by(name, typed_people) for name in names[:MAX_NAMES]}
    loaded = (
        typed_people.in_bulk([pk for _is_clear, pks in meant.values() for pk in pks[:MAX_OFFERED]]) if meant else {}
    )
    addressed = {person.pk for person in by_address.values()}
    for name in names:
        is_clear, pks = meant.get(name, (False, []))
        people_meant = [loaded[pk] for pk in pks[:MAX_OFFERED] if pk in loaded]
        if is_clear:
            selection.people += people_meant
        elif addressed.isdisjoint(pks):
            selection.unclear[name] = people_meant
    selection.people = list(dict.fromkeys(selection.people))
    return selection


def matching(people: UserQuerySet, text: str) -> UserQuerySet:
    """Return the people whose name or address contains each word of the text, closest names first. A word can also be the acronym of
    the person's agency. Nobody for more than MAX_WORDS words.
    """
    words = words_of(text) if len(text) <= MAX_CHARACTERS else []
    if not 0 < len(words) <= MAX_WORDS:
        return people.none()
    each = (Q(search_text__contains=word) | Q(agency__acronym__iexact=word) for word in words)
    return people.filter(reduce(and_, each)).order_by(closeness(words), "name", "email")


def _meant_by(name: str, people: UserQuerySet) -> tuple[bool, list[int]]:
    """Return whether the name is that of one person, and the ids of those who may be meant, closest first. One query."""
    words = set(words_of(name))
    rows = list(matching(people, name).values_list("pk", "name", "agency__acronym"))
    same_name = [pk for pk, full_name, _acronym in rows if _name_words(full_name) == words]
    with_words = [pk for pk, full_name, acronym in rows if _has_words(full_name, words - {fold(acronym or "")})]
    pks = same_name or with_words
    return len(pks) == 1, pks or [row[0] for row in rows]


def _has_words(full_name: str, words: set[str]) -> bool:
    return bool(words) and words <= _name_words(full_name)


def _name_words(name: str) -> set[str]:
    return set(words_of(_SEPARATOR.sub(" ", name)))


def _by_address(texts: list[str], people: UserQuerySet) -> dict[str, User]:
    addresses = [canonical(text) for text in texts if "@" in text and len(text) <= MAX_CHARACTERS]
    return {person.email: person for person in people.filter(email__in=addresses)} if addresses else {}


def _ids_and_texts(values: Iterable[Any]) -> tuple[list[int], list[str]]:
    """Return the ids and the single names and addresses among the values, each once, in their order."""
    ids: dict[int, None] = {}
    texts: dict[str, None] = {}
    for value in values:
        text = str(value.pk if isinstance(value, User) else value).strip()
        if _ID.fullmatch(text):
            ids[int(text)] = None
        else:
            texts |= dict.fromkeys(_split(text))
    return list(ids), list(texts)


def _split(text: str) -> Iterator[str]:
    """Yield the names and addresses of a typed text: `Ana Diaz <ana@example.org>, Bo` becomes `ana@example.org` and `Bo`."""
    for piece in _SEPARATOR.split(text):
        words = "".join(letter for letter in piece if letter.isprintable()).split()
        joined = " ".join(words)
        if match := _ADDRESS_AFTER_NAME.fullmatch(joined):
            yield match[1]
        elif all("@" in word for word in words):
            yield from words
        else:
            yield joined


class PeopleInput(forms.Widget):
    """Show a ticked box for each chosen person, a text field for others, and boxes for the people whom an unclear name may mean."""

    template_name = "people/_people_input.html"
    use_fieldset = True
    takes_several = True
    field: "PeopleField"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else _as_list(data.get(name))
        return [value for value in values if str(value).strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # nobody is ticked, nothing is typed

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        selection = self.field.select(value)
        context["widget"] |= {
            "chosen": selection.people,
            "offers": {text: people for text, people in selection.unclear.items() if people},
            "typed": ("\n" if self.takes_several else ", ").join(selection.unclear),
            "takes_several": self.takes_several,
            "suggestions": self.field.address_of_suggestions(),
        }
        return context


class PersonInput(PeopleInput):
    """Show the chosen person with a ticked box, and a text field for another one."""

    takes_several = False


class PeopleField(forms.Field):
    """Choose several people of `queryset`; the value is a list. Only active people can be typed, unless `with_deactivated`: a deactivated
    person of `queryset` can stay chosen.
    """

    widget = PeopleInput
    default_error_messages = {
        "not_found": _("“%(text)s” was not found. Check the spelling, or type only a part of the name."),
        "unclear": _("Choose below who is meant by “%(text)s”, or type more of the name."),
        "too_many_names": _(
            "At most %(count)s names can be looked up at once. Use email addresses for the others, or add them later."
        ),
        "unknown_id": _("Somebody you chose can no longer be chosen. Check who is ticked, then send the form again."),
    }

    def __init__(self, queryset: UserQuerySet | None = None, *, with_deactivated: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.queryset: UserQuerySet = User.objects.active() if queryset is None else queryset
        self.with_deactivated = with_deactivated
        self.widget.field = self

    def __deepcopy__(self, memo: dict[int, Any]) -> "PeopleField":
        """Copy the field for a form, with a widget that belongs to the copy."""
        result: PeopleField = super().__deepcopy__(memo)
        result.widget.field = result
        return result

    def select(self, value: Any) -> Selection:
        """Return whom a value of the field names."""
        people: UserQuerySet = self.queryset.all()
        return select(_as_list(value), people, people if self.with_deactivated else people.active())

    def address_of_suggestions(self) -> str:
        return reverse("people_suggestions") + ("?deactivated=yes" if self.with_deactivated else "")

    def clean(self, value: Any) -> Any:
        selection = self.select(value)
        if errors := list(self._errors(selection)):
            raise ValidationError(errors)
        if self.required and not selection.people:
            raise ValidationError(self.error_messages["required"], "required")
        return selection.people

    def has_changed(self, initial: Any, data: Any) -> bool:
        before, after = self.select(initial), self.select(data)
        return bool(after.unclear) or set(before.people) != set(after.people)

    def _errors(self, selection: Selection) -> Iterator[ValidationError]:
        if selection.has_unknown_id:
            yield ValidationError(self.error_messages["unknown_id"], "unknown_id")
        if selection.has_too_many_names:
            yield ValidationError(self.error_messages["too_many_names"], "too_many_names", {"count": MAX_NAMES})
            return
        for text, offered in selection.unclear.items():
            code = "unclear" if offered else "not_found"
            yield ValidationError(self.error_messages[code], code, {"text": text})


class PersonField(PeopleField):
    """Choose one person; the value is the person or None."""

    widget = PersonInput
    default_error_messages = {"several": _("Choose one person: untick the others.")}

    def clean(self, value: Any) -> Any:
        people = super().clean(value)
        if len(people) > 1:
            raise ValidationError(self.error_messages["several"], "several")
        return people[0] if people else None


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | QuerySet) else [value]
