"""What a flood of logins out of one network costs everybody else (PW-06).

    python -m benchmarks.fairness                # 75 people beside 80 hostile connections, about a minute

Each of the 75 signs in once, from a network of her own, one after the other, about a fifth of what the
machine can hash. Beside them 80 connections out of one /24 log in with a wrong password, each the next time
when it has been answered, a refusal being an answer; no limit is set. Then the same with so many people who
all come out of one /24, and with the flood out of that very network: a herd behind one address hurts itself.

The load runs beside the server on the same cores, so the flood's own work counts as the server's time; with
``--nice 19`` it gives way, as that of somebody else's computer would.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.load import post
from benchmarks.logins import OURS, environments, logins
from benchmarks.measuring import show, target
from benchmarks.serving import Served, put_load, served
from benchmarks.stores import addresses

PEOPLE = 75
HOSTILE = 80
WARM_SECONDS = 2.0
AWAY_SECONDS = 1000.0
NEIGHBOURS = [f"127.66.6.{number + 1}" for number in range(HOSTILE)]
STRANGERS = [f"127.1.{number + 1}.1" for number in range(PEOPLE)]
APPLICATION = "benchmarks.logins:our_app"


def people(own: list[str], apart: float, emails: list[str]) -> dict[str, Any]:
    """Return the plan of those who sign in once each."""
    group = {"name": "people", "connections": PEOPLE, "requests": logins(OURS, emails), "from": own}
    return {**group, "pause_seconds": AWAY_SECONDS, "apart_seconds": apart}


def flood(emails: list[str]) -> dict[str, Any]:
    """Return the plan of those who do nothing else."""
    wrong = [
        post("/auth/login", {"email": one, "password": "wrong tidal lantern"}).decode() for one in emails
    ]
    return {"name": "flood", "connections": HOSTILE, "requests": wrong, "from": NEIGHBOURS}


def measured(server: Served, groups: list[dict[str, Any]], seconds: float, *, nice: int) -> dict[str, Any]:
    """Return what the people met; the flood, where there is one, runs in a process of its own."""
    timing = {"port": server.port, "seconds": seconds}
    with ThreadPoolExecutor() as pool:
        hostile = [
            pool.submit(
                put_load, {**timing, "warm_seconds": WARM_SECONDS, "groups": groups[1:], "nice": nice}
            )
        ]
        told = put_load({**timing, "warm_seconds": 0, "wait_seconds": WARM_SECONDS, "groups": groups[:1]})
        return told | hostile[0].result()


def row(what: str, told: dict[str, Any]) -> dict[str, Any]:
    """Return a line of the table."""
    mine = told["people"]
    theirs = told.get("flood", {"per_second": 0.0, "statuses": {}})
    let_in = theirs["statuses"].get("401", 0)
    refused = theirs["statuses"].get("503", 0)
    return {
        "people": what,
        "signed in": mine["statuses"].get("200", 0),
        "refused": mine["statuses"].get("503", 0),
        "median ms": round(mine["p50_ms"], 1),
        "worst ms": round(mine["max_ms"], 1),
        "flood hashed": let_in,
        "flood refused": refused,
    }


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--apart", type=float, default=0.15, help="seconds between two people")
    parser.add_argument("--nice", type=int, default=0, help="how far the flood's own process gives way")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    emails = addresses(PEOPLE)
    seconds = PEOPLE * options.apart + 2
    cases = {
        "quiet": [people(STRANGERS, options.apart, emails)],
        "beside the flood": [people(STRANGERS, options.apart, emails), flood(emails)],
        "of one network, beside it": [people(["127.1.1.1"], options.apart, emails), flood(emails)],
        "of the flood's own network": [people(NEIGHBOURS[:1], options.apart, emails), flood(emails)],
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in cases}
    with environments(emails) as environment, served(APPLICATION, environment) as server:
        for _ in range(options.rounds):
            for name, groups in cases.items():
                found[name].append(measured(server, groups, seconds, nice=options.nice))
    rows = [row(name, told) for name, each in found.items() for told in each]
    show("fairness", rows, title=f"{PEOPLE} people, {HOSTILE} hostile connections")
    medians = {
        name: statistics.median(told["people"]["p50_ms"] for told in each) for name, each in found.items()
    }
    served_all = min(told["people"]["statuses"].get("200", 0) for told in found["beside the flood"])
    kept = [
        target("PW-06", "signed in beside the flood", served_all, at_least=PEOPLE),
        target(
            "PW-06",
            "median beside the flood, times quiet",
            medians["beside the flood"] / medians["quiet"],
            at_most=2,
        ),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
