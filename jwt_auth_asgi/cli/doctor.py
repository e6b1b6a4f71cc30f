"""The command `jwt-auth doctor`: the effective configuration, and what is wrong with it.

The status is 0 where nothing is, 2 where something must be mended, and with ``--strict`` 1 for a warning.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any, Final, Literal, cast

from jwt_auth_asgi.cli.leaf import AddLeaf, ReadSettings, say
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import AuthError, SettingsError
from jwt_auth_core.flows.address_limits import is_proxy_noted
from jwt_auth_core.settings import Settings, variables
from jwt_auth_core.vocabulary import MASK, Secret

WARNING_STATUS: Final = 1
ERROR_STATUS: Final = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and what mends it; the variable is None where it is none's."""

    level: Literal["error", "warning"]
    variable: str | None
    text: str
    fix: str


def add(leaf: AddLeaf, settings: ReadSettings) -> None:
    """Add the command: *leaf* adds it by name, function and sentence, *settings* reads the settings."""

    def command(arguments: argparse.Namespace) -> int:
        return _doctor(settings, arguments)

    doctor = leaf("doctor", command, "show the effective configuration, and what is wrong with it")
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    doctor.add_argument("--strict", action="store_true", help="status 1 where there are warnings")


def _doctor(read: ReadSettings, arguments: argparse.Namespace) -> int:
    shown: Mapping[str, object] = {}
    try:
        settings = read(arguments)
    except SettingsError as error:
        findings = [_of_settings(problem) for problem in error.problems]
    else:
        shown, findings = masked(settings), list(examined(settings))
    if arguments.json:
        say(json.dumps({"settings": shown, "findings": [asdict(one) for one in findings]}))
    else:
        _say(shown, findings)
    levels = {one.level for one in findings}
    if "error" in levels:
        return ERROR_STATUS
    return WARNING_STATUS if arguments.strict and levels else 0


def examined(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with settings that are valid, and with what they lead to."""
    yield from _of_choices(settings)
    try:
        auth = Auth.from_settings(settings)
    except AuthError as error:
        yield Finding("error", None, str(error), "install what is missing, or name another store")
        return
    with closing(auth):
        yield from _of_stores(auth)


def _of_choices(settings: Settings) -> Iterator[Finding]:
    if not settings.encryption_keys:
        yield Finding(
            "warning",
            "ENCRYPTION_KEYS",
            "is not set: rows of the audit are stored unsealed, and what is edited there is not found",
            "set it to a random key of at least 32 bytes that is not JWT_KEY",
        )
    if not settings.cookie_secure:
        yield Finding(
            "warning",
            "COOKIE_SECURE",
            "is false: the refresh token goes over plain http",
            "leave it out wherever anybody but the developer comes",
        )
    if settings.rate_limits.limits == "off":
        yield Finding("warning", "LIMITS", "is off: passwords may be guessed without end", "leave it out")
    if settings.mail.url is not None:
        yield from _of_mail(settings)


def _of_mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail.account_url is None:
        yield Finding(
            "warning",
            "ACCOUNT_URL",
            "is not set: the links of letters lead to PUBLIC_URL/auth/account, where nothing of ours answers",
            "set it to where your pages are",
        )
    if settings.mail.url == Secret("memory:"):
        yield Finding("warning", "MAIL_URL", "is memory: nobody gets a letter", "name a server")


def _of_stores(auth: Auth) -> Iterator[Finding]:
    try:
        auth.check()
    except SettingsError as error:
        yield from (_of_settings(problem) for problem in error.problems)
    except AuthError as error:
        yield Finding("error", None, str(error), "see that the store runs, and run `jwt-auth migrate`")
        return
    if not auth.settings.trusted_proxy_count and is_proxy_noted(auth.rate_limits):
        yield Finding(
            "error",
            "TRUSTED_PROXY_COUNT",
            "is 0, and within a day a private or loopback address sent X-Forwarded-For: all who come through "
            "that proxy share one limit, and the audit has its address for theirs",
            "set it to the number of proxies in front",
        )


def _of_settings(problem: str) -> Finding:
    variable, _, text = problem.partition(" ")
    is_one = variable in {one.name for one in variables().values()}
    return Finding(
        "error", variable if is_one else None, text if is_one else problem, "see the README's settings"
    )


def masked(settings: Settings) -> dict[str, object]:
    """Return every setting by its variable, secrets masked."""
    found = {one.name: reduce(getattr, path.split("."), settings) for path, one in variables().items()}
    return {name: _shown(value) for name, value in sorted(found.items())}


def _shown(value: Any) -> object:
    match value:
        case None | bool() | int():
            return value
        case Secret():
            return MASK
        case str():
            return str(value)
        case tuple() | list() | frozenset():
            return [_shown(one) for one in cast("Iterable[object]", value)]
        case _:
            return str(value)


def _say(shown: Mapping[str, object], findings: list[Finding]) -> None:
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        text = value if isinstance(value, str) else json.dumps(value)
        say(f"{name.ljust(width)}  {_printable(text)}")
    for one in findings:
        what = f"{one.variable} {one.text}" if one.variable else one.text
        say(f"{one.level}: {_printable(what)}; {one.fix}")
    if not findings:
        say("nothing is wrong")


def _printable(text: str) -> str:
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode()
