"""Test durations in words."""

import pytest
from django.utils import translation

from tracker.durations import in_words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "1 day"),
        (60, "60 days"),
        (61, "2 months"),
        (364, "11 months"),
        (366, "12 months"),
        (730, "23 months"),
        (731, "2 years"),
        (7542, "20 years"),
    ],
)
def test_duration_is_rounded_down_to_one_unit(days, words):
    with translation.override("en"):
        assert in_words(days) == words
