"""What goes into the log."""

import logging


def without_traceback_of_refusals(record: logging.LogRecord) -> bool:
    """Of a request that was refused (400 to 499) the line says all: where the code refused it is no news. Keeps every record."""
    if 400 <= getattr(record, "status_code", 0) < 500:
        record.exc_info = record.exc_text = None
    return True
