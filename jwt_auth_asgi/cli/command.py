"""The command line: `jwt-auth serve | routes | migrate | users | roles | sessions | keys | outbox | ...`.

Every failure is one sentence on stderr and a non-zero exit: 1 for what the world refused,
2 for a wrong call.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from jwt_auth_asgi.cli import (
    api_keys,
    audit,
    clients,
    doctor,
    factors,
    imports,
    keys,
    mail,
    outbox,
    rate_limits,
    roles,
    routes,
    server,
    sessions,
    tokens,
    users,
)
from jwt_auth_asgi.cli.findings.startup import refuse_errors
from jwt_auth_asgi.cli.leaf import Command, say
from jwt_auth_core.auth import Auth
from jwt_auth_core.development import development_settings, development_variables, page_variables
from jwt_auth_core.errors import AuthError, SettingsError
from jwt_auth_core.settings import Settings, variables
from jwt_auth_core.users.adoption.adopter import UNGUARDED
from jwt_auth_core.variables.dotenv import with_dotenv

DESCRIPTION: Final = """Authentication for ASGI applications: run it, prepare its database, look inside.

Settings come from the environment (JWT_KEY, DATABASE_URL, REDIS_URL, ...; see the README) and
from the file .env in the working directory, where there is one. With --dotenv an application
that is served finds the file in its environment; with --development a signing key is made in
./var and cookies go over plain http."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    arguments = _parser().parse_args(words)
    try:
        status: int | None = arguments.command(arguments)
    except AuthError as error:
        print(f"jwt-auth: {error}", file=sys.stderr)  # noqa: T201 - this is what a command line does
        return 1
    return status or 0


def _serve(arguments: argparse.Namespace) -> None:
    if arguments.app and arguments.pages:
        raise SettingsError(
            ["--pages is for the auth app alone: in an application, create_app(auth, pages=True)"]
        )
    if arguments.app:
        os.environ.update(_variables(arguments))  # the application reads its settings itself
    server.serve(
        arguments.app,
        auth=None if arguments.app else _served(arguments),
        host=arguments.host,
        port=arguments.port,
        trusted_proxy_count=_trusted_proxy_count(arguments),
        pages=arguments.pages,
        root_path=_root_path(arguments.root_path),
    )


def _served(arguments: argparse.Namespace) -> Auth:
    if arguments.development and arguments.pages:
        settings = Settings.from_env(page_variables(port=arguments.port))
        say(f"pages: {settings.public_url or ''}/auth/account/register")
        return Auth.from_settings(settings)
    settings = _settings(arguments)
    if not arguments.development:
        refuse_errors(settings)
    return Auth.from_settings(settings)


def _root_path(text: str) -> str:
    """Return the prefix that a proxy takes off.

    Raises:
        SettingsError: it is no path, or ends with a slash, where every link would have two.
    """
    if text and (not text.startswith("/") or text.endswith("/")):
        raise SettingsError(["--root-path begins with a slash and ends with none: /shop"])
    return text


def _trusted_proxy_count(arguments: argparse.Namespace) -> int:
    """Read this one setting: the others of an application of the user's are none of the server's."""
    variable = variables()["trusted_proxy_count"]
    reads_dotenv = arguments.dotenv or arguments.development
    text = (with_dotenv(os.environ) if reads_dotenv else os.environ).get(variable.name) or "0"
    count = int(text) if text.isascii() and text.isdigit() else None
    if problem := variable.check(count):
        raise SettingsError([f"{variable.name} {problem}"])
    return count or 0


def _migrate(arguments: argparse.Namespace) -> None:
    auth = _auth(arguments)
    try:
        done = auth.migrate()
    finally:
        auth.close()
    say("applied: " + ", ".join(done.applied) if done.applied else "nothing to do; the schema is up to date")
    if done.adoption.adopted:
        say(f"adopted: {done.adoption.adopted} users of the table that was there")
    for left in done.adoption.left:
        say(f"left without an account of their own: {left}")
    for fault in done.faults:
        say(f"the users table: {fault}")
    if not done.is_guarded:
        say(UNGUARDED)


def _auth(arguments: argparse.Namespace) -> Auth:
    return Auth.from_settings(_settings(arguments))


def _settings(arguments: argparse.Namespace) -> Settings:
    if arguments.development:
        return development_settings()
    if arguments.dotenv:
        with_dotenv({})  # raises where the file cannot be read for want of its driver
    return Settings.from_env()


def _variables(arguments: argparse.Namespace) -> Mapping[str, str]:
    if arguments.development:
        return development_variables()
    return with_dotenv(os.environ) if arguments.dotenv else {}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jwt-auth", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(commands)
    routes.add(partial(_leaf, commands), _variables)
    _leaf(commands, "migrate", _migrate, "create the tables that are missing; touches no existing row")
    doctor.add(partial(_leaf, commands), _settings)
    imports.add(partial(_leaf, commands), _auth)
    group = _group(commands, "users", "manage users")
    users.add(partial(_leaf, group), _auth)
    group = _group(commands, "roles", "define roles, grant them and take them away")
    roles.add(partial(_leaf, group), _auth)
    group = _group(commands, "sessions", "look at refresh sessions and end them")
    sessions.add(partial(_leaf, group), _auth)
    group = _group(commands, "api-keys", "look at the API keys of users and revoke them")
    api_keys.add(partial(_leaf, group), _auth)
    group = _group(commands, "clients", "add, rotate and remove service clients")
    clients.add(partial(_leaf, group), _auth)
    group = _group(commands, "factors", "reset the second factors of a user")
    factors.add(partial(_leaf, group), _auth)
    group = _group(commands, "keys", "make, rotate and retire the asymmetric keys of access tokens")
    keys.add(partial(_leaf, group), _settings, _auth)
    group = _group(commands, "tokens", "find out why an access token is refused")
    tokens.add(partial(_leaf, group))
    group = _group(commands, "audit", "look at what happened, and at whether that is all")
    audit.add(partial(_leaf, group), _auth)
    group = _group(commands, "mail", "look at letters on their way, send them again, read what they say")
    mail.add(partial(_leaf, group), _auth)
    group = _group(commands, "outbox", "look at what others have yet to be told, and deliver it")
    outbox.add(partial(_leaf, group), _auth)
    group = _group(commands, "rate-limits", "look at what is counted of a client, and forget it")
    rate_limits.add(partial(_leaf, group), _auth)
    return parser


class _Commands(Protocol):
    """What argparse's add_subparsers returns; it has no public name."""

    def add_parser(self, name: str, *, help: str, description: str) -> argparse.ArgumentParser:  # noqa: A002
        """Add a command."""
        ...


def _group(commands: _Commands, name: str, text: str) -> _Commands:
    group = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    return group.add_subparsers(title="commands", required=True, metavar="COMMAND")


def _leaf(commands: _Commands, name: str, command: Command, text: str) -> argparse.ArgumentParser:
    leaf = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    leaf.set_defaults(command=command)
    source = leaf.add_mutually_exclusive_group()
    source.add_argument(
        "--dotenv",
        action="store_true",
        help=".env must be readable, and a served application finds it in its environment",
    )
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
    leaf.add_argument("--pages", action="store_true", help="with pages: of the account, and the admin's desk")
    leaf.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    leaf.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    leaf.add_argument(
        "--root-path",
        default="",
        help="the prefix that a proxy takes off the path, such as /shop (default: none)",
    )
