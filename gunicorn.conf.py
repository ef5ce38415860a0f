"""Settings of gunicorn, which reads them by itself when it starts in this folder. Options of its command line count more."""

import os

from tracker.logs import configuration

# Every request has a line in the log, without its query.
accesslog = "-"
access_log_format = '"%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms from %(h)s'
logconfig_dict = configuration(
    "json" if os.environ.get("LOG_FORMAT") == "json" else "text", os.environ.get("LOG_LEVEL", "INFO")
)
