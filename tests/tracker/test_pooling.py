"""Test that connections work behind a pooler in transaction mode, such as PgBouncer."""

import pytest
from django.db import connection

from tests import personas
from tracker.people.models import User


@pytest.mark.django_db(transaction=True)
def test_iterator_uses_no_server_side_cursor():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server-side cursors")
    for number in range(3):
        personas.person(f"person{number}@example.org")

    rows = User.objects.iterator(chunk_size=1)
    next(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors")

        assert cursor.fetchone() == (0,)
