"""How long the admin's timeline takes among many events: all of them, a day, of an event, of a user.

python -m benchmarks.timeline --events 100000    # in a temporary SQLite file, or an empty --database URL
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.directory import measure
from jwt_auth_core import Auth, Settings
from jwt_auth_core.audit.search import Wanted
from jwt_auth_core.audit.timeline import parts_of

BEGIN: Final = 1_800_000_000
EVERY: Final = 5
"""Seconds between two events."""

NAMES: Final = ("login_succeeded", "refreshed", "login_failed", "refreshed", "logged_out")
_ADD: Final = """
    INSERT INTO auth_audit (event_id, at, name, outcome, user_id, session, address, user_agent)
    VALUES (%s, %s, %s, %s, %s, 'a mark of 16', '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0)')
"""


def fill(auth: Auth, events: int) -> None:
    """Add events, one every few seconds: every fifth one a failure, each user with some hundreds."""
    users = max(1, events // 200)
    for start in range(0, events, 5_000):
        with auth.database.transaction():
            for number in range(start, min(start + 5_000, events)):
                name = NAMES[number % len(NAMES)]
                outcome = "failure" if name == "login_failed" else "success"
                values = (f"e{number}", BEGIN + number * EVERY, name, outcome, f"user {number % users}")
                auth.database.query(_ADD, values)


def main() -> None:
    """Fill a database and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--database", help="postgresql://...; empty, it is filled")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database or f"sqlite:///{Path(folder) / 'timeline.db'}"
        auth = Auth.from_settings(
            Settings.from_env({"JWT_KEY": "a key for figures, and for nothing else", "DATABASE_URL": url})
        )
        auth.migrate()
        fill(auth, arguments.events)
        if auth.database.dialect == "postgres":
            auth.database.query("ANALYZE auth_audit")
        end = BEGIN + arguments.events * EVERY
        whole, day = parts_of(BEGIN, end), parts_of(end - 86_400, end)
        print(f"{arguments.events} events, {whole.count} parts{'':<5}median    longest")
        asked = {"": Wanted(), ", an event": Wanted(name="refreshed"), ", a user": Wanted(user_id="user 7")}
        for (time, parts), (what, wanted) in itertools.product(
            {"all": whole, "a day": day}.items(), asked.items()
        ):
            measure(time + what, partial(auth.audit.counts, wanted, parts))
        auth.close()


if __name__ == "__main__":
    main()
