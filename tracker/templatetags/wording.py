"""Turn stored values into what people read."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from tracker import enumerations
from tracker.durations import in_words
from tracker.markdown import to_html, to_plain

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Render Markdown: `{{ update.narrative|markdown }}`."""
    return to_html(text)


@register.filter
def plain(text: str) -> str:
    """Return Markdown as plain text on one line: `{{ update.narrative|plain|truncatechars:160 }}`."""
    return " ".join(to_plain(text).split())


@register.filter
def duration(days: int) -> str:
    """Write a number of days in words: `{{ days|duration }}` is "5 months"."""
    return in_words(days)


@register.filter(needs_autoescape=True)
def comma_separated(words: Iterable[Any], autoescape: bool = True) -> str:
    """Write words with the comma of the reader's language between them: `{{ acronyms|comma_separated }}`."""
    return enumerations.comma_separated_html(words) if autoescape else enumerations.comma_separated(words)
