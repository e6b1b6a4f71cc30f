"""A leaf of the command line: what the file of a noun is given to add its commands, and how it speaks."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from jwt_auth_core.auth import Auth
from jwt_auth_core.settings import Settings

Command = Callable[[argparse.Namespace], int | None]
"""May return an exit status; without one it is 0."""

AddLeaf = Callable[[str, Command, str], argparse.ArgumentParser]
"""Adds a command by its name, its function and its sentence."""

MakeAuth = Callable[[argparse.Namespace], Auth]
ReadSettings = Callable[[argparse.Namespace], Settings]


def say(text: str) -> None:
    """Print a line."""
    print(text)  # noqa: T201 - this is what a command line does
