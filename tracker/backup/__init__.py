"""Back up and restore the tracker, and move it from SQLite to PostgreSQL. Everything is verified by counts and hashes."""
