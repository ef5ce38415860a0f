"""Create the WSGI application that gunicorn serves."""

import gc
import os
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

from tracker.postgresql.waiting import limit_queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

_django = get_wsgi_application()

# A query that takes too long must not keep a page waiting. Workers may take longer, and commands as long as they need.
limit_queries(settings.DATABASES["default"], 30)

# The objects of the loaded application are never garbage: collections during a large page need not visit them.
gc.collect()
gc.freeze()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request. Some Content-Type headers fail while Django makes its request, where no middleware sees them: each is
    replaced by one that `readable_request_middleware` refuses.
    """
    try:
        WSGIRequest(dict(environ))
    except (LookupError, ValueError, SuspiciousOperation):
        environ["CONTENT_TYPE"] = "text/plain; charset=unreadable"
    answer: Iterable[bytes] = _django(environ, start_response)
    return answer
