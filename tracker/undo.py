"""Offer to undo a change in the message that says that it was made."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

_TAG = "undo:"


def success_with_undo(request: HttpRequest, text: str, address: str) -> None:
    """Add a message with a button that posts to `address`, which undoes the change."""
    messages.success(request, text, extra_tags=f"{_TAG}{address}")


def undo_address(message: Any) -> str:
    """Return the address of a message's button; empty if there is nothing to undo."""
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix(_TAG) for tag in tags if tag.startswith(_TAG)), "")
