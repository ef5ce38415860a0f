"""Turn stored values into what people read."""

from django import template
from django.utils.safestring import SafeString

from tracker.durations import in_words
from tracker.markdown import to_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Render Markdown: `{{ update.narrative|markdown }}`."""
    return to_html(text)


@register.filter
def duration(days: int) -> str:
    """Write a number of days in words: `{{ days|duration }}` is "5 months"."""
    return in_words(days)
