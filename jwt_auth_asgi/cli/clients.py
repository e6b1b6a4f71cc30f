"""The commands `jwt-auth clients add | list | rotate | remove`."""

from __future__ import annotations

import argparse
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say

_DAY_HOURS = 24


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    new = leaf("add", partial(_add, make), "add a service client; its secret is printed this once")
    new.add_argument(
        "client_id", metavar="NAME", help="its client_id: letters, digits, '.', '_', '~' and '-'"
    )
    new.add_argument("--scope", action="append", default=[], help="what its tokens grant; may be repeated")
    resource = "the URL of an API that it may have tokens for (RFC 8707); may be repeated"
    new.add_argument("--resource", action="append", default=[], help=resource)
    leaf("list", partial(_list, make), "list the service clients")
    rotate = leaf(
        "rotate", partial(_rotate, make), "give a client another secret, which is printed this once"
    )
    rotate.add_argument("client_id", metavar="NAME")
    overlap = "for how long the secret before is good; 0 ends it and the tokens that are out (default: 24)"
    rotate.add_argument(
        "--overlap-hours", type=int, default=_DAY_HOURS, choices=range(721), metavar="HOURS", help=overlap
    )
    remove = leaf("remove", partial(_remove, make), "remove a client and end its tokens")
    remove.add_argument("client_id", metavar="NAME")


def _add(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        secret = auth.clients.manage.add(
            arguments.client_id, scopes=arguments.scope, resources=arguments.resource
        )
    say(secret.reveal())


def _list(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        clients = auth.clients.manage.all()
    for one in clients:
        say(f"{one.client_id}  {' '.join(sorted(one.scopes)) or '-'}  {' '.join(one.resources) or '-'}")
    if not clients:
        say("no service client")


def _rotate(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        seconds = arguments.overlap_hours * 3600
        secret = auth.clients.manage.rotate(arguments.client_id, overlap_seconds=seconds)
    say(secret.reveal())


def _remove(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        auth.clients.manage.remove(arguments.client_id)
    say(f"removed {arguments.client_id}; its tokens are over")
