#!/usr/bin/env python3
"""Every command of the tracker: `python3 manage.py start`, `python3 manage.py test`, and all those of Django.

Only Python with pip needs to be there: `tracker/bootstrap.py` puts everything else into `.venv` and goes on in it.
"""

import os
import runpy
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a Python that is too old gets as far as here, and should be told
    sys.exit(
        "The tracker needs Python 3.11 or newer, and this is Python %s.%s.\n"  # noqa: UP031
        "Install a newer one (Debian 12 and Ubuntu 24.04 have it as python3), then name it in the command:\n"
        "    python3.11 manage.py start" % tuple(sys.version_info)[:2]
    )


def main() -> None:
    bootstrap = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tracker", "bootstrap.py"))
    bootstrap["enter_environment"](sys.argv)

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit("The settings need a correction: %s" % error)  # noqa: UP031


if __name__ == "__main__":
    main()
