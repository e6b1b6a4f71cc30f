"""Whether the time of a failed login tells if an account exists (ENUM-1).

    python -m benchmarks.enumeration                 # 150 requests of each kind
    python -m benchmarks.enumeration --samples 500   # as the requirement asks

An unknown address, a wrong password (of an account with a second factor, too), the right password of a
disabled account and a row whose hash cannot be used, in turns that are shuffled, each at the real cost of a
hash, against one uvicorn whose limits count and never refuse. Then an address that is over its limit, and
accounts over theirs, known and unknown; and whatever sends letters (forgot, verify/send, login/email) or
registers quietly, for an address that an account has and for one that nobody has. Each two of a kind are
compared: the difference of the medians in percent, and the probability that two samples of one distribution
differ as much (Mann-Whitney, normal approximation with its correction for ties). The answers
themselves must be the same to the letter, but for the seconds that are left and what cookies are worth.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, count
from math import sqrt
from typing import Any

from benchmarks.measuring import show, target
from benchmarks.serving import served
from jwt_auth_core.auth import Auth
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client

PASSWORD = "correct tidal lantern"
MOST_PERCENT = 5.0
LEAST_PROBABILITY = 0.01
KINDS = {
    "unknown address": ("nobody@example.com", PASSWORD),
    "wrong password": ("ada@example.com", "wrong tidal lantern"),
    "disabled account": ("bob@example.com", PASSWORD),
    "unusable hash": ("eve@example.com", PASSWORD),
    "wrong password, has a factor": ("grace@example.com", "wrong tidal lantern"),
}
THROTTLED = ("unknown address", "wrong password")
DISABLE = """
    UPDATE auth_accounts SET disabled_at = 1 WHERE user_id = (SELECT user_id FROM users WHERE email = %s)
"""
ENROL = """
    UPDATE auth_accounts SET factor_kinds = 1 WHERE user_id = (SELECT user_id FROM users WHERE email = %s)
"""
NOBODY, SOMEBODY = "nobody has it", "somebody has it"
MANY = "1000000/minute"
WIDE = {"LIMIT_LOGIN": MANY, "LIMIT_LOGIN_FAILURES": MANY}
NARROW = {"LIMIT_LOGIN": "1/day"}
NARROW_ACCOUNTS = {**WIDE, "LIMIT_ACCOUNT_FAILURES": "1/day"}
LETTERS = {
    "PUBLIC_URL": "https://shop.example.com",
    "MAIL_URL": "memory:",
    "MAIL_FROM": "shop@example.com",
    "EMAIL_VERIFICATION": "login",
    "REGISTRATION": "quiet",
    **dict.fromkeys(("LIMIT_MAIL", "LIMIT_MAIL_ADDRESS", "LIMIT_REGISTER", "LIMIT_LOGIN"), MANY),
}
ASKING = ("/auth/password/forgot", "/auth/verify/send", "/auth/login/email", "/auth/register")

Requests = Iterator[tuple[str, dict[str, str]]]
"""Paths and bodies, one after the other."""
PASSING = ("date", "retry-after", "ratelimit")


def application() -> Any:
    """Return the auth app with four users; their hashes have production's cost, but for one."""
    from jwt_auth_asgi.app import create_standalone  # noqa: PLC0415 - only in the server

    own = {"JWT_KEY": "a secret for measuring, of forty-odd bytes length", "DATABASE_URL": "sqlite://"}
    auth = Auth.from_settings(Settings.from_env({**os.environ, **own}))
    for name in ("ada", "bob", "eve", "grace"):
        fields = {"email": f"{name}@example.com", "first_name": name, "last_name": "Example"}
        auth.register(auth.register.parse({**fields, "password": PASSWORD}), Client())
    auth.database.query(DISABLE, ("bob@example.com",))
    auth.database.query(ENROL, ("grace@example.com",))
    auth.database.query("UPDATE users SET password_hash = 'md5!' WHERE email = %s", ("eve@example.com",))
    return create_standalone(auth)


def milliseconds(connection: http.client.HTTPConnection, seen: set[bytes], requests: Requests) -> float:
    """Return how long the next request took; note what was answered."""
    path, fields = next(requests)
    body = json.dumps(fields)
    begun = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    took = time.perf_counter() - begun
    told = sorted((name, plain(name, value)) for name, value in answer.getheaders() if is_told(name))
    seen.add(repr((answer.status, told, content)).encode())
    return took * 1000


def is_told(name: str) -> bool:
    """Tell whether a header is to be the same in each answer."""
    return name.lower() not in PASSING


def plain(name: str, value: str) -> str:
    """Return a header's value; of a cookie all but what it is worth, which is random."""
    return re.sub("=[^;]*", "", value, count=1) if name.lower() == "set-cookie" else value


def logins(kind: str) -> Requests:
    """Return logins of a kind."""
    email, password = KINDS[kind]
    return (("/auth/login", {"email": email, "password": password}) for _ in count())


def guesses(kind: str) -> Requests:
    """Return logins with another wrong password each."""
    return (("/auth/login", {"email": KINDS[kind][0], "password": f"wrong {n}"}) for n in count())


def asked_of(path: str, kind: str) -> Requests:
    """Return what asks for letters to an address, or registers with it, a new one each time."""
    if path != "/auth/register":
        return (
            (path, {"email": "ada@example.com" if kind == SOMEBODY else "no@example.com"}) for _ in count()
        )
    others = {"password": PASSWORD, "first_name": "A", "last_name": "L"}
    new = (f"no{number}@example.com" for number in count())
    return (
        (path, {**others, "email": "ada@example.com" if kind == SOMEBODY else next(new)}) for _ in count()
    )


def probability(one: Sequence[float], two: Sequence[float]) -> float:
    """Return the two-sided p of the Mann-Whitney U test."""
    together = sorted([*one, *two])
    counts, ranks, below = Counter(together), dict[float, float](), 0
    for value in dict.fromkeys(together):
        ranks[value] = below + (counts[value] + 1) / 2
        below += counts[value]
    n, m = len(one), len(two)
    u = sum(ranks[value] for value in one) - n * (n + 1) / 2
    ties = sum(count**3 - count for count in counts.values()) / ((n + m) * (n + m - 1))
    z = (abs(u - n * m / 2) - 0.5) / sqrt(n * m / 12 * (n + m + 1 - ties))
    return min(1.0, 2 * (1 - statistics.NormalDist().cdf(z)))


def measured(
    samples: int, kinds: Mapping[str, Requests], limits: Mapping[str, str]
) -> tuple[dict[str, list[float]], set[bytes]]:
    """Return the times of each kind, and what different answers there were but for the first of each."""
    seen: set[bytes] = set()
    with served("benchmarks.enumeration:application", limits) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for requests in kinds.values():
            milliseconds(connection, set(), requests)
        cases = {kind: partial(milliseconds, connection, seen, requests) for kind, requests in kinds.items()}
        times = shuffled(cases, rounds=samples)
        connection.close()
    return times, seen


def shuffled(cases: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, list[float]]:
    """Return the times of each case; no round has the order of the last, so none always follows another."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    order, dice = list(cases), random.Random(rounds)  # noqa: S311 - no secret
    for _ in range(rounds):
        dice.shuffle(order)
        for name in order:
            times[name].append(cases[name]())
    return times


def compared(times: Mapping[str, Sequence[float]], seen: set[bytes], status: int) -> list[bool]:
    """Print what the times and the answers tell of the accounts; return what was kept."""
    as_expected = all(answer.startswith(b"(%d," % status) for answer in seen)
    kept = [target("ENUM-1", f"different answers ({status})", len(seen) if as_expected else 99, at_most=1)]
    for one, two in combinations(times, 2):
        medians = statistics.median(times[one]), statistics.median(times[two])
        percent = 100 * abs(medians[0] - medians[1]) / max(medians)
        kept.append(target("ENUM-1", f"{one} / {two}, medians, %", percent, at_most=MOST_PERCENT))
        p = probability(times[one], times[two])
        kept.append(target("ENUM-1", f"{one} / {two}, p", p, at_least=LEAST_PROBABILITY))
    return kept


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--samples", type=int, default=150, help="requests of each kind (default: %(default)s)"
    )
    samples = parser.parse_args().samples
    found = {
        "login": (401, measured(samples, {kind: logins(kind) for kind in KINDS}, WIDE)),
        "address throttled": (429, measured(samples, {kind: logins(kind) for kind in THROTTLED}, NARROW)),
        "account throttled": (
            429,
            measured(samples, {kind: guesses(kind) for kind in THROTTLED}, NARROW_ACCOUNTS),
        ),
    }
    for path in ASKING:
        kinds = {kind: asked_of(path, kind) for kind in (NOBODY, SOMEBODY)}
        found[path] = (202, measured(samples, kinds, LETTERS))
    rows = [
        {"login": f"{group}: {kind}", "median ms": statistics.median(each), "logins": len(each)}
        for group, (_, (times, _)) in found.items()
        for kind, each in times.items()
    ]
    show("enumeration", rows, title="what must not tell: time from the request to the whole answer")
    kept: list[bool] = []
    for group, (status, (times, seen)) in found.items():
        kept += compared({f"{group}: {kind}": each for kind, each in times.items()}, seen, status)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
