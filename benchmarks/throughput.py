"""Requests a second under uvicorn, as a share of the same application without authentication (S5).

    python -m benchmarks.throughput            # 5 rounds of 2 seconds for each application

Each application runs in a process of its own (one worker, uvloop, httptools); the client in another
sends on 32 keep-alive connections with 1,000 different tokens, each of which was seen before. The share is
told twice: of the requests a second, and of the server's processor time, which other work on the machine
does not touch.
"""

from __future__ import annotations

import argparse
import statistics
from functools import partial

from benchmarks.applications import PATH
from benchmarks.measuring import interleaved, ratio, show, target
from benchmarks.middleware import issue
from benchmarks.peers import authx, fastapi_users, litestar
from benchmarks.serving import Served, all_served, put_load

CONNECTIONS = 32
CLIENTS = 1000
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


def requests(tokens: list[str]) -> list[str]:
    head = f"GET {PATH} HTTP/1.1\r\nHost: api.example.com\r\nAccept: application/json\r\n"
    agent = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    return [f"{head}{agent}Authorization: Bearer {token}\r\n\r\n" for token in tokens]


def rate(server: Served, texts: list[str], seconds: float, costs: list[float]) -> float:
    """Return requests a second; note the server's processor time for one, in microseconds."""
    group = {"name": "load", "connections": CONNECTIONS, "requests": texts}
    plan = {"port": server.port, "warm_seconds": 0, "seconds": seconds, "groups": [group]}
    before = server.cpu_seconds()
    told = put_load(plan)["load"]
    assert set(told["statuses"]) == {"200"}, told["statuses"]
    costs.append((server.cpu_seconds() - before) * 1e6 / told["count"])
    return told["per_second"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    costs: dict[str, list[float]] = {name: [] for name in CASES}
    with all_served({name: factory for name, (_, factory, _) in CASES.items()}) as servers:
        cases = {
            name: partial(rate, servers[name], requests(tokens(CLIENTS)), options.seconds, costs[name])
            for name, (_, _, tokens) in CASES.items()
        }
        found = interleaved(cases, rounds=options.rounds)
    rows, shares = [], {}
    for name, (bare, _, _) in CASES.items():
        shares[name] = ratio(found[name], found[bare])
        rows.append(
            {
                "application": name,
                "requests/s": round(statistics.median(found[name])),
                "share of bare": round(shares[name], 3),
                "server us a request": round(statistics.median(costs[name]), 1),
                "share by that": round(statistics.median(costs[bare]) / statistics.median(costs[name]), 3),
            }
        )
    show("S5", rows, title=f"Requests a second, {CONNECTIONS} connections, {CLIENTS:,} tokens")
    for name, bound in TARGETS.items():
        target("S5", f"{name}, share of bare", shares[name], at_least=bound)


if __name__ == "__main__":
    main()
