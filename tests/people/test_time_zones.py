"""Test looking up time zones by name."""

from zoneinfo import ZoneInfo

import pytest

from tracker.people.time_zones import zone_named


@pytest.mark.parametrize("name", ["Nowhere/Land", "../../etc/passwd", "", "a\x00b", "Europe"])
def test_unknown_time_zone_counts_as_utc(name):
    assert zone_named(name) == ZoneInfo("UTC")


def test_old_names_of_time_zones_are_known():
    assert zone_named("Japan") == ZoneInfo("Japan")
