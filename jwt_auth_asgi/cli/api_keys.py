"""The commands `jwt-auth api-keys list | revoke`."""

from __future__ import annotations

import argparse
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.timestamp import timestamp


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    listed = leaf("list", partial(_list, make), "list the API keys of a user, the oldest first")
    listed.add_argument("email", help="the address that the user logs in with")
    revoke = leaf("revoke", partial(_revoke, make), "revoke one API key, or all of a user")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("key_id", nargs="?", help="the id of one, as list shows it")
    which.add_argument("--all", metavar="EMAIL", help="revoke all API keys of the user with this address")


def _list(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        user = auth.end_user.find(arguments.email)
        keys = auth.api_keys.list(user.user_id)
    for key in keys:
        say(_line(key))
    if not keys:
        say(f"{user.email} has no API key")


def _revoke(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        if arguments.all is None:
            auth.api_keys.revoke.of_anybody(arguments.key_id)
            say(f"revoked {arguments.key_id}")
            return
        user = auth.end_user.find(arguments.all)
        revoked = auth.api_keys.revoke.all(user.user_id)
    say(f"revoked {len(revoked)} API keys of {user.email}")


def _line(key: ApiKey) -> str:
    times = {"created": key.created_at, "used": key.last_used_at, "ends": key.expires_at}
    told = "  ".join(f"{name} {_time(moment)}" for name, moment in times.items())
    return f"{key.key_id}  {told}  {' '.join(sorted(key.scopes)) or '-'}  {key.name!a}"


def _time(seconds: int | None) -> str:
    return "never" if seconds is None else timestamp(seconds)
