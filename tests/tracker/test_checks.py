"""What the tracker asks of its database."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection


@pytest.mark.django_db
def test_database_that_forgets_what_it_confirmed_is_refused():
    if connection.vendor != "postgresql":
        call_command("check", databases=["default"])
        return
    call_command("check", databases=["default"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    with pytest.raises(SystemCheckError, match="synchronous_commit is off"):
        call_command("check", databases=["default"])
