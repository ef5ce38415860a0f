"""Turn stored values into what people read."""

from django import template
from django.utils.safestring import SafeString

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
