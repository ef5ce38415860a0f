"""Split lists into pages: `?page=2`."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.utils.translation import gettext as _


def get_page(items: Any, size: int, query: Mapping[str, str], errors: list[str], parameter: str = "page") -> Page[Any]:
    """Return the requested page of a sequence or an ordered QuerySet; the first page if none is requested.

    If that page does not exist, add a message to `errors` and return the nearest page. The first page reads one item more, so that a list
    of one page need not be counted.
    """
    number = query.get(parameter) or 1
    if number in {1, "1"}:
        first = list(items[: size + 1])
        return Page(first[:size], 1, Paginator(first if len(first) <= size else items, size))
    paginator = Paginator(items, size)
    try:
        return paginator.page(number)
    except InvalidPage:
        page = paginator.get_page(number)
        errors.append(
            _("There is no page “%(number)s” in this list. This is page %(shown)s of %(pages)s.")
            % {"number": str(number)[:20], "shown": page.number, "pages": paginator.num_pages}
        )
        return page
