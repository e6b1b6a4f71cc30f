"""The commands `jwt-auth outbox run | list | retry`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Final

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_core.outbox import Entry, MessageNotFoundError
from jwt_auth_core.timestamp import timestamp

MOST_LISTED: Final = 10_000

_HEAD: Final = ("id", "kind", "what", "recipient", "state", "attempts", "created", "due", "error")


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    run = leaf("run", partial(_run, make), "deliver what is due now, as a serving process does all the time")
    run.add_argument("--json", action="store_true", help="print JSON")
    add_views(leaf, make)


def add_views(leaf: AddLeaf, make: MakeAuth, kind: str | None = None) -> None:
    """Add what looks at messages, of one kind or of all, and has them tried again."""
    listed = leaf("list", partial(_list, make, kind), "list what was not delivered yet, the oldest first")
    listed.add_argument("--dead", action="store_true", help="only what is tried no more")
    listed.add_argument(
        "--limit", type=_limit, default=100, help="list so many at most (default: %(default)s)", metavar="N"
    )
    listed.add_argument("--after", default="", help="go on behind this id", metavar="ID")
    retry = leaf("retry", partial(_retry, make, kind), "have a message tried now, and as often as a new one")
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", help="the id of one, as list shows it")
    which.add_argument("--dead", action="store_true", help="every one that is tried no more")
    for one in (listed, retry):
        one.add_argument("--json", action="store_true", help="print JSON")


def _limit(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MOST_LISTED:
        raise argparse.ArgumentTypeError(f"it is a whole number from 1 to {MOST_LISTED}")
    return int(text)


def _run(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        kinds = auth.outbox.kinds
        delivered, failed = auth.outbox.run()
    if arguments.json:
        say(json.dumps({"delivered": delivered, "failed": failed}))
    elif kinds:
        say(f"delivered: {delivered}, failed: {failed}")
    else:
        say("nothing is delivered: no receiver is configured; webhooks need WEBHOOK_URL, letters MAIL_URL")


def _list(make: MakeAuth, kind: str | None, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        found = auth.outbox.store.entries(
            kind=kind, only_dead=arguments.dead, after=arguments.after, most=arguments.limit
        )
        counts = auth.outbox.store.counts(kind=kind)
    if arguments.json:
        say(json.dumps([_record(entry) for entry in found], indent=2))
        return
    if found:
        say(_table([_HEAD, *map(_row, found)]))
    say(f"waiting: {counts.waiting}, dead: {counts.dead}")


def _retry(make: MakeAuth, kind: str | None, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        store = auth.outbox.store
        if not arguments.dead and not store.retry(arguments.id, kind=kind):
            raise MessageNotFoundError(arguments.id)
        retried = store.retry_dead(kind=kind) if arguments.dead else 1
    say(json.dumps({"retried": retried}) if arguments.json else f"to be tried again: {retried}")


def _record(entry: Entry) -> dict[str, object]:
    message = entry.message
    return {
        "id": message.id,
        "kind": message.kind,
        "recipient": message.recipient,
        "facts": message.facts,
        "state": entry.state,
        "attempts": message.attempts,
        "created": timestamp(message.created_at),
        "due": _due(entry),
        "error": entry.error,
    }


def _row(entry: Entry) -> tuple[str, ...]:
    message = entry.message
    what = str(message.facts.get("type", "-"))
    created, due = timestamp(message.created_at), _due(entry) or "-"
    told = (message.id, message.kind, what, message.recipient, entry.state, str(message.attempts))
    return (*(ascii(text)[1:-1] for text in told), created, due, entry.error or "-")


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def _due(entry: Entry) -> str | None:
    return None if entry.state == "dead" else timestamp(entry.due_at)
