"""Show flash messages that concern one progress update next to that update, on the page of its action point."""

from collections.abc import Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from actions.models import ProgressUpdate


def tag_for(update: ProgressUpdate) -> str:
    """Return the tag of a message that belongs to the update."""
    return f"update:{update.action_point_id}-{update.number}"


def split_messages(request: HttpRequest, shown: Sequence[ProgressUpdate]) -> tuple[list[Any], dict[int, Any]]:
    """Return the messages for the top of the page, and the messages of the shown updates by update number."""
    numbers = {tag_for(update): update.number for update in shown}
    top, by_number = [], {}
    for message in get_messages(request):
        number = next((numbers[tag] for tag in (message.extra_tags or "").split() if tag in numbers), None)
        if number is None or number in by_number:
            top.append(message)
        else:
            by_number[number] = message
    return top, by_number
