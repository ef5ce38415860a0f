"""Split lists into pages: `?page=2`."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.utils.translation import gettext as _


def get_page(items: Any, size: int, query: Mapping[str, str], errors: list[str], parameter: str = "page") -> Page[Any]:
    """Return the requested page of a sequence or an ordered QuerySet; the first page if none is requested.

    If that page does not exist, add a message to `errors` and return the nearest page.
    """
    paginator = Paginator(items, size)
    number = query.get(parameter) or 1
    try:
        return paginator.page(number)
    except InvalidPage:
        page = paginator.get_page(number)
        errors.append(
            _("There is no page “%(number)s” in this list. This is page %(shown)s of %(pages)s.")
            % {"number": str(number)[:20], "shown": page.number, "pages": paginator.num_pages}
        )
        return page
