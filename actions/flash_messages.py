"""Messages that belong to one progress update: its action point's page shows them beside it, where the address leads."""

from collections.abc import Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from actions.models import ProgressUpdate


def beside(update: ProgressUpdate) -> str:
    """The tag of such a message."""
    return f"beside:{update.action_point_id}-{update.number}"


def take_messages(request: HttpRequest, shown: Sequence[ProgressUpdate]) -> tuple[list[Any], dict[int, Any]]:
    """What has just happened: messages for the top of the page, and those beside the updates that it shows, by number."""
    numbers = {beside(update): update.number for update in shown}
    top, found = [], {}
    for message in get_messages(request):
        number = next((numbers[tag] for tag in (message.extra_tags or "").split() if tag in numbers), None)
        if number is None or number in found:
            top.append(message)
        else:
            found[number] = message
    return top, found
