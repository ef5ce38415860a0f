#!/usr/bin/env python3
"""Run a command of the tracker: `start`, `test`, or one of Django's.

If no Python environment is active, `tracker/embedded/bootstrap.py` sets one up in `.venv` and runs the command in it.
"""

import os
import runpy
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets as far as here
    sys.exit(
        "The tracker needs Python 3.11 or newer, and this is Python %s.%s.\n"  # noqa: UP031
        "Install a newer one (Debian 12 and Ubuntu 24.04 have it as python3), then name it in the command:\n"
        "    python3.11 manage.py start" % tuple(sys.version_info)[:2]
    )

ROOT = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    # By its path: the package imports Celery, which may be missing.
    bootstrap = runpy.run_path(os.path.join(ROOT, "tracker", "embedded", "bootstrap.py"))
    bootstrap["enter_environment"](sys.argv)
    if sys.argv[1:2] == ["test"]:
        from tests.run import main as run_tests

        sys.exit(run_tests(sys.argv[2:]))

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit("The settings need a correction: %s" % error)  # noqa: UP031


if __name__ == "__main__":
    main()
