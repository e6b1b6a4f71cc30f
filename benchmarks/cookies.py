"""What a request costs that is known by its cookie, beside one that is known by its header.

    python -m benchmarks.cookies            # microseconds added to a request, medians of rounds
    python -m benchmarks.cookies --check    # exits with 1 when the cookie adds over 1 more (S4)

The requests are those of `benchmarks.middleware`, warm: 64 tokens take turns. The application answers, so
that what is added to the answer (``Vary: Cookie``) counts. A browser's Cookie header has three cookies of
ours and one of somebody else's. The middleware has an `Auth` on embedded stores, as browsers need one. All
sides take turns within a round.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.measuring import show, target
from benchmarks.middleware import AUDIENCE, BUSY_CLIENTS, ISSUER, SECRET, App, scopes_of
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core import Auth, Secret, Settings

MOST_MICROSECONDS = 1.0
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
BODY = {"type": "http.response.body", "body": b"hello"}
REFRESH = b"__Host-refresh_token=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"
OTHERS = b"theme=dark; " + REFRESH + b"; __Host-device=Zr3UjZrX5U8qQIiCebX1dBCJiGsX9-T7Vl8_ceGj9AE"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer with five bytes."""
    await send({**START, "headers": [*START["headers"]]})
    await send(BODY)


async def sink(message: Any) -> None:
    """Take a message, as a server does."""


def by_header(auth: Auth) -> App:
    return BearerMiddleware(hello, auth)


def by_cookie(auth: Auth) -> App:
    return BearerMiddleware(hello, auth, cookies=True)


def with_cookies(tokens: Sequence[str]) -> list[dict[str, Any]]:
    """Return the same requests, whose tokens come in cookies."""
    made = scopes_of(tokens)
    for scope, token in zip(made, tokens, strict=True):
        cookies = b"__Host-access_token=" + token.encode() + b"; " + OTHERS
        scope["headers"] = [*scope["headers"][:-1], (bytes(bytearray(b"cookie")), bytes(bytearray(cookies)))]
    return made


SIDES: dict[str, tuple[Callable[[Auth], App], Callable[[Sequence[str]], list[dict[str, Any]]]]] = {
    "header": (by_header, scopes_of),
    "header, cookies=True": (by_cookie, scopes_of),
    "cookie, cookies=True": (by_cookie, with_cookies),
}


async def drive(app: App, scopes: Sequence[dict[str, Any]]) -> float:
    """Return microseconds of processor time a request."""
    start = time.process_time()
    for scope in scopes:
        await app(scope, None, sink)
    return (time.process_time() - start) * 1e6 / len(scopes)


def measured(auth: Auth, count: int, size: int) -> dict[str, list[float]]:
    """Return what each side adds to a request, round by round."""
    busy = [
        auth.tokens.issue(
            subject=f"0b9ac7e4-52a7-4f39-9c4d-{number:012d}",
            scopes={"topics:read", "topics:write"},
            session_id=f"{number:032x}",
        )
        for number in range(BUSY_CLIENTS)
    ]
    tokens = (busy * (size // BUSY_CLIENTS + 1))[:size]
    apps = {name: make(auth) for name, (make, _) in SIDES.items()}
    for name, app in apps.items():
        asyncio.run(drive(app, SIDES[name][1](busy)))
    added: dict[str, list[float]] = {name: [] for name in SIDES}
    for turn in range(count):
        for name in (list(SIDES), [*reversed(SIDES)])[turn % 2]:
            gc.collect()
            gc.disable()
            base = asyncio.run(drive(hello, scopes_of(tokens)))
            added[name].append(asyncio.run(drive(apps[name], SIDES[name][1](tokens))) - base)
            gc.enable()
    return added


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--requests", type=int, default=4000, help="requests a round")
    parser.add_argument("--check", action="store_true", help="exit with 1 when the bound is exceeded")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        auth = Auth.from_settings(
            Settings(
                jwt_key=Secret(SECRET),
                jwt_issuer=ISSUER,
                jwt_audience=AUDIENCE,
                database_url=Secret(f"sqlite:///{directory}/auth.sqlite3"),
            )
        )
        auth.migrate()
        added = measured(auth, options.rounds, options.requests)
        auth.close()
    rows = [
        {"known by": name, "added us": round(statistics.median(figures), 2)}
        for name, figures in added.items()
    ]
    show("S4 cookies", rows, title="Added to a warm request that is answered")
    pairs = zip(added["cookie, cookies=True"], added["header"], strict=True)
    more = statistics.median(cookie - header for cookie, header in pairs)
    is_within = target("S4", "us that the cookie adds more, warm", more, at_most=MOST_MICROSECONDS)
    return 1 if options.check and not is_within else 0


if __name__ == "__main__":
    sys.exit(main())
