"""What refresh and login cost as sessions and users grow, and what a session takes in Redis (S9).

    python -m benchmarks.growth                       # 10,000 and 100,000
    python -m benchmarks.growth --sizes 10000 1000000 # the whole; needs some minutes and 1 GB

Both are called without HTTP, one at a time, for users picked at random; each size has a Valkey and a
PostgreSQL of its own, and they take turns. The login's hash is the cheap one of the tests, so that what the
stores cost is not hidden under Argon2.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

from benchmarks.measuring import interleaved, ratio, show, target
from benchmarks.passwords import PASSWORD
from benchmarks.stores import real_servers
from jwt_auth_core import assemble
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.redis import connect
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.sessions.session import NewSession, new_session_id
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client, Secret, SessionId, UserId
from tests.cheap import cheap_passwords

BROWSER = Client("203.0.113.9", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
PAGE = 10_000
CALLS = 100
MOST_BYTES = 300
MOST_GROWTH = 1.2
ADD_USERS = """
    WITH new AS (
        INSERT INTO users (user_id, email, password_hash, first_name, last_name)
        SELECT gen_random_uuid(), 'user' || n || '@example.com', %s, 'Ada', 'Byron'
        FROM generate_series(%s, %s) AS n RETURNING user_id, email
    )
    INSERT INTO auth_accounts (user_id, email_canonical) SELECT user_id, email FROM new
"""
USER_IDS = "SELECT user_id FROM users"
ADD_TO_INDEX = """
    INSERT INTO auth_user_sessions (session_id, user_id, opened_at, ends_at)
    SELECT session_id, user_id, %s, %s FROM unnest(%s::text[], %s::uuid[]) AS new (session_id, user_id)
"""
ANALYSE = "ANALYZE users, auth_accounts, auth_user_sessions"


class World:
    """The stores with as many users and sessions as were asked for, and the use cases on them."""

    def __init__(self, environment: dict[str, str], size: int) -> None:
        settings = Settings.from_env(environment)
        self.users = size
        self.stores = assemble.stores(settings)
        self.auth = Auth.from_settings(settings, passwords=cheap_passwords(), stores=self.stores)
        self.tokens: RefreshTokens = assemble.refresh_tokens(settings)
        self.redis = connect(environment["REDIS_URL"])
        empty = self._used_memory()
        self.sessions = self._filled()
        self.bytes_a_session = (self._used_memory() - empty) / size

    def _filled(self) -> list[SessionId]:
        """Let there be so many users, each with one session."""
        now, query = int(time.time()), self.stores.database.query
        hashed = cheap_passwords().hash(Secret(PASSWORD))
        for first in range(1, self.users + 1, PAGE):
            query(ADD_USERS, (hashed, first, min(first + PAGE - 1, self.users)))
        owners = [UserId(str(row["user_id"])) for row in query(USER_IDS, fetch="all")]
        with ThreadPoolExecutor(4) as pool:
            sessions = list(pool.map(self._open, owners))
        for first in range(0, self.users, PAGE):
            page = slice(first, first + PAGE)
            query(ADD_TO_INDEX, (now, now + 7_776_000, sessions[page], owners[page]))
        query(ANALYSE)
        return sessions

    def _open(self, owner: UserId) -> SessionId:
        session_id = new_session_id()
        first = self.tokens.first(session_id)
        self.stores.sessions.open(NewSession(session_id, owner, first.digest, BROWSER))
        return session_id

    def _used_memory(self) -> int:
        return int(self.redis.info("memory")["used_memory"])

    def login(self) -> str:
        """Return the refresh token of a new session of any user."""
        number = random.randint(1, self.users)  # noqa: S311 - a draw, not a secret
        attempt = LoginAttempt.parse({"email": f"user{number}@example.com", "password": PASSWORD})
        return self.auth.login(attempt, BROWSER).refresh_token.reveal()

    def close(self) -> None:
        self.redis.close()
        self.auth.close()


def without_metadata(world: World) -> float:
    """Return the bytes of a session, key and expiry included, without user agent and address."""
    sample = random.sample(world.sessions, 200)
    sizes = []
    for session_id in sample:
        key = "refresh:{" + session_id + "}"
        world.redis.hdel(key, "addr", "agent", "agent2", "agent3", "agent4")
        sizes.append(world.redis.memory_usage(key, samples=0))
    return statistics.mean(sizes)


def milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def login_cost(world: World) -> float:
    """Return the median milliseconds of a login."""
    return statistics.median(milliseconds(world.login) for _ in range(CALLS))


def refresh_cost(world: World) -> float:
    """Return the median milliseconds of a refresh, each of another session."""
    texts = [world.login() for _ in range(CALLS)]
    return statistics.median(milliseconds(lambda text=text: _refreshed(world.auth, [text])) for text in texts)


def _refreshed(auth: Auth, texts: Sequence[str]) -> None:
    (answer,) = auth.refresh(texts)
    assert not isinstance(answer, Exception), answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=7)
    sizes = sorted(parser.parse_args().sizes)
    with ExitStack() as stack:
        worlds = {size: World(stack.enter_context(real_servers()), size) for size in sizes}
        cases = {
            (cost, size): partial(cost, world)
            for size, world in worlds.items()
            for cost in (login_cost, refresh_cost)
        }
        found = interleaved(cases, rounds=parser.parse_args().rounds)
        rows = [
            {
                "users and sessions": size,
                "login ms": round(statistics.median(found[login_cost, size]), 3),
                "refresh ms": round(statistics.median(found[refresh_cost, size]), 3),
                "bytes a session in all": round(world.bytes_a_session),
                "bytes without agent, address": round(without_metadata(world)),
            }
            for size, world in worlds.items()
        ]
        for world in worlds.values():
            world.close()
    show("S9", rows, title="Cost against size, Valkey and PostgreSQL")
    least, most = sizes[0], sizes[-1]
    for name, cost in (("login", login_cost), ("refresh", refresh_cost)):
        grown = ratio(found[cost, most], found[cost, least])
        target("S9", f"{name}, {least:,} to {most:,}, times", grown, at_most=MOST_GROWTH)
    lean = float(rows[-1]["bytes without agent, address"])
    target("S9", "bytes a session without agent and address", lean, at_most=MOST_BYTES)


if __name__ == "__main__":
    main()
