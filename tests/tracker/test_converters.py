"""Test the path converter for numbers."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

URLS = [
    f"actions.{path.parent.name}.urls"
    for path in sorted((settings.BASE_DIR / "actions").glob("*/urls.py"))
    if "<number:" in path.read_text()
]


@pytest.mark.parametrize(
    "address", ["/agendas/2026/{}/", "/agendas/2026/{}/reminder/", "/agendas/2026/note/{}/updates/"]
)
def test_number_has_one_spelling(address):
    assert resolve(address.format("3.2"))
    for other in ("03.2", "3.02", "0.1", "3.0", "3.9999999"):
        with pytest.raises(Resolver404):
            resolve(address.format(other))


def test_urls_modules_can_be_imported_in_any_order():
    """Each is the first one in a process forked from one that has only set up Django."""
    subprocess.run([sys.executable, "-c", IMPORT_EACH_FIRST, *URLS], check=True)


IMPORT_EACH_FIRST = """
import importlib, os, sys
import django

django.setup()
for module in sys.argv[1:]:
    if not (child := os.fork()):
        importlib.import_module(module)
        break
    if os.waitpid(child, 0)[1]:
        sys.exit(f"{module} cannot be imported first")
"""
