"""Provide the filter for messages with an Undo button."""

from django import template

from tracker.undo import undo_address as address_of

register = template.Library()
register.filter("undo_address", address_of)
