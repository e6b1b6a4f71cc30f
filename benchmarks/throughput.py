"""Requests a second under uvicorn, as a share of the same application without authentication (S5).

    python -m benchmarks.throughput            # 28 rounds of 0.6 seconds

Each application runs in a process of its own (one worker, uvloop, httptools), a new one in each round: how
a process happens to lie in memory makes it up to 5 % faster or slower as long as it lives. So FastAPI,
whose share is bounded within a few per cent, is measured in every round, all others in every fourth. The
client in another process sends on 32 keep-alive connections with 1,000 different tokens, each of which was
seen before. The share is told twice: of the median of requests a second, and of the server's processor
time, which other work on the machine does not touch.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from benchmarks.applications import PATH
from benchmarks.measuring import interleaved, medians, show, target
from benchmarks.middleware import issue
from benchmarks.peers import authx, fastapi_users, litestar
from benchmarks.serving import put_load, served

CONNECTIONS = 32
CLIENTS = 1000
WARM_SECONDS = 0.3
OTHERS_EVERY = 4
HERE = "benchmarks.applications:"
CASES = {  # name: (what it is without authentication, factory, tokens)
    "ASGI bare": ("ASGI bare", f"{HERE}bare_asgi", issue),
    "ASGI: BearerMiddleware": ("ASGI bare", f"{HERE}our_asgi", issue),
    "Starlette bare": ("Starlette bare", f"{HERE}bare_starlette", issue),
    "Starlette: BearerMiddleware": ("Starlette bare", f"{HERE}our_starlette", issue),
    "Starlette: AuthenticationMiddleware + PyJWT": ("Starlette bare", f"{HERE}pyjwt_starlette", issue),
    "FastAPI bare": ("FastAPI bare", f"{HERE}bare_fastapi", issue),
    "FastAPI: BearerMiddleware, request.user": ("FastAPI bare", f"{HERE}scope_fastapi", issue),
    "FastAPI: CurrentUser": ("FastAPI bare", f"{HERE}our_fastapi", issue),
    "FastAPI: async def Depends + PyJWT": ("FastAPI bare", f"{HERE}pyjwt_fastapi", issue),
    "FastAPI: AuthX": ("FastAPI bare", "benchmarks.peers.authx:app", authx.tokens),
    "FastAPI: fastapi-users": ("FastAPI bare", "benchmarks.peers.fastapi_users:app", fastapi_users.tokens),
    "Litestar bare": ("Litestar bare", "benchmarks.peers.litestar:bare", litestar.tokens),
    "Litestar: JWTAuth": ("Litestar bare", "benchmarks.peers.litestar:app", litestar.tokens),
}
TARGETS = {
    "FastAPI: BearerMiddleware, request.user": 0.95,
    "Starlette: BearerMiddleware": 0.85,
    "ASGI: BearerMiddleware": 0.80,
}
OFTEN = ("FastAPI bare", "FastAPI: BearerMiddleware, request.user")


def requests(tokens: list[str]) -> list[str]:
    head = f"GET {PATH} HTTP/1.1\r\nHost: api.example.com\r\nAccept: application/json\r\n"
    agent = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    return [f"{head}{agent}Authorization: Bearer {token}\r\n\r\n" for token in tokens]


def rate(factory: str, texts: list[str], seconds: float, costs: list[float]) -> float:
    """Serve and return requests a second; note the server's processor time for one, in microseconds."""
    group = {"name": "load", "connections": CONNECTIONS, "requests": texts}
    with served(factory) as server:
        plan = {"port": server.port, "warm_seconds": 0, "seconds": WARM_SECONDS, "groups": [group]}
        put_load(plan)
        before = server.cpu_seconds()
        told = put_load(plan | {"seconds": seconds})["load"]
        assert set(told["statuses"]) == {"200"}, told["statuses"]
        costs.append((server.cpu_seconds() - before) * 1e6 / told["count"])
    return told["per_second"]


def measured(cases: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Return the figures of each case; those that are not measured ``OFTEN`` have fewer."""
    found: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds):
        chosen = cases if number % OTHERS_EVERY == 0 else {name: cases[name] for name in OFTEN}
        for name, figures in interleaved(chosen, rounds=1, warm_up=False).items():
            found[name] += figures
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=28)
    parser.add_argument("--seconds", type=float, default=0.6)
    options = parser.parse_args()
    costs: dict[str, list[float]] = {name: [] for name in CASES}
    cases = {
        name: partial(rate, factory, requests(tokens(CLIENTS)), options.seconds, costs[name])
        for name, (_, factory, tokens) in CASES.items()
    }
    found = measured(cases, options.rounds)
    rate_of, cost_of = medians(found), medians(costs)
    rows, shares = [], {}
    for name, (bare, _, _) in CASES.items():
        shares[name] = rate_of[name] / rate_of[bare]
        rows.append(
            {
                "application": name,
                "requests/s": round(rate_of[name]),
                "share of bare": round(shares[name], 3),
                "server us a request": round(cost_of[name], 1),
                "share by that": round(cost_of[bare] / cost_of[name], 3),
            }
        )
    show("S5", rows, title=f"Requests a second, {CONNECTIONS} connections, {CLIENTS:,} tokens")
    for name, bound in TARGETS.items():
        target("S5", f"{name}, share of bare", shares[name], at_least=bound)


if __name__ == "__main__":
    main()
