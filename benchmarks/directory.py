"""How long a page of users takes among many, as an admin asks for it: by HTTP, each filter and combinations.

python -m benchmarks.directory --users 20000    # in a temporary SQLite file, or an empty --database URL

Every third user is disabled, every second one has the role ``member``, every thousandth ``auditor``, and the
last twenty have ``few``. A page is 50 users, its figure from the request to the last octet of the answer; the
server is one process on the same machine. ``--keep FILE`` leaves the SQLite file, for another run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jwt_auth_core import Auth, Client, Settings
from jwt_auth_core.flows.sessions.login import LoginAttempt
from tests.processes import end
from tests.servers.valkey import free_port

ROUNDS = 50
ADMIN = {
    "email": "zz-boss@example.com",
    "password": "a long and quiet river",
    "first_name": "B",
    "last_name": "B",
}
KEY = "a key for figures, and for nothing else"
AT_ONCE = 5_000
_NUMBERS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %s)",
    "postgres": "WITH n (i) AS (SELECT generate_series(%s, %s - 1))",
}
_ID = {
    "sqlite": "lower(printf('%%08x-0000-4000-8000-', (i * 2654435761) %% 4294967296) || printf('%%012x', i))",
    "postgres": "(lpad(to_hex((i::bigint * 2654435761) %% 4294967296), 8, '0') || '-0000-4000-8000-'"
    " || lpad(to_hex(i), 12, '0'))::uuid",
}
_ADDRESS = {
    "sqlite": "printf('user%%07d@example.com', i)",
    "postgres": "'user' || lpad(i::text, 7, '0') || '@example.com'",
}


def fill(auth: Auth, users: int) -> None:
    """Add users, in the order of their addresses; their ids are scattered."""
    database, dialect = auth.database, auth.database.dialect
    numbers, user_id, address = _NUMBERS[dialect], _ID[dialect], _ADDRESS[dialect]
    roles = {"member": "i %% 2 = 1", "auditor": "i %% 1000 = 7", "few": f"i >= {users - 20}"}
    for role in roles:
        auth.roles.define(role, {f"{role}:read"})
    into_users = "INSERT INTO users (user_id, email, password_hash, first_name, last_name)"
    into_accounts = "INSERT INTO auth_accounts (user_id, email_canonical, disabled_at)"
    into_roles = "INSERT INTO auth_user_roles (user_id, role)"
    replacing = "WHERE true ON CONFLICT (user_id) DO UPDATE SET disabled_at = excluded.disabled_at"
    disabled = "CASE WHEN i %% 3 = 0 THEN 1 END"
    statements: list[Any] = [
        f"{numbers} {into_users} SELECT {user_id}, {address}, '!', 'A', 'B' FROM n",  # noqa: S608 - our own words
        f"{numbers} {into_accounts} SELECT {user_id}, {address}, {disabled} FROM n {replacing}",  # noqa: S608
        *(
            f"{numbers} {into_roles} SELECT {user_id}, '{role}' FROM n WHERE {i}"  # noqa: S608
            for role, i in roles.items()
        ),
    ]
    for start in range(0, users, AT_ONCE):
        with database.transaction():
            for statement in statements:
                database.query(statement, (start, min(start + AT_ONCE, users)))


def measure(name: str, page: Callable[[], object]) -> None:
    """Print how long a page takes: the median, and the longest."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        page()
        taken.append((time.perf_counter() - began) * 1_000)
    print(f"{name:<44}{statistics.median(taken):8.2f} ms  {max(taken):8.2f} ms", flush=True)


@contextmanager
def asking(url: str, token: str) -> Iterator[Callable[[str], bytes]]:
    """Yield what asks a server of the database for a path, as an admin."""
    port = free_port()
    env = {**os.environ, "JWT_KEY": KEY, "DATABASE_URL": url, "COOKIE_SECURE": "false", "LIMITS": "off"}
    program = Path(sys.executable).with_name("jwt-auth")
    command = [str(program), "serve", "--pages", "--port", str(port)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(path: str) -> bytes:
        connection.request("GET", path, headers={"authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:200]!r}")
        return body

    try:
        for _ in range(3_000):
            try:
                ask("/auth/health/live")
                break
            except ConnectionError:
                connection.close()
                time.sleep(0.1)
        yield ask
    finally:
        connection.close()
        end(process)


def last_page(
    users: Callable[[Mapping[str, str]], dict[str, object]], query: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the query of a page some pages behind the first."""
    for _ in range(5):
        following = users(query)["next"]
        if following is None:
            return query
        query = {**query, "cursor": str(following)}
    return query


def pages(ask: Callable[[str], bytes], count: int) -> None:
    """Measure each filter and their combinations, a first page and one behind it."""
    middle = f"user{count // 2:07}"

    def users(query: Mapping[str, str]) -> dict[str, object]:
        found: dict[str, object] = json.loads(ask(f"/auth/admin/api/users?{urlencode(query)}"))
        return found

    queries: tuple[Mapping[str, str], ...] = (
        {},
        {"prefix": middle[:7]},
        {"prefix": middle},
        {"prefix": "zzz"},
        {"state": "enabled"},
        {"state": "disabled"},
        {"state": "enabled", "prefix": middle[:7]},
        {"state": "disabled", "prefix": middle[:7]},
        *({"role": role} for role in ("member", "auditor", "few")),
        *(
            {"role": role, "prefix": prefix}
            for role in ("member", "auditor", "few")
            for prefix in ("u", middle[:7])
        ),
        *(
            {"role": role, "state": state}
            for role in ("member", "auditor", "few")
            for state in ("enabled", "disabled")
        ),
        {"role": "member", "state": "disabled", "prefix": middle[:7]},
        {"role": "auditor", "state": "enabled", "prefix": "u"},
        {"role": "few", "state": "enabled", "prefix": middle},
    )
    for query in queries:
        name = " ".join(f"{key}={value}" for key, value in query.items()) or "all"
        found = users(query)
        measure(f"{name} ({len(found['users'])})", lambda query=query: users(query))  # type: ignore[misc]
        behind = last_page(users, query)
        if behind is not query:
            measure("  some pages behind", lambda query=behind: users(query))  # type: ignore[misc]
    one = str(users({"prefix": middle})["users"][0]["user_id"])  # type: ignore[index]
    measure("id", lambda: users({"id": one}))
    measure("the page around it (HTML)", lambda: ask("/auth/admin/users"))


def main() -> None:
    """Fill a database and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--database", help="postgresql://...; empty, it is filled")
    parser.add_argument("--keep", help="a SQLite file; filled where it is not there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database or f"sqlite:///{arguments.keep or Path(folder) / 'directory.db'}"
        settings = Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": url, "LIMITS": "off"})
        auth = Auth.from_settings(settings)
        auth.migrate()
        if not auth.list_users(limit=1):
            fill(auth, arguments.users)
            admin = auth.register(auth.register.parse(ADMIN), Client())
            auth.end_user.set_scopes(admin.user_id, ["auth:admin"])
        grant = auth.login(LoginAttempt.parse(ADMIN), Client())
        token = grant.access_token
        auth.close()
        print(f"{arguments.users} users, pages of 50{'':<20}median      longest")
        with asking(url, token) as ask:
            pages(ask, arguments.users)


if __name__ == "__main__":
    main()
