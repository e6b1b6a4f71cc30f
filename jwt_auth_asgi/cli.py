"""The command line: `jwt-auth serve | migrate | users | sessions | keys`.

Every failure is one sentence on stderr and a non-zero exit: 1 for what the world refused,
2 for a wrong call.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Protocol

from jwt_auth_asgi import cli_keys, server
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.development import development_settings
from jwt_auth_core.dotenv import with_dotenv
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.show_session import ShownSession
from jwt_auth_core.settings import Settings
from jwt_auth_core.users.adoption import adopt
from jwt_auth_core.vocabulary import Client

DESCRIPTION: Final = """Authentication for ASGI applications: run it, prepare its database, look inside.

Settings come from the environment (JWT_KEY, DATABASE_URL, REDIS_URL, ...; see the README).
With --dotenv the file .env in the working directory is read too; with --development a
signing key is made in ./var and cookies go over plain http."""

_Command = Callable[[argparse.Namespace], None]


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    arguments = _parser().parse_args(words)
    try:
        arguments.command(arguments)
    except AuthError as error:
        print(f"jwt-auth: {error}", file=sys.stderr)  # noqa: T201 - this is what a command line does
        return 1
    return 0


def _serve(arguments: argparse.Namespace) -> None:
    server.serve(
        arguments.app,
        auth=None if arguments.app else _auth(arguments),
        host=arguments.host,
        port=arguments.port,
    )


def _migrate(arguments: argparse.Namespace) -> None:
    auth = _auth(arguments)
    try:
        applied, adoption = migrate(auth.database), adopt(auth.database)
    finally:
        auth.close()
    _say("applied: " + ", ".join(applied) if applied else "nothing to do; the schema is up to date")
    if adoption.adopted:
        _say(f"adopted: {adoption.adopted} users of the table that was there")
    if adoption.left:
        _say("left without an account (their e-mail identity is another's): " + ", ".join(adoption.left))


def _users_add(arguments: argparse.Namespace) -> None:
    auth = _auth(arguments)
    try:
        attempt = auth.register.parse(
            {
                "email": arguments.email,
                "password": _password(),
                "first_name": arguments.first_name,
                "last_name": arguments.last_name,
            }
        )
        user = auth.register(attempt, Client(), scopes=frozenset(arguments.scope))
    finally:
        auth.close()
    _say(f"added {user.email} with user id {user.user_id}")


def _sessions_show(arguments: argparse.Namespace) -> None:
    token = sys.stdin.readline().strip() if arguments.token == "-" else arguments.token
    auth = _auth(arguments)
    try:
        _say(_described(auth.show_session(token)))
    finally:
        auth.close()


def _described(shown: ShownSession) -> str:
    head = [
        f"session     {shown.session_id}",
        f"redis key   refresh:{{{shown.session_id}}}",
        f"generation  {shown.generation} (of the token that was given)",
    ]
    session = shown.session
    if session is None:
        return "\n".join([*head, "the store holds no such session: expired, ended or never there"])
    return "\n".join(
        [
            *head,
            f"user        {session.user_id}",
            f"created     {session.created_at}",
            f"last used   {session.last_used_at}",
            f"ends        {session.ends_at}",
            f"address     {session.client.address!a}",
            f"user agent  {session.client.user_agent!a}",
        ]
    )


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("password: ")
    return sys.stdin.readline().rstrip("\n")


def _auth(arguments: argparse.Namespace) -> Auth:
    return Auth.from_settings(_settings(arguments))


def _settings(arguments: argparse.Namespace) -> Settings:
    if arguments.development:
        return development_settings()
    return Settings.from_env(with_dotenv(os.environ) if arguments.dotenv else os.environ)


def _say(text: str) -> None:
    print(text)  # noqa: T201 - this is what a command line does


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jwt-auth", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(commands)
    _leaf(commands, "migrate", _migrate, "create the tables that are missing; touches no existing row")
    users = _group(commands, "users", "manage users")
    _add_users_add(users)
    sessions = _group(commands, "sessions", "look at refresh sessions")
    show = _leaf(sessions, "show", _sessions_show, "show the session that a refresh token belongs to")
    show.add_argument("token", help="the refresh token, or - to read it from standard input")
    keys = _group(commands, "keys", "make, rotate and retire the asymmetric keys of access tokens")
    cli_keys.add(partial(_leaf, keys), _settings)
    return parser


class _Commands(Protocol):
    """What argparse's add_subparsers returns; it has no public name."""

    def add_parser(self, name: str, *, help: str, description: str) -> argparse.ArgumentParser:  # noqa: A002
        """Add a command."""
        ...


def _group(commands: _Commands, name: str, text: str) -> _Commands:
    group = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    return group.add_subparsers(title="commands", required=True, metavar="COMMAND")


def _leaf(commands: _Commands, name: str, command: _Command, text: str) -> argparse.ArgumentParser:
    leaf = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    leaf.set_defaults(command=command)
    source = leaf.add_mutually_exclusive_group()
    source.add_argument("--dotenv", action="store_true", help="read the file .env too; the environment wins")
    source.add_argument(
        "--development",
        action="store_true",
        help="no preparation: a signing key of this directory's own in ./var, plain http, .env read",
    )
    return leaf


def _add_serve(commands: _Commands) -> None:
    leaf = _leaf(commands, "serve", _serve, "serve the auth app under /auth, or an application of yours")
    leaf.add_argument(
        "app", nargs="?", help="an ASGI application as module:name; without it the auth app alone is served"
    )
    leaf.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    leaf.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")


def _add_users_add(commands: _Commands) -> None:
    leaf = _leaf(
        commands,
        "add",
        _users_add,
        "add a user; the password is asked for, or read from standard input",
    )
    leaf.add_argument("email", help="the address to log in with")
    leaf.add_argument("--first-name", required=True)
    leaf.add_argument("--last-name", required=True)
    leaf.add_argument(
        "--scope", action="append", default=[], help="a scope that its access tokens carry; may be repeated"
    )
