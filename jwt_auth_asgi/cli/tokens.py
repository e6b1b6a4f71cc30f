"""The command `jwt-auth tokens explain`: which rule a token breaks, offline and without printing it."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Final

from jwt_auth_asgi.cli.leaf import AddLeaf, say
from jwt_auth_core.tokens.explain import explain

_LONGEST: Final = 1_048_576


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


def _explain(arguments: argparse.Namespace) -> None:
    words = sys.stdin.read(_LONGEST).split()
    token = words[-1].strip("\"',;{}") if words else ""
    said = explain(token, issuer=arguments.issuer, audience=arguments.audience, now=time.time())
    say(said.kind)
    if said.looks_like:
        say(f"its issuer looks like {said.looks_like}: profile={said.looks_like!r}")
    width = max(len(verdict.profile) for verdict in said.verdicts)
    for verdict in said.verdicts:
        say(f"{verdict.profile:{width}}  {verdict.broken or 'in its form; the signature was not looked at'}")
