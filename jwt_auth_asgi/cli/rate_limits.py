"""The commands `jwt-auth rate-limits show | reset`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from ipaddress import ip_address

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_asgi.http.client_address import client_of
from jwt_auth_asgi.http.client_key import PROXY_FACTOR, key_of
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.flows.address_limits import BY_ADDRESS
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Rule, Verdict


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    show = leaf("show", partial(_show, make), "show what is left of each limit for a client address")
    reset = leaf("reset", partial(_reset, make), "forget what was counted of a client address")
    meant = "an IP address, of IPv6 its /64; or unknown, for those that have none"
    for command in (show, reset):
        command.add_argument("key", metavar="ADDRESS", help=meant)


def _show(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        limits, key = auth.rate_limits, _key(arguments.key)
        if not limits.is_on:
            say("LIMITS is off: nothing is limited")
            return
        found = [verdict for rule in _rules(limits) for verdict in limits.check(rule, key, cost=0)]
        if not limits.health()["shared"]:
            raise StoreUnavailableError("the store of the limits")
    for verdict in found:
        if verdict.rule in limits.rules.values() or verdict.reset_after is not None:
            say(_line(verdict))


def _reset(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        key = _key(arguments.key)
        for rule in _rules(auth.rate_limits):
            auth.rate_limits.reset(rule, key)
    say(f"forgot what was counted of {key}")


def _rules(limits: RateLimits) -> Iterator[Rule]:
    """Yield each rule that counts addresses, and what it is for a proxy that nobody configured."""
    for name in BY_ADDRESS:
        rule = limits.rules[name]
        yield rule
        yield rule.times(PROXY_FACTOR)


def _key(text: str) -> str:
    """Return the key of an address in whatever form; what is none is the key of whoever has none."""
    peer = text.removesuffix("/64")
    found = client_of(peer, forwarded_for=(), user_agent=(), trusted_proxy_count=0).address
    return key_of(None if found is None else ip_address(found))


def _line(verdict: Verdict) -> str:
    rate, reset = verdict.rate, verdict.reset_after
    when = "" if reset is None else f", all of them in {reset} seconds"
    head = f"{verdict.rule.name:16}{rate.count} in {rate.seconds} seconds"
    return f"{head}: {verdict.remaining} left{when}"
