"""Which page of a list the address asks for."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from tracker.keyset import PlaceError

Found = TypeVar("Found")


def page_asked_for(asked: Mapping[str, str], page: Callable[..., Found], complaints: list[str]) -> Found:
    """What `page` makes of the places `after` and `before`; where they name none it makes the first page, and that is said."""
    try:
        return page(after=asked.get("after"), before=asked.get("before"))
    except PlaceError:
        complaints.append(_("The address names no place in this list; here is its beginning."))
        return page()
