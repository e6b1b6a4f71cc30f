"""The command `jwt-auth tokens explain`: which rule a token breaks, offline and without printing it."""

from __future__ import annotations

import argparse
import re
import sys
import time
from typing import Final

from jwt_auth_asgi.cli.leaf import AddLeaf, say
from jwt_auth_core.tokens.explain import explain

_LONGEST: Final = 1_048_576
_ANSWERED: Final = re.compile(r'"access_token"\s*:\s*"([^"]*)"')


def add(leaf: AddLeaf) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence."""
    text = "say which rule an access token breaks under which profile; its signature is not looked at"
    one = leaf("explain", _explain, text)
    one.add_argument("token", metavar="-", help="read the token from standard input", type=_input)
    one.add_argument("--issuer", help="the issuer that is expected (default: its own)")
    one.add_argument("--audience", help="the audience that is expected (default: its own)")


def _input(text: str) -> str:
    # Among `choices` argparse would show what it was given: a token, by mistake.
    if text != "-":
        raise argparse.ArgumentTypeError("the token is read from standard input")
    return text


def _token_in(text: str) -> str:
    """Return the token of what was copied: an answer of the token endpoint, or the last word."""
    answered = _ANSWERED.search(text)
    if answered is not None:
        return answered[1]
    words = text.split()
    return words[-1].strip("\"',;{}") if words else ""


def _explain(arguments: argparse.Namespace) -> None:
    said = explain(
        _token_in(sys.stdin.read(_LONGEST)),
        issuer=arguments.issuer,
        audience=arguments.audience,
        now=time.time(),
    )
    say(said.kind)
    if said.looks_like:
        say(f"its issuer looks like {said.looks_like}: profile={said.looks_like!r}")
    width = max(len(verdict.profile) for verdict in said.verdicts)
    for verdict in said.verdicts:
        say(f"{verdict.profile:{width}}  {verdict.broken or 'in its form; the signature was not looked at'}")
