"""Lists page by page: `?page=2`."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.utils.translation import gettext as _


def get_page(items: Any, size: int, asked: Mapping[str, str], errors: list[str], parameter: str = "page") -> Page[Any]:
    """The page of the items (a sequence or an ordered QuerySet) that the query asks for; the first if it asks for none.

    If there is no such page, an error is added to `errors` and the nearest page comes instead.
    """
    paginator = Paginator(items, size)
    number = asked.get(parameter) or 1
    try:
        return paginator.page(number)
    except InvalidPage:
        page = paginator.get_page(number)
        errors.append(
            _("There is no page “%(asked)s” of this list. Here is page %(shown)s of %(pages)s.")
            % {"asked": str(number)[:20], "shown": page.number, "pages": paginator.num_pages}
        )
        return page
