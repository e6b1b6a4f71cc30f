"""The command `jwt-auth doctor`: the effective configuration, and what is wrong with it.

The status is 0 where nothing is, 2 where something must be mended, and with ``--strict`` 1 for a warning.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from functools import reduce
from pathlib import Path
from typing import Any, Final, cast

from jwt_auth_asgi.cli.findings.choices import of_choices
from jwt_auth_asgi.cli.findings.finding import Finding
from jwt_auth_asgi.cli.findings.machine import of_machine
from jwt_auth_asgi.cli.findings.stores import of_settings, of_stores, of_unmade
from jwt_auth_asgi.cli.leaf import AddLeaf, ReadSettings, say
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import AuthError, SettingsError
from jwt_auth_core.settings import Settings, variables
from jwt_auth_core.vocabulary import MASK, Secret

WARNING_STATUS: Final = 1
ERROR_STATUS: Final = 2


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
        findings = [of_settings(problem) for problem in error.problems]
    else:
        shown, findings = masked(settings), list(examined(settings))
    if arguments.json:
        say(json.dumps({"settings": shown, "findings": [asdict(one) for one in findings]}))
    else:
        _say(shown, findings)
    levels = {one.level for one in findings}
    if "error" in levels:
        return ERROR_STATUS
    return WARNING_STATUS if arguments.strict and "warning" in levels else 0


def examined(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with settings that are valid, and with what they lead to."""
    yield from of_choices(settings)
    yield from of_machine(settings, folder=Path.cwd())
    try:
        auth = Auth.from_settings(settings)
    except AuthError as error:
        yield from of_unmade(error, settings)
        return
    with closing(auth):
        yield from of_stores(auth)


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
        say(f"{one.level} {one.number}: {_printable(what)}")
        say(f"  mend it: {one.fix}")
    say("docs/doctor.md has a section of each number" if findings else "nothing is wrong")


def _printable(text: str) -> str:
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode()
