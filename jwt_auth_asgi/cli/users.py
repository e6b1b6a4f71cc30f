"""The commands `jwt-auth users add | list | show | set-scopes | disable | enable | delete | keep | erase`."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Final

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.admin.show_user import UserDetails
from jwt_auth_core.users.directory import State
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client

_ADDRESS: Final = "the address that the user logs in with"


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    text = "add a user; the password is asked for, or read from standard input"
    new = leaf("add", partial(_add, make), text)
    new.add_argument("email", help="the address to log in with")
    new.add_argument("--first-name", required=True)
    new.add_argument("--last-name", required=True)
    scope = "a scope that its access tokens carry; may be repeated"
    new.add_argument("--scope", action="append", default=[], help=scope)
    text = "replace the scopes that a user's next access tokens carry besides those of its roles"
    scopes = leaf("set-scopes", partial(_set_scopes, make), text)
    scopes.add_argument("email", help=_ADDRESS)
    scopes.add_argument("--scope", action="append", default=[], help="may be repeated; without one, no scope")
    _add_list(leaf, make)
    for name, command, text in (
        ("show", _show, "show what is known of a user"),
        ("disable", _disable, "refuse a user's logins and end every session, until enabled again"),
        ("enable", _enable, "let a disabled user log in again; what was ended stays ended"),
        ("delete", _delete, "remove a user and every session, for good; the audit keeps its id"),
        ("erase", _erase, "remove all that is kept of a user, for good; the audit keeps a pseudonym"),
        ("keep", _keep, "take the deletion back that a user asked for"),
    ):
        one = leaf(name, partial(command, make), text)
        one.add_argument("email", help=_ADDRESS)


def _add_list(leaf: AddLeaf, make: MakeAuth) -> None:
    some = leaf("list", partial(_list, make), "list users by address, or those of a role by id")
    chosen = some.add_mutually_exclusive_group()
    chosen.add_argument("--prefix", default="", help="only those whose address begins so")
    chosen.add_argument("--role", help="only those who were granted this role")
    some.add_argument("--disabled", action="store_true", help="only those who are disabled; not with --role")
    some.add_argument("--after", default="", help="go on behind this place: the last column of a page")
    some.add_argument("--limit", type=int, default=50, help="how many, at most 1000")
    some.add_argument("--json", action="store_true", help="for programs: one JSON value")


def _list(make: MakeAuth, arguments: argparse.Namespace) -> None:
    if arguments.role is not None and arguments.disabled:
        raise InvalidInputError([FieldError("--disabled", "excluded", "does not go together with --role")])
    page = {"after": arguments.after, "limit": arguments.limit}
    with closing(make(arguments)) as auth:
        if arguments.role is None:
            state: State | None = "disabled" if arguments.disabled else None
            found = auth.list_users(arguments.prefix, state=state, **page)
        else:
            found = auth.list_users.of_role(arguments.role, **page)
    if arguments.json:
        say(json.dumps([asdict(user) for user in found]))
        return
    for user in found:
        state = "enabled" if user.disabled_at is None else "disabled"
        say("  ".join(_plain(text) for text in (user.user_id, state, user.email, user.place)))


def _plain(text: str) -> str:
    """Return a text of the table so that it cannot paint the terminal (LOG-2)."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()


def _add(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        attempt = auth.register.parse(
            {
                "email": arguments.email,
                "password": _password(),
                "first_name": arguments.first_name,
                "last_name": arguments.last_name,
            }
        )
        user = auth.register(attempt, Client(), scopes=frozenset(arguments.scope))
    say(f"added {user.email} with user id {user.user_id}")


def _set_scopes(make: MakeAuth, arguments: argparse.Namespace) -> None:
    user = _with_user(
        make, arguments, lambda auth, user: auth.end_user.set_scopes(user.user_id, arguments.scope)
    )
    say(f"{user.email} has now: {' '.join(sorted(set(arguments.scope))) or 'no scope'}")


def _show(make: MakeAuth, arguments: argparse.Namespace) -> None:
    def show(auth: Auth, user: User) -> None:
        found = auth.admin.show(user)
        rows = {
            "user id": user.user_id,
            "e-mail": user.email,
            "name": f"{user.first_name} {user.last_name}",
            "scopes": " ".join(sorted(user.scopes)) or "none",
            **_origins(found),
            "state": "enabled" if user.disabled_at is None else f"disabled since {_moment(user.disabled_at)}",
            "to be erased": _moment(user.deletion_at),
            "sessions": str(len(found.sessions)),
            "all ended last": _moment(user.sessions_valid_after),
            "tokens cut off": _moment(user.tokens_valid_after),
            **_credentials(found),
        }
        for name, value in rows.items():
            say(f"{name:<15} {_plain(value)}")

    _with_user(make, arguments, show)


def _origins(found: UserDetails) -> dict[str, str]:
    """Return where the scopes of a user who has roles come from: granted to it alone, or by which role."""
    if not found.roles:
        return {}
    roles = {f"role {role.name}": role.text for role in found.roles}
    return {"its own": " ".join(sorted(found.user.own_scopes)) or "none", **roles}


def _credentials(found: UserDetails) -> dict[str, str]:
    """Return by what else than a password somebody gets in, and how the password stands."""
    keys = [f"{one.name} ({' '.join(sorted(one.scopes)) or 'no scope'})" for one in found.api_keys]
    stopped = ": it works from known devices alone" if found.standing.is_stopped else ""
    return {
        "passkeys": _listed(one.name for one in found.passkeys),
        "providers": _listed(f"{one.issuer} ({one.subject})" for one in found.identities),
        "code apps": _listed(one.name for one in found.apps),
        "recovery codes": str(found.recovery_codes),
        "API keys": _listed(keys),
        "known devices": str(found.devices),
        "wrong in a row": f"{found.standing.in_a_row} passwords{stopped}",
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _moment(seconds: int | None) -> str:
    return "never" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds")


def _disable(make: MakeAuth, arguments: argparse.Namespace) -> None:
    user = _with_user(make, arguments, lambda auth, user: auth.end_user.disable(user.user_id))
    say(f"disabled {user.email}; every session is over")


def _enable(make: MakeAuth, arguments: argparse.Namespace) -> None:
    user = _with_user(make, arguments, lambda auth, user: auth.end_user.enable(user.user_id))
    say(f"enabled {user.email}")


def _delete(make: MakeAuth, arguments: argparse.Namespace) -> None:
    user = _with_user(make, arguments, lambda auth, user: auth.end_user.delete(user.user_id))
    say(f"deleted {user.email}; every session is over")


def _erase(make: MakeAuth, arguments: argparse.Namespace) -> None:
    user = _with_user(make, arguments, lambda auth, user: auth.erase_users.at_once(user))
    say(f"erased {user.email}; a day from now it is looked for once more, by a process that serves")


def _keep(make: MakeAuth, arguments: argparse.Namespace) -> int:
    kept: list[bool] = []
    user = _with_user(make, arguments, lambda auth, user: kept.append(auth.delete_account.undo(user)))
    say(f"{user.email} stays" if kept[0] else f"{user.email} was not to be deleted, or it is too late")
    return 0 if kept[0] else 1


def _with_user(make: MakeAuth, arguments: argparse.Namespace, act: Callable[[Auth, User], None]) -> User:
    with closing(make(arguments)) as auth:
        user = auth.end_user.find(arguments.email)
        act(auth, user)
        return user


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("password: ")
    return sys.stdin.readline().rstrip("\n")
