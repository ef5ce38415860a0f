"""Flash messages that belong to one progress update: the page of its action point shows them at that update."""

from collections.abc import Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from actions.models import ProgressUpdate


def tag_for(update: ProgressUpdate) -> str:
    """Return the tag of a message that belongs to the update."""
    return f"beside:{update.action_point_id}-{update.number}"


def split_messages(request: HttpRequest, shown: Sequence[ProgressUpdate]) -> tuple[list[Any], dict[int, Any]]:
    """Return the messages for the top of the page, and those that belong to the updates that it shows, by number."""
    numbers = {tag_for(update): update.number for update in shown}
    top, found = [], {}
    for message in get_messages(request):
        number = next((numbers[tag] for tag in (message.extra_tags or "").split() if tag in numbers), None)
        if number is None or number in found:
            top.append(message)
        else:
            found[number] = message
    return top, found
