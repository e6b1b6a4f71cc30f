"""The commands `jwt-auth rate-limits show | reset`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_asgi.http.client_address import parse_address
from jwt_auth_asgi.http.client_key import PROXY_FACTOR, SHARED, key_of
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.flows.address_limits import BY_ADDRESS
from jwt_auth_core.flows.mail.ask_letter import MAIL
from jwt_auth_core.flows.sessions.account_limits import AccountStanding
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.flows.sessions.login_limits import ACCOUNT_FAILURES
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Rule, Verdict


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    show = leaf("show", partial(_show, make), "show what is left of each limit for an address or an account")
    reset = leaf("reset", partial(_reset, make), "forget what was counted of an address or an account")
    meant = "an IP address, of IPv6 its /64; unknown, for clients that have none; or an e-mail address"
    for command in (show, reset):
        command.add_argument("key", metavar="ADDRESS", help=meant)


def _show(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        limits = auth.rate_limits
        if not limits.is_on:
            say("LIMITS is off: nothing is limited")
            return
        counted = _counted(limits, arguments.key)
        found = [look for rule, key in counted for look in limits.check(rule, key, cost=0)]
        standing = auth.account_limits.standing(arguments.key) if _key(arguments.key) is None else None
        if not limits.health()["shared"]:
            raise StoreUnavailableError("the store of the limits")
    for verdict in found:
        if verdict.rule in limits.rules.values() or verdict.reset_after is not None:
            say(_line(verdict))
    if standing is not None and standing.in_a_row:
        say(_in_a_row(standing))


def _reset(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        counted = list(_counted(auth.rate_limits, arguments.key))
        for rule, key in counted:
            auth.rate_limits.reset(rule, key)
        if _key(arguments.key) is None:
            auth.account_limits.reset(arguments.key)
    say(f"forgot what was counted of {counted[0][1]}")


def _counted(limits: RateLimits, text: str) -> Iterator[tuple[Rule, str]]:
    """Yield each rule that counts what a text names, and under which key.

    Each rule of addresses also as it is for a proxy that nobody configured.
    """
    key = _key(text)
    if key is None:
        yield limits.rules[ACCOUNT_FAILURES], identity(text)
        yield limits.rules[MAIL], identity(text)
        return
    for name in BY_ADDRESS:
        rule = limits.rules[name]
        yield rule, key
        yield rule.times(PROXY_FACTOR), key


def _key(text: str) -> str | None:
    """Return the key of a client address in whatever form; None for what names an account."""
    address = parse_address(text.removesuffix("/64"))
    if address is None and text != SHARED:
        return None
    return key_of(address)


def _line(verdict: Verdict) -> str:
    rate, reset = verdict.rate, verdict.reset_after
    is_waiting = rate.backoff is not None and not verdict.remaining
    which = "the next" if is_waiting else "all of them"
    when = "" if reset is None else f", {which} in {reset} seconds"
    head = f"{verdict.rule.name:18}{rate.count} in {rate.seconds} seconds"
    return f"{head}: {verdict.remaining} left{when}"


def _in_a_row(standing: AccountStanding) -> str:
    """Return what there is to say of wrong passwords in a row."""
    stop = ": the password works from known devices alone" if standing.is_stopped else ""
    return f"{standing.in_a_row} wrong passwords in a row from elsewhere than known devices{stop}"
