"""Connect to PostgreSQL with limits on every wait, also through PgBouncer."""

import logging
from time import monotonic
from typing import Any

import psycopg2
from django.db.backends.postgresql import base

from tracker.postgresql.waiting import PATIENCE, NoAnswerError, answer_within, outage

log = logging.getLogger(__name__)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect within `connect_timeout`, which psycopg2 ignores. Fails at once while the server is known not to answer."""
        if outage.forbids_attempt():
            raise NoAnswerError("The database does not answer")
        try:
            with answer_within(float(conn_params["connect_timeout"])):
                connection = self._connect(conn_params)
        except NoAnswerError:
            outage.report_silence()
            raise
        except psycopg2.Error:
            outage.end()
            raise
        outage.end()
        return connection

    def is_usable(self) -> bool:
        """Return whether the connection still answers, soon."""
        if outage.is_known:
            return False
        begun = monotonic()
        with answer_within(PATIENCE):
            usable = super().is_usable()
        if monotonic() - begun >= PATIENCE:
            outage.report_silence()
        return usable

    def _connect(self, conn_params: dict[str, Any]) -> Any:
        """Connect, without options from the second time on if a pooler refuses them."""
        try:
            return super().get_new_connection(conn_params)
        except psycopg2.OperationalError as error:
            if "unsupported startup parameter: options" not in str(error):
                raise
            log.warning("The pooler takes no options: set statement_timeout and jit for the role of the database.")
            self.settings_dict["OPTIONS"].pop("options", None)
            return super().get_new_connection(self.get_connection_params())
