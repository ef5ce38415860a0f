"""Template filters that turn what is stored into what people read."""

from django import template
from django.utils.safestring import SafeString

from tracker.durations import in_words
from tracker.markdown import to_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """`{{ update.narrative|markdown }}`"""
    return to_html(text)


@register.filter
def duration(days: int) -> str:
    """`{{ days_silent|duration }}`: "5 months"."""
    return in_words(days)
