"""What the middleware adds to a request, beside Starlette's with PyJWT behind it.

    python -m benchmarks.middleware            # microseconds added to a request, medians of rounds
    python -m benchmarks.middleware --check    # exits with 1 when it adds more than 60 (ASGI-13)

Each side wraps the same empty ASGI application and is driven without a server, in interleaved
rounds, every request with a fresh scope of twelve headers (fresh bytes, as a server makes them),
and the token has eight claims that both sides check.
"Added" is the time with the wrapper less the time without. Cold: each token is new to the
middleware and to the verifier's cache. Warm: 64 tokens take turns, as with 64 busy clients.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import jwt
from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, SimpleUser
from starlette.middleware.authentication import AuthenticationMiddleware

from benchmarks.measuring import show, target
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens

SECRET = "a secret for measuring, of forty-odd bytes length"
ISSUER = "https://auth.example.com"
AUDIENCE = "https://api.example.com"
REQUIRED = {"require": ["iss", "sub", "aud", "exp", "iat", "jti"]}
OTHERS = [
    (b"host", b"api.example.com"),
    (b"connection", b"keep-alive"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (b"accept", b"application/json"),
    (b"accept-language", b"en-US,en;q=0.5"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"referer", b"https://app.example.com/topics"),
    (b"origin", b"https://app.example.com"),
    (b"sec-fetch-dest", b"empty"),
    (b"sec-fetch-mode", b"cors"),
    (b"sec-fetch-site", b"same-site"),
]
BUSY_CLIENTS = 64
TARGETS = {"cold": 0.13, "warm": 0.03}  # of what Starlette with PyJWT adds
MOST_MICROSECONDS = 60.0  # ASGI-13, at the median

App = Callable[[Any, Any, Any], Any]
Make = Callable[[], App]


class PyJWTBackend(AuthenticationBackend):
    """The usual recipe: PyJWT in an authentication backend, with the checks that ours makes."""

    async def authenticate(self, conn):
        header = conn.headers.get("authorization")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            claims = jwt.decode(
                token, SECRET, algorithms=["HS256"], issuer=ISSUER, audience=AUDIENCE, options=REQUIRED
            )
        except jwt.InvalidTokenError as error:
            raise AuthenticationError(str(error)) from None
        return AuthCredentials(claims["scope"].split()), SimpleUser(claims["sub"])


async def empty(scope, receive, send):
    """Do nothing, as fast as Python can."""


def access_tokens() -> AccessTokens:
    return AccessTokens(KeyRing.from_secret(SECRET), issuer=ISSUER, audience=AUDIENCE)


def ours() -> App:
    return BearerMiddleware(empty, access_tokens())


def theirs() -> App:
    return AuthenticationMiddleware(empty, PyJWTBackend())


def issue(count: int) -> list[str]:
    tokens = access_tokens()
    scopes = {"topics:read", "topics:write"}
    return [
        tokens.issue(subject=f"0b9ac7e4-52a7-4f39-9c4d-{n:012d}", scopes=scopes, session_id=f"{n:032x}")
        for n in range(count)
    ]


def scopes_of(tokens: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "type": "http",
            "method": "GET",
            "path": "/topics",
            "raw_path": b"/topics",
            "root_path": "",
            "query_string": b"",
            "scheme": "https",
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
            "client": ("127.0.0.1", 5),
            "server": ("127.0.0.1", 8000),
            "headers": [(bytes(bytearray(n)), bytes(bytearray(v))) for n, v in OTHERS]
            + [(bytes(bytearray(b"authorization")), b"Bearer " + token.encode())],
        }
        for token in tokens
    ]


async def drive(app: App, scopes: Sequence[dict[str, Any]]) -> float:
    """Return microseconds of processor time a request: what else the machine does is not counted."""
    start = time.process_time()
    for scope in scopes:
        await app(scope, None, None)
    return (time.process_time() - start) * 1e6 / len(scopes)


def measure(make: Make, tokens: Sequence[str], warm_up: Sequence[str]) -> tuple[float, float]:
    """Return what the wrapper added to a request, and the wrapped request's whole time."""
    app = make()
    asyncio.run(drive(app, scopes_of(warm_up))) if warm_up else None
    base = asyncio.run(drive(empty, scopes_of(tokens)))
    whole = asyncio.run(drive(app, scopes_of(tokens)))
    return whole - base, whole


def rounds(kind: str, count: int, size: int) -> dict[str, list[float]]:
    added: dict[str, list[float]] = {"ours": [], "theirs": []}
    busy = issue(BUSY_CLIENTS)
    for _ in range(count):
        tokens = issue(size) if kind == "cold" else (busy * (size // BUSY_CLIENTS + 1))[:size]
        for name, make in (("ours", ours), ("theirs", theirs)):
            gc.collect()
            gc.disable()
            added[name].append(measure(make, tokens, busy if kind == "warm" else ())[0])
            gc.enable()
    return added


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=2000, help="requests a round")
    parser.add_argument("--check", action="store_true", help="exit with 1 when the bound is exceeded")
    options = parser.parse_args()
    added = {kind: rounds(kind, options.rounds, options.requests) for kind in TARGETS}
    mine = {kind: statistics.median(each["ours"]) for kind, each in added.items()}
    other = {kind: statistics.median(each["theirs"]) for kind, each in added.items()}
    rows = [
        {"middleware": f"{name}, {kind}", "added us": round(figures[kind], 2)}
        for kind in TARGETS
        for name, figures in (("BearerMiddleware", mine), ("AuthenticationMiddleware + PyJWT", other))
    ]
    show("S4", rows, title="Added to a request")
    for kind, most in TARGETS.items():
        target("S4", f"middleware, {kind}, of Starlette's with PyJWT", mine[kind] / other[kind], at_most=most)
    within = [
        target("ASGI-13", f"us added, {kind}", mine[kind], at_most=MOST_MICROSECONDS) for kind in TARGETS
    ]
    return 1 if options.check and not all(within) else 0


if __name__ == "__main__":
    sys.exit(main())
