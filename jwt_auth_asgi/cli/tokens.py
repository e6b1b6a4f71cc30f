"""The command `jwt-auth tokens explain`: which rule a token breaks, offline and without printing it."""

from __future__ import annotations

import argparse
import sys
import time

from jwt_auth_asgi.cli.leaf import AddLeaf, say
from jwt_auth_core.tokens.explain import explain


def add(leaf: AddLeaf) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence."""
    text = "say which rule an access token breaks under which profile; its signature is not looked at"
    one = leaf("explain", _explain, text)
    one.add_argument("token", help="- to read the token from standard input", choices=["-"])
    one.add_argument("--issuer", help="the issuer that is expected (default: its own)")
    one.add_argument("--audience", help="the audience that is expected (default: its own)")


def _explain(arguments: argparse.Namespace) -> None:
    token = sys.stdin.readline().strip().removeprefix("Bearer ")
    said = explain(token, issuer=arguments.issuer, audience=arguments.audience, now=time.time())
    say(said.kind)
    if said.looks_like:
        say(f"its issuer looks like {said.looks_like}: profile={said.looks_like!r}")
    width = max(len(verdict.profile) for verdict in said.verdicts)
    for verdict in said.verdicts:
        say(f"{verdict.profile:{width}}  {verdict.broken or 'in its form; the signature was not looked at'}")
