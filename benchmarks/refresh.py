"""Refreshes a second over HTTP: the full Starlette app beside the one that teams write (S6).

    python -m benchmarks.refresh            # 5 rounds of 3 seconds each

Both use the same Valkey and PostgreSQL, look the user up every time and take the token in the body; 32
clients, each with a session of its own, present what the last answer gave them, one worker a side.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
from functools import partial

import redis

from benchmarks.measuring import interleaved, ratio, show, target
from benchmarks.passwords import PASSWORD, stored
from benchmarks.serving import Served, all_served, put_load
from benchmarks.stores import add_users, addresses, real_servers
from jwt_auth_core.auth import Auth
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client

CLIENTS = 32
PATH = "/auth/refresh"
CASES = {
    "jwt-auth, Starlette app": "benchmarks.refresh:our_app",
    "idiomatic": "benchmarks.peers.idiomatic:app",
}


def our_app():
    """Return what `jwt-auth serve` serves, without the middleware that no refresh needs."""
    from jwt_auth_asgi.app import create_standalone  # noqa: PLC0415 - in the served process only
    from jwt_auth_asgi.cli.server import Started  # noqa: PLC0415

    return Started(create_standalone(Auth.from_env()))


def our_tokens(environment: dict[str, str], emails: list[str]) -> list[str]:
    auth = Auth.from_settings(Settings.from_env(environment))
    attempts = [LoginAttempt.parse({"email": one, "password": PASSWORD}) for one in emails]
    grants = [auth.login(one, Client("127.0.0.1", "benchmark")) for one in attempts]
    auth.close()
    return [grant.refresh_token.reveal() for grant in grants]


def their_tokens(environment: dict[str, str], user_ids: list[str]) -> list[str]:
    tokens = [secrets.token_urlsafe(32) for _ in user_ids]
    with redis.Redis.from_url(environment["REDIS_URL"]) as client:
        for token, user_id in zip(tokens, user_ids, strict=True):
            client.set(f"refresh:{token}", user_id, ex=86_400)
    return tokens


def rate(server: Served, first_tokens: list[str], busy: dict[str, list[float]], seconds: float) -> float:
    """Return refreshes a second, of clients that log in anew for each round."""
    group = {"name": "load", "connections": CLIENTS, "refresh_path": PATH, "tokens": first_tokens}
    plan = {"port": server.port, "warm_seconds": 0, "seconds": seconds, "groups": [group]}
    before = server.cpu_seconds()
    told = put_load(plan)["load"]
    assert set(told["statuses"]) == {"200"}, told["statuses"]
    busy.setdefault("cpu", []).append((server.cpu_seconds() - before) * 1e6 / told["count"])
    busy.setdefault("p99", []).append(told["p99_ms"])
    return told["per_second"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    with real_servers() as environment, all_served(CASES, environment) as servers:
        emails = addresses(CLIENTS)
        user_ids = add_users(environment, emails, stored())
        first = {
            "jwt-auth, Starlette app": partial(our_tokens, environment, emails),
            "idiomatic": partial(their_tokens, environment, user_ids),
        }
        facts: dict[str, dict[str, list[float]]] = {name: {} for name in CASES}
        found = interleaved(
            {
                name: lambda name=name: rate(servers[name], first[name](), facts[name], options.seconds)
                for name in CASES
            },
            rounds=options.rounds,
        )
    rows = [
        {
            "application": name,
            "refreshes/s": round(statistics.median(found[name])),
            "p99 ms": round(statistics.median(facts[name]["p99"]), 1),
            "server us a refresh": round(statistics.median(facts[name]["cpu"])),
        }
        for name in CASES
    ]
    show(
        "S6",
        rows,
        title=f"Refreshes a second, {CLIENTS} connections, Valkey and PostgreSQL, {os.cpu_count()} cores",
    )
    mine, other = (found[name] for name in CASES)
    target("S6", "refreshes/s, times the idiomatic application's", ratio(mine, other), at_least=5)


if __name__ == "__main__":
    main()
