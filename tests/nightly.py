"""Run the test that kills workers at random: `python -m tests.nightly --kills 300`.

Runs it with 25 and with 400 people, on SQLite with the broker in files and on PostgreSQL with Redis.
"""

import argparse
import os
import subprocess
import sys

from tests import servers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="of workers, in each of the four runs (default: 300)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    environment = os.environ | {
        "KILLS_COUNT": str(options.kills),
        "KILLS_SEED": str(options.seed),
        "KILLS_CRASHES": "yes",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "tests/reminders/test_random_kills.py",
    ]

    def failed(**more: str) -> bool:
        runs = [subprocess.run(command, env=environment | more | {"KILLS_PEOPLE": people}) for people in ("25", "400")]
        return any(run.returncode for run in runs)

    embedded = failed()
    with servers.postgresql() as database, servers.redis() as broker:
        return embedded | failed(DATABASE_URL=database, CELERY_BROKER_URL=broker)


if __name__ == "__main__":
    sys.exit(main())
