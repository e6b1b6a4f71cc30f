"""The commands `jwt-auth roles list | define | grant | revoke`."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_core.roles import Role


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    shown = leaf("list", partial(_list, make), "list the roles and what each grants")
    define = leaf("define", partial(_define, make), "give a role its scopes, in the place of those before")
    define.add_argument("role", help="up to 64 letters, digits, and _ . : -")
    help_text = "may be repeated; without one, the role grants nothing"
    define.add_argument("--scope", action="append", default=[], help=help_text)
    grant = leaf("grant", partial(_grant, make), "give a user a role, with the next login or refresh")
    revoke = leaf("revoke", partial(_revoke, make), "take a role from a user at once; nobody is logged out")
    for one in (grant, revoke):
        one.add_argument("email", help="the address that the user logs in with")
        one.add_argument("role")
    for one in (shown, define, grant, revoke):
        one.add_argument("--json", action="store_true", help="for programs: one JSON value")


def _list(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        roles = auth.roles.list()
    if arguments.json:
        say(json.dumps([_members(role) for role in roles]))
        return
    for role in roles:
        say(f"{role.name:<24}{role.text or 'grants nothing'}")


def _define(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        role = auth.roles.define(arguments.role, arguments.scope)
    say(json.dumps(_members(role)) if arguments.json else f"{role.name}: {role.text or 'grants nothing'}")


def _grant(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        user = auth.end_user.find(arguments.email)
        changed = auth.roles.grant(user.user_id, arguments.role)
    was = "has now" if changed else "had already"
    _tell(arguments, user.user_id, f"{user.email} {was}: {arguments.role}", changed=changed)


def _revoke(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        user = auth.end_user.find(arguments.email)
        changed = auth.roles.revoke(user.user_id, arguments.role)
    was = "has no longer" if changed else "did not have"
    _tell(arguments, user.user_id, f"{user.email} {was}: {arguments.role}", changed=changed)


def _tell(arguments: argparse.Namespace, user_id: str, sentence: str, *, changed: bool) -> None:
    members = {"user_id": user_id, "role": arguments.role, "changed": changed}
    say(json.dumps(members) if arguments.json else sentence)


def _members(role: Role) -> dict[str, object]:
    return {"role": role.name, "scopes": sorted(role.scopes)}
