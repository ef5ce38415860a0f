"""Provide the template filter for dates: `{% load dates %}`."""

from datetime import date

from django import template
from django.utils import timezone

from tracker.dates.ages import age as age_of
from tracker.dates.value import PartialDate

register = template.Library()


@register.filter
def age(when: PartialDate, today: date | None = None) -> str:
    """Write how long ago a date was: `{{ update.happened|age }}` is "2 months ago"; `|age:as_of.day` on a past date."""
    return age_of(when, today or timezone.localdate())
