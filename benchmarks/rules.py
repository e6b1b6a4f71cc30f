"""What fifty rules add to a request, beside the same middleware without them; printed only.

    python -m benchmarks.rules            # microseconds added to a request, medians of rounds

Warm: 64 tokens and one path take turns. New tokens: each is new to the verifier. New paths: no two requests
are for the same one; deep ones stand below a rule for two segments.
"""

from __future__ import annotations

import asyncio
import statistics
from typing import Any

from benchmarks.middleware import BUSY_CLIENTS, access_tokens, empty, issue, scopes_of
from jwt_auth_asgi.bearer import BearerMiddleware

ROUNDS = 21
REQUESTS = 2_000
PATHS = {"new paths": "/topics/{turn}-{number}", "deep paths": "/part{part}/inner/{turn}-{number}"}
KINDS = ("warm", "new tokens", *PATHS)
RULES = [
    ("/topics", "topics:read"),
    *((f"/part{number}/inner", {"GET": "topics:read", "*": "topics:write"}) for number in range(49)),
]


def requests(kind: str, turn: int) -> list[dict[str, Any]]:
    """Return the requests of a round."""
    tokens = issue(REQUESTS if kind == "new tokens" else BUSY_CLIENTS)
    scopes = scopes_of([tokens[number % len(tokens)] for number in range(REQUESTS)])
    if kind in PATHS:
        for number, scope in enumerate(scopes):
            scope["path"] = PATHS[kind].format(turn=turn, number=number, part=number % 49)
    return scopes


async def seconds(app: Any, scopes: list[dict[str, Any]]) -> float:
    """Return how long an application takes for all of them."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for scope in scopes:
        await app(scope, None, None)
    return loop.time() - begun


def added(kind: str) -> str:
    """Return a row: without rules, with them, and the difference of the medians."""
    sides = [
        BearerMiddleware(empty, access_tokens()),
        BearerMiddleware(empty, access_tokens(), rules=RULES),
    ]
    taken: list[list[float]] = [[], []]
    for turn in range(ROUNDS):
        for side in (0, 1) if turn % 2 else (1, 0):
            spent = asyncio.run(seconds(sides[side], requests(kind, turn)))
            taken[side].append(spent / REQUESTS * 1e6)
    without, ruled = map(statistics.median, taken)
    return f"{kind:12}{without:15.2f}{ruled:10.2f}{ruled - without:8.2f}{ruled / without:8.2f}"


def main() -> None:
    """Measure and print."""
    print("us a request  without rules  50 rules   added   ratio")
    for kind in KINDS:
        print(added(kind))


if __name__ == "__main__":
    main()
