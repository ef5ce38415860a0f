"""Send mail by SMTP under the host name of the tracker."""

from collections.abc import Callable
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from tracker.mail.configuration import site_host


class SiteBackend(EmailBackend):
    """Greet the mail server with the host name of BASE_URL. Django would use that of the machine, which is often not a public one."""

    @property
    def connection_class(self) -> Callable[..., Any]:  # type: ignore[override]
        connect = super().connection_class
        return lambda host, port, **options: connect(host, port, **(options | {"local_hostname": site_host()}))
