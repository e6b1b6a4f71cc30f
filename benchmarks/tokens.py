"""Issuing and verifying access tokens, beside the libraries that Python has for it.

    python -m benchmarks.tokens              # a table, then one line of JSON a measurement
    python -m benchmarks.tokens --rounds 5   # quicker and rougher
    python -m benchmarks.tokens --check      # exits with 1 where a bound is exceeded

PyJWT always, joserfc, Authlib, python-jose, and the Rust libraries oxyjwt and webtoken where they are
installed. All sides do the same work: the token has iss, aud, sub, iat, exp, jti and scope, verification
demands every one of them, and issuing begins with the time and a new random id. Cases take turns within
each round, so that a busy moment hits all of them, and what is counted is processor time; a ratio is the
median of the rounds' ratios. `oxyjwt, one dict` signs the same claims again and again, as no issuer does: it
is what the library itself takes. `least Python` is the shortest Python that issues such a token: the floor.
Cold: each token is new to the verifier. Warm: 64 tokens that it has seen take turns, as with 64 busy
clients. Foreign: cold, tokens that PyJWT wrote, their claims in another order than ours and without
a key id.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import platform
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import jwt

from benchmarks.floor import issuing
from benchmarks.measuring import ratio, show, target
from benchmarks.peers import jose, jwt_libraries
from jwt_auth_core.keys import Hs256Key
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.payload_patterns import PayloadPatterns

SECRET = secrets.token_hex(32)
ISSUER = "https://auth.example.com"
AUDIENCE = "https://api.example.com"
SUBJECT = "0b6f0f6e-8f5e-4d5e-9c39-3d2f4d2f7a11"
SCOPES = frozenset({"topics:read", "topics:write"})
TTL_SECONDS = 900
NAMES = ["iss", "aud", "sub", "iat", "exp", "jti", "scope"]
EXPECTED: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "options": {"require": NAMES}}
PARTIES = {"iss": ISSUER, "aud": AUDIENCE, "sub": SUBJECT}
HEADER = {"alg": "HS256", "typ": "at+jwt"}
BOUNDS = {"verify cold": ("S1", 0.12), "verify warm": ("S2", 0.010), "issue": ("S3", 0.16)}
AGAINST_OTHERS = [
    *(("S1", "verify cold", "verify", other, 0.22) for other in ("joserfc", "Authlib", "python-jose")),
    ("S3", "issue", "issue", "joserfc", 0.25),
    ("S13", "verify cold", "verify", "oxyjwt", 1.0),
    ("S13", "issue", "issue", "oxyjwt", 1.25),
    ("S13", "issue", "issue", "oxyjwt, one dict", 1.25),
]
RUST = ("oxyjwt", "oxyjwt, one dict", "webtoken", "least Python")
TOKENS_A_ROUND = 400
BUSY_CLIENTS = 64

Run = Callable[[list[str]], None]


@dataclass(frozen=True, slots=True)
class Case:
    """Work on a list of tokens, and what is done with the same tokens before the clock starts."""

    work: str
    library: str
    run: Run
    prepare: Run = lambda _tokens: None


def claims() -> dict[str, Any]:
    """Return the claims that every peer signs."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": SUBJECT,
        "iat": now,
        "exp": now + TTL_SECONDS,
        "jti": secrets.token_hex(16),
        "scope": " ".join(sorted(SCOPES)),
    }


def ours() -> list[Case]:
    """Return our cases; new tokens with and without msgspec, the only accelerator of this work."""
    ring = KeyRing.from_secret(SECRET)
    tokens = AccessTokens(ring, issuer=ISSUER, audience=AUDIENCE, ttl_seconds=TTL_SECONDS)
    with patch("jwt_auth_core.tokens.rules.fast_reader", PayloadPatterns):
        bare = AccessTokens(ring, issuer=ISSUER, audience=AUDIENCE, ttl_seconds=TTL_SECONDS)

    def forget(_batch: list[str]) -> None:
        tokens.replace_keys(ring)
        bare.replace_keys(ring)

    def verify_bare(batch: list[str]) -> None:
        for token in batch:
            bare.verify(token)

    def verify(batch: list[str]) -> None:
        for token in batch:
            tokens.verify(token)

    def issue(batch: list[str]) -> None:
        for _ in batch:
            tokens.issue(subject=SUBJECT, scopes=SCOPES)

    return [
        Case("verify cold", "jwt-auth", verify, forget),
        Case("verify warm", "jwt-auth", verify, verify),
        Case("verify foreign", "jwt-auth", verify, forget),
        Case("verify cold", "jwt-auth without msgspec", verify_bare, forget),
        Case("issue", "jwt-auth", issue),
    ]


def of_pyjwt() -> tuple[Run, Run]:
    """Return verify and issue with PyJWT."""
    verify = jwt_libraries.of_pyjwt(Hs256Key(SECRET), SECRET, EXPECTED)

    def issue(batch: list[str]) -> None:
        for _ in batch:
            jwt.encode(claims(), SECRET, algorithm="HS256", headers=HEADER)

    return verify, issue


def of_oxyjwt() -> tuple[Run, Run]:
    """Return verify and issue with oxyjwt."""
    issue = jwt_libraries.issuing_by_oxyjwt(SECRET, HEADER, claims)
    return jwt_libraries.of_oxyjwt(Hs256Key(SECRET), SECRET, EXPECTED), issue


def of_oxyjwt_again() -> tuple[None, Run]:
    """Return issue with oxyjwt, of claims that were made once."""
    same = claims()
    return None, jwt_libraries.issuing_by_oxyjwt(SECRET, HEADER, lambda: same)


PEERS: dict[str, Callable[[], tuple[Run | None, Run | None]]] = {
    "oxyjwt": of_oxyjwt,
    "oxyjwt, one dict": of_oxyjwt_again,
    "webtoken": lambda: (jwt_libraries.of_webtoken(Hs256Key(SECRET), SECRET, EXPECTED), None),
    "least Python": lambda: (None, issuing(SECRET, HEADER, PARTIES, SCOPES)),
    "PyJWT": of_pyjwt,
    "joserfc": lambda: jose.of_joserfc(SECRET, HEADER, claims, EXPECTED),
    "Authlib": lambda: jose.of_authlib(SECRET, HEADER, claims, EXPECTED),
    "python-jose": lambda: jose.of_python_jose(SECRET, HEADER, claims, EXPECTED),
}


def cases() -> list[Case]:
    """Return every case that can run here."""
    found = ours()
    for name, make in PEERS.items():
        try:
            verify, issue = make()
        except ImportError:
            continue
        found += [Case("verify", name, verify)] if verify else []
        found += [Case("issue", name, issue)] if issue else []
    return found


def measured(rounds: int) -> dict[tuple[str, str], list[float]]:
    """Return the nanoseconds of one operation in each round, by work and library."""
    writer = AccessTokens(
        KeyRing.from_secret(SECRET), issuer=ISSUER, audience=AUDIENCE, ttl_seconds=TTL_SECONDS
    )
    found: dict[tuple[str, str], list[float]] = {}
    running = cases()
    for number in range(rounds + 1):
        ours = [writer.issue(subject=SUBJECT, scopes=SCOPES) for _ in range(TOKENS_A_ROUND)]
        foreign = [
            jwt.encode(dict(reversed(claims().items())), SECRET, algorithm="HS256", headers=HEADER)
            for _ in ours
        ]
        busy = [ours[place % BUSY_CLIENTS] for place in range(TOKENS_A_ROUND)]
        batches = {"verify foreign": foreign, "verify warm": busy}
        for case in running:
            batch = batches.get(case.work, ours)
            case.prepare(batch)
            # As a server makes them, request by request: new texts, whose hash nobody knows yet.
            fresh = [token.encode().decode() for token in batch]
            gc.collect()
            started = time.thread_time_ns()
            case.run(fresh)
            if number:  # the first round warms caches and adaptive bytecode
                spent = (time.thread_time_ns() - started) / len(fresh)
                found.setdefault((case.work, case.library), []).append(spent)
    return found


def ratios(found: dict[tuple[str, str], list[float]]) -> list[dict[str, Any]]:
    """Return one record a case: median microseconds, and the median ratio to PyJWT in the same rounds."""
    records = []
    for (work, library), times in found.items():
        base = found["issue" if work == "issue" else "verify", "PyJWT"]
        microseconds = round(statistics.median(times) / 1000, 3)
        records.append(
            {"work": work, "library": library, "us": microseconds, "to PyJWT": round(ratio(times, base), 4)}
        )
    return sorted(records, key=lambda record: (record["work"] == "issue", record["us"]))


def rust(found: dict[tuple[str, str], list[float]]) -> list[dict[str, Any]]:
    """Return what stands beside oxyjwt, where it is installed."""
    return [
        {
            "work": "issue" if work == "issue" else "verify",
            "library": library,
            "us": round(statistics.median(times) / 1000, 3),
            "of oxyjwt": round(ratio(times, found["issue" if work == "issue" else "verify", "oxyjwt"]), 3),
        }
        for (work, library), times in sorted(found.items(), key=lambda one: statistics.median(one[1]))
        if library in {"jwt-auth", "PyJWT", *RUST} and work in {"issue", "verify", "verify cold"}
        if ("issue", "oxyjwt") in found
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=31, help="measured rounds (default 31)")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a bound is exceeded")
    arguments = parser.parse_args()
    print(f"CPython {platform.python_version()}, PyJWT {importlib.metadata.version('pyjwt')}")
    found = measured(arguments.rounds)
    rows = ratios(found)
    show("S1-S3", [row for row in rows if row["library"] not in RUST], title="Verifying and issuing")
    show("S13 HS256", rust(found), title="Verifying and issuing with HS256, beside compiled libraries")
    kept = [
        target(BOUNDS[work][0], f"{work}, of PyJWT", to_pyjwt, at_most=BOUNDS[work][1])
        for (work, to_pyjwt) in _ours(found)
    ]
    kept += [
        target(name, f"{work}, of {other}", ratio(found[work, "jwt-auth"], found[base, other]), at_most=bound)
        for name, work, base, other, bound in AGAINST_OTHERS
        if (base, other) in found
    ]
    return 1 if arguments.check and not all(kept) else 0


def _ours(found: dict[tuple[str, str], list[float]]) -> list[tuple[str, float]]:
    bases = {work: ("issue" if work == "issue" else "verify", "PyJWT") for work in BOUNDS}
    return [(work, ratio(found[work, "jwt-auth"], found[base])) for work, base in bases.items()]


if __name__ == "__main__":
    sys.exit(main())
