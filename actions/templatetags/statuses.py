"""Show the status of an action point, a part or an update."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actions.models import ActionStatus

register = template.Library()


@register.simple_tag
def status_badge(status: str) -> SafeString:
    """Show the label of a status in its colour: `{% status_badge part.status %}`."""
    known = ActionStatus(status)
    return format_html('<span class="status status-{}">{}</span>', known.value, known.label)
