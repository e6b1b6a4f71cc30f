"""The commands `jwt-auth rate-limits show | reset`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_asgi.http.client_address import parse_address
from jwt_auth_asgi.http.client_key import PROXY_FACTOR, SHARED, key_of
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import FieldError, InvalidInputError, StoreUnavailableError
from jwt_auth_core.flows.address_limits import BY_ADDRESS
from jwt_auth_core.flows.mail.ask_letter import MAIL, mail_key
from jwt_auth_core.flows.sessions.account_limits import AccountStanding, Counted
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.mail.letter import KINDS
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Rule, Verdict
from jwt_auth_core.users.email import parse_email


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    show = leaf("show", partial(_show, make), "show what is left of each limit for an address or an account")
    reset = leaf("reset", partial(_reset, make), "forget what was counted of an address or an account")
    meant = "an IP address, of IPv6 its /64; unknown, for clients that have none; or an e-mail address"
    for command in (show, reset):
        command.add_argument("key", metavar="ADDRESS", help=meant)


def _show(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        if not auth.rate_limits.is_on:
            say("LIMITS is off: nothing is limited")
            return
        standing = _standing(auth, arguments.key)
        lines = list(_lines(auth.rate_limits, arguments.key, standing))
        if not auth.rate_limits.health()["shared"]:
            raise StoreUnavailableError("the store of the limits")
    if standing is not None and not standing.is_there:
        say(f"nobody has the address {identity(arguments.key)}; this is counted of it all the same")
    for line in lines:
        say(line)
    if standing is not None and standing.in_a_row:
        say(_in_a_row(standing))


def _reset(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        standing = _standing(auth, arguments.key)
        key = _key(arguments.key) or identity(arguments.key)
        if standing is None:
            for rule in _of_address(auth.rate_limits):
                auth.rate_limits.reset(rule, key)
        else:
            auth.account_limits.reset(arguments.key)
            for letter in KINDS:
                auth.rate_limits.reset(MAIL, mail_key(letter, identity(arguments.key)))
    nobody = "" if standing is None or standing.is_there else ", an address that nobody has"
    say(f"forgot what was counted of {key}{nobody}")


def _standing(auth: Auth, text: str) -> AccountStanding | None:
    """Return how an account stands; None where a text names a client address.

    Raises:
        InvalidInputError: it is no e-mail address, and nobody is called so either.
    """
    if _key(text) is not None:
        return None
    standing = auth.account_limits.standing(text)
    if not standing.is_there:
        try:
            parse_email(text)
        except InvalidInputError:
            msg = "neither an address of a client nor an e-mail address"
            raise InvalidInputError([FieldError("ADDRESS", "invalid", msg)]) from None
    return standing


def _lines(limits: RateLimits, text: str, standing: AccountStanding | None) -> Iterator[str]:
    """Yield a line for each rate; of what is counted at one place only where there is something."""
    if standing is None:
        for rule in _of_address(limits):
            for verdict in limits.check(rule, _key(text) or "", cost=0):
                if verdict.rule in limits.rules.values() or verdict.reset_after is not None:
                    yield _line(verdict)
        return
    letters = [Counted(MAIL, mail_key(letter, identity(text)), letter) for letter in KINDS]
    for one in (*standing.counted, *letters):
        for verdict in limits.check(one.rule, one.key, cost=0):
            if not one.where or verdict.reset_after is not None:
                yield _line(verdict) + (one.where and f" ({one.where})")


def _of_address(limits: RateLimits) -> Iterator[Rule]:
    """Yield each rule that counts client addresses, also as it is for a proxy that nobody configured."""
    for name in BY_ADDRESS:
        rule = limits.rules[name]
        yield rule
        yield rule.times(PROXY_FACTOR)


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
