"""The template filter that shows Markdown."""

from django import template
from django.utils.safestring import SafeString

from tracker.markdown import to_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """`{{ update.narrative|markdown }}`"""
    return to_html(text)
