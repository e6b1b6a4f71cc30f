"""The command line: one file a noun, and the command that leads to them."""

from jwt_auth_asgi.cli.command import main

__all__ = ["main"]
