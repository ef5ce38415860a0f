"""Run the tests that take hours: `python -m tests.nightly --kills 300 --years 5`.

Kills workers at random, with 25 and with 400 people, and compares the rules of progress with the obvious model on every day of simulated
years; on SQLite with the broker in files, and on PostgreSQL with Redis.
"""

import argparse
import os
import subprocess
import sys

from tests import servers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="of workers, in each of the four runs (default: 300)")
    parser.add_argument("--years", type=int, default=5, help="to simulate, in each of the two runs (default: 5)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    years = [str(seed) for seed in range(options.seed, options.seed + options.years)]
    runs = [("tests/rules/test_real_year.py", {"YEAR_SEEDS": ",".join(years), "YEAR_EVERY": "1"})] if years else []
    if options.kills:
        kills = {"KILLS_COUNT": str(options.kills), "KILLS_SEED": str(options.seed), "KILLS_CRASHES": "yes"}
        runs += [("tests/reminders/test_random_kills.py", kills | {"KILLS_PEOPLE": people}) for people in ("25", "400")]

    def failed(**more: str) -> bool:
        results = [fails(path, environment | more) for path, environment in runs]
        return any(results)

    embedded = failed()
    with servers.postgresql() as database, servers.redis() as broker:
        return embedded | failed(DATABASE_URL=database, CELERY_BROKER_URL=broker)


def fails(path: str, environment: dict[str, str]) -> bool:
    """Run the tests of a file with these variables, and return whether any failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", path]
    return subprocess.run(command, env=os.environ | environment, check=False).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
