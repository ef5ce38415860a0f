"""The tracker's Celery application for tests of a worker that dies: it kills itself at one step of sending a digest.

`FAILPOINT` names the step, `FAILPOINT_MARK` a file that is made right before. With `GUARD=off` the guard changes nothing: the control.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from tracker.celery import app  # noqa: F401 - what `celery -A` looks for

django.setup()

from actions.reminders import sending  # noqa: E402
from actions.reminders.models import Digest, DigestQuerySet  # noqa: E402
from tracker.mail.delivery import Courier  # noqa: E402

STEPS: dict[str, tuple[Any, str, bool]] = {
    "claimed": (DigestQuerySet, "claim", True),
    "rendered": (sending, "digest_mail", True),
    "connected, not guarded": (sending, "pass_guard", False),
    "guarded, nothing sent": (sending, "pass_guard", True),
    "accepted, not recorded": (Courier, "deliver", True),
    "recorded": (Digest, "record_sent", True),
}
"""Where each step is, and whether the worker dies after it rather than before."""


def die() -> None:
    Path(os.environ["FAILPOINT_MARK"]).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def dying(work: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def inner(*args: Any, **options: Any) -> Any:
        if not after:
            die()
        result = work(*args, **options)
        die()
        return result

    return inner


if os.environ.get("GUARD") == "off":
    sending.pass_guard = lambda *given, **named: True
_place, _name, _after = STEPS[os.environ["FAILPOINT"]]
setattr(_place, _name, dying(getattr(_place, _name), after=_after))
