"""The command `jwt-auth factors reset`."""

from __future__ import annotations

import argparse
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the command: *leaf* adds it by name, function and sentence, *make* makes the `Auth`."""
    reset = leaf("reset", partial(_reset, make), "remove all second factors of a user, who is told by letter")
    reset.add_argument("email", help="the address that the user logs in with")


def _reset(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        user = auth.end_user.find(arguments.email)
        had_some = auth.factors.reset(user.user_id)
    say(f"{user.email} has no second factor any more" if had_some else f"{user.email} had no second factor")
