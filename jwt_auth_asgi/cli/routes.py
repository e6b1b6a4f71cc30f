"""The command `jwt-auth routes`: what guards each route of an application, and which one nobody guards."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from jwt_auth_asgi.cli.leaf import AddLeaf, say
from jwt_auth_asgi.cli.server import load
from jwt_auth_asgi.testing.examination import CALLED, Examination, examine
from jwt_auth_asgi.testing.protection import mistakes
from jwt_auth_asgi.testing.table import plain, table

TEXT: Final = "show what guards each route of an application; exit 1 where one is not guarded"


def add(leaf: AddLeaf, variables: Callable[[argparse.Namespace], Mapping[str, str]]) -> None:
    """Add the command; *variables* returns what the application finds in its environment."""

    def routes(arguments: argparse.Namespace) -> int:
        os.environ.update(variables(arguments))  # the application reads its settings itself
        methods = {*CALLED, *arguments.call}
        values = _values(arguments.value)
        found = examine(load(arguments.app), except_=arguments.except_, call=methods, values=values)
        say(json.dumps(_plain(found), indent=2) if arguments.json else table(found.findings))
        return _status(found)

    one = leaf("routes", routes, TEXT)
    one.add_argument("app", help="an ASGI application as module:name, or what makes one: 'module:name()'")
    one.add_argument(
        "--except",
        dest="except_",
        metavar="PATH",
        nargs="+",
        action="extend",
        default=[],
        help="open on purpose: /items/{id}, 'GET /items/{id}' for one method, '/docs/*' for all below",
    )
    one.add_argument(
        "--call",
        metavar="METHOD",
        nargs="+",
        action="extend",
        default=[],
        help="call by these methods, too, what nobody knows of: as a stranger, on this machine's stores",
    )
    one.add_argument(
        "--value",
        metavar="NAME=VALUE",
        action="append",
        type=_value,
        default=[],
        help="what to call with for a parameter: item_id=1, or for a path: '/items/{item_id}=/items/1'; "
        "several are all tried",
    )
    one.add_argument("--json", action="store_true", help="for programs")


def _value(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise ValueError  # argparse says which
    return name, value


def _values(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _plain(found: Examination) -> dict[str, object]:
    return {
        "routes": [plain(finding) for finding in found.findings],
        "unused": list(found.unused),
        "unused_values": list(found.unused_values),
    }


def _status(found: Examination) -> int:
    told = [f"{len(found.open)} let strangers in"] if found.open else []
    if found.unknown:
        told.append(f"of {len(found.unknown)} nobody knows: --call METHOD has them called")
    wrong = list(mistakes(found, except_="--except", values="--value"))
    for text in wrong:
        _complain(text)
    if told:
        _complain(
            f"of {len(found.findings)} routes {', '.join(told)}; --except PATH names what is open on purpose"
        )
    return 1 if told or wrong else 0


def _complain(text: str) -> None:
    print(f"jwt-auth: {text}", file=sys.stderr)  # noqa: T201 - this is what a command line does
