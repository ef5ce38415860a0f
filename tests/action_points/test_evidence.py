"""Tests of the links field of the progress form."""

import pytest
from django.core.exceptions import ValidationError

from actions.action_points.forms.evidence import LinksField


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://www.example.org/report", "https://www.example.org/report"),
        ("http://example.org", "http://example.org"),
        ("www.example.org/report", "https://www.example.org/report"),
        ("example.org", "https://example.org"),
        ("Example.org/report.pdf?page=2#top", "https://Example.org/report.pdf?page=2#top"),
        ("example.org:8443/a:b@c", "https://example.org:8443/a:b@c"),
    ],
)
def test_link_without_a_scheme_gets_https(typed, address):
    assert LinksField().clean(f"{typed} Minutes of the course") == [(address, "Minutes of the course")]


def test_link_with_and_without_https_is_stored_once():
    assert LinksField().clean("example.org A\nhttps://example.org B") == [("https://example.org", "A")]


@pytest.mark.parametrize(
    "typed",
    [
        *["Minutes of the course", "report.pdf", "Report.DOCX", "focal@example.org", "mailto:focal@example.org"],
        *[
            "javascript:alert(1)",
            "ftp://example.org",
            "//example.org",
            "localhost",
            "/report",
            "e.g.",
            "..",
            "a" * 1500,
        ],
        *["example.org:port", "https:example.org", "C:\\report.doc", "example..org", f"example.org/{'a' * 1000}"],
    ],
)
def test_link_that_is_not_an_address_is_refused(typed):
    with pytest.raises(ValidationError):
        LinksField().clean(typed)
