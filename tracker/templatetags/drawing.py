"""Parts of pages that are drawn once: a page that is made anew draws what has changed."""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

DRAWN = 5000
"""So many are remembered in each process: about 10 MB."""


@register.simple_tag
def drawn(name: str, **shown: Hashable) -> SafeString:
    """`{% drawn "actions/_action_point_row.html" row=row %}`: as `{% include ... with ... only %}`, of values that hold all that shows.

    Values that are equal must look the same in one language: texts, numbers, days, and frozen dataclasses of such.
    """
    return _drawn(get_language(), name, tuple(shown.items()))


@lru_cache(maxsize=DRAWN)
def _drawn(language: str | None, name: str, shown: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return mark_safe(get_template(name).render(dict(shown)))  # noqa: S308 - as a template made it
