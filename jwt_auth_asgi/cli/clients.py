"""The commands `jwt-auth clients add | list | rotate | remove`."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_core.clients.client import ServiceClient

_DAY_HOURS: Final = 24
_MOST_HOURS: Final = 720
_MOST_BYTES: Final = 64 * 1024


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    new = leaf("add", partial(_add, make), "add a service client; a secret is printed this once")
    new.add_argument(
        "client_id", metavar="NAME", help="its client_id: letters, digits, '.', '_', '~' and '-'"
    )
    new.add_argument("--scope", action="append", default=[], help="what its tokens grant; may be repeated")
    resource = "the URL of an API that it may have tokens for (RFC 8707); may be repeated"
    new.add_argument("--resource", action="append", default=[], help=resource)
    exchange = "whom it may exchange users' tokens for (RFC 8693): an id, a URL or ours; may be repeated"
    new.add_argument("--may-exchange", action="append", default=[], metavar="AUDIENCE", help=exchange)
    jwks = "a JWKS of its public keys, by which it proves itself in the place of a secret (private_key_jwt)"
    new.add_argument("--jwks", type=_key_set, metavar="FILE", help=jwks)
    leaf("list", partial(_list, make), "list the service clients")
    rotate = leaf(
        "rotate", partial(_rotate, make), "give a client another secret, printed this once, or other keys"
    )
    rotate.add_argument("client_id", metavar="NAME")
    jwks = "other public keys, in the place of its secret or of those that it has"
    rotate.add_argument("--jwks", type=_key_set, metavar="FILE", help=jwks)
    overlap = "for how long the one before is good; 0 ends it and the tokens that are out (default: 24)"
    rotate.add_argument("--overlap-hours", type=_hours, default=_DAY_HOURS, metavar="HOURS", help=overlap)
    remove = leaf("remove", partial(_remove, make), "remove a client and end its tokens")
    remove.add_argument("client_id", metavar="NAME")


def _add(make: MakeAuth, arguments: argparse.Namespace) -> None:
    wanted = {
        "scopes": arguments.scope,
        "resources": arguments.resource,
        "may_exchange": arguments.may_exchange,
    }
    jwks = arguments.jwks
    with closing(make(arguments)) as auth:
        manage = auth.clients.manage
        if jwks is None:
            said = manage.add(arguments.client_id, **wanted).reveal()
        else:
            said = _proven_by_keys(manage.add_with_keys(arguments.client_id, jwks, **wanted))
    say(said)


def _list(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        clients = auth.clients.manage.all()
    for one in clients:
        scopes, resources = " ".join(sorted(one.scopes)) or "-", " ".join(one.resources) or "-"
        exchange = [f"may-exchange:{audience}" for audience in one.may_exchange]
        say("  ".join([one.client_id, scopes, resources, *exchange, *_keys(one)]))
    if not clients:
        say("no service client")


def _rotate(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        manage, seconds = auth.clients.manage, arguments.overlap_hours * 3600
        if arguments.jwks is None:
            said = manage.rotate(arguments.client_id, overlap_seconds=seconds).reveal()
        else:
            said = _proven_by_keys(
                manage.rotate_keys(arguments.client_id, arguments.jwks, overlap_seconds=seconds)
            )
    say(said)


def _remove(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        auth.clients.manage.remove(arguments.client_id)
    say(f"removed {arguments.client_id}; its tokens are over")


def _proven_by_keys(client: ServiceClient) -> str:
    return f"{client.client_id} proves itself by {' '.join(_keys(client))}"


def _keys(client: ServiceClient) -> list[str]:
    """Return algorithm and name of each key of a client; what of a key set could not be used is missing."""
    keys: list[dict[str, str]] = json.loads(client.keys)["keys"] if client.keys else []
    return [f"{key['alg']}:{key['kid']}" for key in keys]


def _key_set(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{name} cannot be read: {error.strerror}") from None


def _hours(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_HOURS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {_MOST_HOURS}")
    return int(text)
