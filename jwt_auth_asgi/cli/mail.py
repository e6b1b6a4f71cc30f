"""The commands `jwt-auth mail list | retry | preview`: letters on their way, and what they say."""

from __future__ import annotations

import argparse
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_asgi.cli.outbox import add_views
from jwt_auth_core.flows.mail.queue_letter import KIND
from jwt_auth_core.mail.letter import KINDS, LANGUAGES


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    add_views(leaf, make, KIND)
    preview = leaf("preview", partial(_preview, make), "print a letter, with a sample link")
    preview.add_argument("name", choices=[*KINDS], help="one of %(choices)s", metavar="NAME")
    preview.add_argument("--language", choices=LANGUAGES, help="one of %(choices)s (default: MAIL_LANGUAGE)")
    preview.add_argument("--html", action="store_true", help="print the HTML in the place of the text")


def _preview(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        letter = auth.mail.preview(arguments.name, arguments.language or auth.settings.mail.language)
    say(letter.html if arguments.html else f"Subject: {letter.subject}\n\n{letter.text}")
