"""What the log says of a request that was refused, and of one that failed."""

import logging
import sys

import pytest


def record(status):
    try:
        raise ValueError("Told where it happened.")
    except ValueError:
        found = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Bad Request: /x", (), sys.exc_info())
    found.status_code = status
    return found


@pytest.mark.parametrize(("status", "has_traceback"), [(400, False), (404, False), (500, True)])
def test_failure_is_told_with_its_place_and_refusal_without(status, has_traceback):
    console = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    told = record(status)

    assert console.filter(told)
    assert console.format(told).splitlines()[0].endswith("WARNING django.request: Bad Request: /x")
    assert ("Traceback" in console.format(told)) == has_traceback


def test_record_of_no_request_keeps_its_place():
    console = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
    told = record(None)
    del told.status_code

    assert console.filter(told)
    assert "Traceback" in console.format(told)
