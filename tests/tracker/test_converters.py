"""What addresses are made of."""

import subprocess
import sys

import pytest
from django.urls import Resolver404, resolve

URLS = ["actions.urls", "actions.note.urls", "actions.rollover.urls", "actions.reminders.urls"]


@pytest.mark.parametrize(
    "address", ["/agendas/2026/{}/", "/agendas/2026/{}/reminder/", "/agendas/2026/note/{}/updates/"]
)
def test_reference_is_written_in_one_way_only(address):
    assert resolve(address.format("3.2"))
    for other in ("03.2", "3.02", "0.1", "3.0", "3.9999999"):
        with pytest.raises(Resolver404):
            resolve(address.format(other))


def test_modules_of_addresses_can_be_imported_in_any_order():
    for module in URLS:
        code = f"import django; django.setup(); import {module}"
        subprocess.run([sys.executable, "-c", code], check=True)
