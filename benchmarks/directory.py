"""How long a page of users takes among many: by prefix, by state, by role.

python -m benchmarks.directory --users 20000    # in a temporary SQLite file, or an empty --database URL
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from jwt_auth_core import Auth, Settings

ROUNDS = 50
_USER = (
    "INSERT INTO users (user_id, email, password_hash, first_name, last_name) VALUES (%s, %s, '!', 'A', 'B')"
)
_ACCOUNT = """
    INSERT INTO auth_accounts (user_id, email_canonical, disabled_at) VALUES (%s, %s, %s)
    ON CONFLICT (user_id) DO UPDATE SET disabled_at = excluded.disabled_at
"""
_ROLE = "INSERT INTO auth_user_roles (user_id, role) VALUES (%s, 'member')"


def fill(auth: Auth, users: int) -> None:
    """Add users: every third one disabled, every second one with the role."""
    auth.roles.define("member", {"posts:read"})
    for start in range(0, users, 5_000):
        with auth.database.transaction():
            for number in range(start, min(start + 5_000, users)):
                user_id, address = str(uuid.uuid4()), f"user{number:07}@example.com"
                auth.database.query(_USER, (user_id, address))
                auth.database.query(_ACCOUNT, (user_id, address, None if number % 3 else 1))
                if number % 2:
                    auth.database.query(_ROLE, (user_id,))


def measure(name: str, page: Callable[[], object]) -> None:
    """Print how long a page takes: the median, and the longest."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        page()
        taken.append((time.perf_counter() - began) * 1_000)
    print(f"{name:<24}{statistics.median(taken):8.2f} ms  {max(taken):8.2f} ms")


def main() -> None:
    """Fill a database and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--database", help="postgresql://...; empty, it is filled")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database or f"sqlite:///{Path(folder) / 'directory.db'}"
        auth = Auth.from_settings(
            Settings.from_env({"JWT_KEY": "a key for figures, and for nothing else", "DATABASE_URL": url})
        )
        auth.migrate()
        fill(auth, arguments.users)
        middle = f"user{arguments.users // 2:07}@example.com"
        print(f"{arguments.users} users, pages of 50{'':<2}median    longest")
        measure("all, from the middle", lambda: auth.list_users(after=middle))
        measure("prefix of one", lambda: auth.list_users(middle))
        measure("prefix of many", lambda: auth.list_users("user"))
        measure("prefix of none", lambda: auth.list_users("zzz"))
        measure("disabled", lambda: auth.list_users(after=middle, state="disabled"))
        measure("role", lambda: auth.list_users.of_role("member"))
        measure("role, from the middle", lambda: auth.list_users.of_role("member", after="8" + "0" * 31))
        auth.close()


if __name__ == "__main__":
    main()
