"""The time zones that people choose from."""

import zoneinfo
from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext_lazy as _

_REGIONS = (
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
)


@cache
def choices() -> Sequence[tuple[object, object]]:
    """UTC, then one group a region: the cities in order, as people write them. Names of countries and old names are left out."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, city = name.partition("/")
        if city and region in groups:
            groups[region].append((name, city.replace("_", " ").replace("/", " – ")))
    return [("UTC", _("UTC, the world's clock")), *groups.items()]
