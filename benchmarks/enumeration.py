"""Whether the time of a failed login tells if an account exists (ENUM-1).

    python -m benchmarks.enumeration                 # 150 logins of each kind, about a minute
    python -m benchmarks.enumeration --samples 500   # as the requirement asks

An unknown address, a wrong password, the right password of a disabled account and a row whose hash cannot be
used, in turns, each at the real cost of a hash, against one uvicorn whose limits count and never refuse.
Then an address that is over its limit, with a known and an unknown account. Each two are compared: the
difference of the medians in percent, and the probability that two samples of one distribution differ as
much (Mann-Whitney, normal approximation with its correction for ties). The answers themselves must be the
same to the letter, but for the seconds that are left.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import combinations
from math import sqrt
from typing import Any

from benchmarks.measuring import interleaved, show, target
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
}
THROTTLED = {kind: KINDS[kind] for kind in ("unknown address", "wrong password")}
WIDE = {"LIMIT_LOGIN": "1000000/minute", "LIMIT_LOGIN_FAILURES": "1000000/minute"}
NARROW = {"LIMIT_LOGIN": "1/day"}
PASSING = ("date", "retry-after", "ratelimit")


def application() -> Any:
    """Return the auth app with three users; their hashes have production's cost, but for one."""
    from jwt_auth_asgi.app import create_standalone  # noqa: PLC0415 - only in the server

    own = {"JWT_KEY": "a secret for measuring, of forty-odd bytes length", "DATABASE_URL": "sqlite://"}
    auth = Auth.from_settings(Settings.from_env({**os.environ, **own}))
    for name in ("ada", "bob", "eve"):
        fields = {"email": f"{name}@example.com", "first_name": name, "last_name": "Example"}
        auth.register(auth.register.parse({**fields, "password": PASSWORD}), Client())
    bob = auth.database.query("SELECT user_id FROM users WHERE email = %s", ("bob@example.com",), fetch="one")
    assert bob is not None
    auth.database.query("UPDATE auth_accounts SET disabled_at = 1 WHERE user_id = %s", (bob["user_id"],))
    auth.database.query("UPDATE users SET password_hash = 'md5!' WHERE email = %s", ("eve@example.com",))
    return create_standalone(auth)


def milliseconds(connection: http.client.HTTPConnection, seen: set[bytes], kind: str) -> float:
    """Return how long one failed login took; note what was answered."""
    email, password = KINDS[kind]
    body = json.dumps({"email": email, "password": password})
    begun = time.perf_counter()
    connection.request("POST", "/auth/login", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    took = time.perf_counter() - begun
    told = sorted((name, value) for name, value in answer.getheaders() if name.lower() not in PASSING)
    seen.add(repr((answer.status, told, content)).encode())
    return took * 1000


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
    samples: int, kinds: Iterable[str], limits: Mapping[str, str]
) -> tuple[dict[str, list[float]], set[bytes]]:
    """Return the times of each kind, and what different answers there were."""
    seen: set[bytes] = set()
    with served("benchmarks.enumeration:application", limits) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        milliseconds(connection, set(), "wrong password")
        cases = {kind: partial(milliseconds, connection, seen, kind) for kind in kinds}
        times = interleaved(cases, rounds=samples)
        connection.close()
    return times, seen


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
    parser.add_argument("--samples", type=int, default=150, help="logins of each kind (default: %(default)s)")
    samples = parser.parse_args().samples
    times, seen = measured(samples, KINDS, WIDE)
    over, refused = measured(samples, THROTTLED, NARROW)
    rows = [
        {"login": kind, "median ms": statistics.median(each), "logins": len(each)}
        for kind, each in {**times, **{f"{kind}, throttled": each for kind, each in over.items()}}.items()
    ]
    show("enumeration", rows, title="failed logins: time from the request to the whole answer")
    kept = [*compared(times, seen, 401), *compared(over, refused, 429)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
