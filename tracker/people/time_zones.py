"""List the time zones that people choose from, and look them up by name."""

import zoneinfo
from collections.abc import Sequence
from functools import cache, lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_REGIONS = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
]
Group = tuple[str, list[tuple[str, str]]]


def choices() -> Sequence[tuple[str, str | Promise] | Group]:
    """Return UTC, then a group for each region with its cities in order, without names that are no cities (EST, Japan)."""
    return [("UTC", _("UTC")), *_groups()]


def is_choice(name: str) -> bool:
    """Return whether people can choose the time zone."""
    return name == "UTC" or any(name == zone for _region, zones in _groups() for zone, _city in zones)


@lru_cache(maxsize=1000)
def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """Return the time zone of that name; UTC if this machine does not know it, so that pages and mail are not held up."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return zoneinfo.ZoneInfo("UTC")


@cache
def _groups() -> list[Group]:
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, city = name.partition("/")
        if region in groups:
            groups[region].append((name, city.replace("_", " ").replace("/", " – ")))
    return list(groups.items())
