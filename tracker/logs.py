"""Filter what goes into the log."""

import logging
import re
import traceback
from collections.abc import Iterable

REDACTED = "[redacted]"


def without_traceback_of_refusals(record: logging.LogRecord) -> bool:
    """Drop the traceback of a request that was refused (400 to 499), because the line says everything. Keeps every record."""
    if 400 <= getattr(record, "status_code", 0) < 500:
        record.exc_info = record.exc_text = None
    return True


class Redaction(logging.Filter):
    """Hide what follows one of `paths` in messages and tracebacks, up to the end of the line or quotation, because it contains tokens.

    Use it on the tracker's handlers and on loggers with their own handlers, such as that of gunicorn's access log.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        super().__init__()
        # In a query a path is quoted (?next=%2Freminders...), in a query of a query twice.
        slash = "(?:/|%(?:25)*2F)+"
        prefixes = "|".join(slash.join(re.escape(part) for part in path.strip("/").split("/")) for path in paths)
        self._secret = re.compile(rf"((?:{prefixes}){slash})[^\"'\n]+", re.IGNORECASE)

    def redact(self, text: str) -> str:
        return self._secret.sub(rf"\1{REDACTED}", text)

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (redacted := self.redact(message)) != message:
            record.msg, record.args = redacted, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        if record.exc_text:
            record.exc_text = self.redact(record.exc_text)
        return True
