"""What authentication adds to a request in each framework, without a server (S4).

    python -m benchmarks.frameworks            # microseconds added over the same route without it

Every case is the same route with and without authentication; tokens are new at each request ("cold")
or of 64 busy clients in turn ("warm", where only ours remembers). fastapi-users finds its user in memory.
Microseconds are the processor's, threads included: a request here waits for nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import applications
from benchmarks.measuring import interleaved, show, target
from benchmarks.middleware import BUSY_CLIENTS, issue, scopes_of
from benchmarks.peers import authx, fastapi_jwt, fastapi_users, guardpost, litestar

Factory = Callable[[], Callable]


@dataclass(frozen=True, slots=True)
class Case:
    bare: str
    make: Factory
    tokens: Callable[[int], list[str]] = issue


BARE: dict[str, Factory] = {
    "ASGI": applications.bare_asgi,
    "Starlette": applications.bare_starlette,
    "FastAPI": applications.bare_fastapi,
    "Litestar": litestar.bare,
}
CASES = {
    "ASGI: BearerMiddleware": Case("ASGI", applications.our_asgi),
    "ASGI: guardpost": Case("ASGI", guardpost.app),
    "Starlette: BearerMiddleware": Case("Starlette", applications.our_starlette),
    "Starlette: AuthenticationMiddleware + PyJWT": Case("Starlette", applications.pyjwt_starlette),
    "FastAPI: an empty async def Depends": Case("FastAPI", applications.empty_fastapi),
    "FastAPI: BearerMiddleware, request.user": Case("FastAPI", applications.scope_fastapi),
    "FastAPI: CurrentUser": Case("FastAPI", applications.our_fastapi),
    "FastAPI: async def Depends + PyJWT": Case("FastAPI", applications.pyjwt_fastapi),
    "FastAPI: def Depends + PyJWT": Case("FastAPI", applications.pyjwt_fastapi_def),
    "FastAPI: fastapi-jwt": Case("FastAPI", fastapi_jwt.app, fastapi_jwt.tokens),
    "FastAPI: AuthX": Case("FastAPI", authx.app, authx.tokens),
    "FastAPI: fastapi-users": Case("FastAPI", fastapi_users.app, fastapi_users.tokens),
    "Litestar: JWTAuth": Case("Litestar", litestar.app, litestar.tokens),
}
OURS = "FastAPI: CurrentUser"
TARGETS = {
    "FastAPI: async def Depends + PyJWT": 0.18,
    "FastAPI: def Depends + PyJWT": 0.18,
    "FastAPI: AuthX": 0.045,
    "FastAPI: fastapi-users": 0.045,
}


async def drive(app, tokens: Sequence[str]) -> float:
    """Return microseconds of processor time a request, and make sure that each was let in."""
    statuses = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scopes = scopes_of(tokens)
    started = time.process_time()  # all threads'; what else the machine does is not counted
    for scope in scopes:
        await app(scope, receive, send)
    spent = time.process_time() - started
    assert statuses == [200] * len(tokens), set(statuses)
    return spent * 1e6 / len(tokens)


def measured(kind: str, rounds: int, size: int) -> dict[str, list[float]]:
    """Return the microseconds of each case and of each bare application, round by round."""
    with asyncio.Runner() as runner:
        cases = {name: _bare(runner, make(), size) for name, make in BARE.items()}
        cases |= {name: _case(runner, case, kind, size) for name, case in CASES.items()}
        return interleaved(cases, rounds=rounds)


def _bare(runner, app, size: int) -> Callable[[], float]:
    tokens = issue(1) * size
    return lambda: runner.run(drive(app, tokens))


def _case(runner, case: Case, kind: str, size: int) -> Callable[[], float]:
    app, busy = case.make(), case.tokens(BUSY_CLIENTS)
    runner.run(drive(app, busy))

    def once() -> float:
        tokens = case.tokens(size) if kind == "cold" else (busy * (size // len(busy) + 1))[:size]
        return runner.run(drive(app, tokens))

    return once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=600, help="requests a round")
    options = parser.parse_args()
    for kind in ("cold", "warm"):
        found = measured(kind, options.rounds, options.requests)
        added = {
            name: [one - bare for one, bare in zip(found[name], found[case.bare], strict=True)]
            for name, case in CASES.items()
        }
        rows = [
            {
                "case": name,
                "added us": round(statistics.median(added[name]), 2),
                "whole us": round(statistics.median(found[name]), 1),
                "bare us": round(statistics.median(found[case.bare]), 1),
            }
            for name, case in CASES.items()
        ]
        show(f"S4 {kind}", rows, title=f"Added to a request, {kind} tokens")
        for name, bound in TARGETS.items():
            reached = statistics.median(added[OURS]) / statistics.median(added[name])
            target("S4", f"CurrentUser {kind}, of {name}", reached, at_most=bound)


if __name__ == "__main__":
    main()
