"""The commands `jwt-auth audit tail | export | verify | prune`."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.verify import Report
from jwt_auth_core.auth import Auth
from jwt_auth_core.timestamp import is_time, timestamp

POLL_SECONDS: Final = 1.0
LOOK_BACK: Final = 1_000
"""How far below the newest id a row is still looked for: one whose transaction took its time."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_HEAD: Final = ("time", "id", "event", "outcome", "user", "session", "address", "reason")
_WIDTHS: Final = (20, 8, 23, 8, 37, 13, 16, 0)


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    tail = leaf("tail", partial(_tail, make), "show the newest events")
    tail.add_argument("-n", "--lines", type=int, default=20, help="how many (default: %(default)s)")
    tail.add_argument("--follow", action="store_true", help="go on, and show each event as it happens")
    export = leaf("export", partial(_export, make), "print the events since a time")
    export.add_argument("--since", type=_moment, required=True, help=_MOMENT)
    verify = leaf(
        "verify",
        partial(_verify, make),
        "name what was edited, added or removed; status 1 if any was, or none can be told",
    )
    verify.add_argument(
        "--seal",
        type=_logged,
        action="append",
        default=[],
        metavar="NUMBER:HMAC",
        help="a seal that the log has and that must be there; may be repeated",
    )
    prune = leaf(
        "prune", partial(_prune, make), "remove old events, in whole seals; a seal says that they went"
    )
    prune.add_argument("--before", type=_moment, required=True, help=_MOMENT)
    for one in (tail, export, verify, prune):
        one.add_argument("--json", action="store_true", help="one JSON object a line")


_MOMENT: Final = (
    "a date, a date with time (2026-11-28T12:00, UTC unless it says otherwise), or an age: 30d, 12h, 5m"
)


def _tail(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth, suppress(KeyboardInterrupt):
        newest = auth.audit.newest(max(arguments.lines, 0))
        _show(newest, as_json=arguments.json)
        if arguments.follow:
            # Rows that were there before are none of the new ones, however many were shown.
            known = {row.id for row in auth.audit.newest(LOOK_BACK)} | {row.id for row in newest}
            _show(_followed(auth, known), as_json=arguments.json, has_head=False)


def _followed(auth: Auth, known: set[int]) -> Iterator[Row]:
    while True:
        highest = max(known, default=0)
        for row in auth.audit.rows(after=max(0, highest - LOOK_BACK)):
            if row.id not in known:
                known.add(row.id)
                yield row
        for old in [one for one in known if one < highest - LOOK_BACK]:
            known.remove(old)
        time.sleep(POLL_SECONDS)


def _export(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        _show(auth.audit.rows(since=arguments.since), as_json=arguments.json)


def _verify(make: MakeAuth, arguments: argparse.Namespace) -> int:
    with closing(make(arguments)) as auth:
        report = auth.audit.verify(dict(arguments.seal))
        is_sealing = auth.audit.is_sealing
    if arguments.json:
        say(json.dumps({**asdict(report), "is_proof": report.is_proof}))
    else:
        _say_report(report, is_sealing=is_sealing)
    return 1 if report.findings or not report.is_proof else 0


def _say_report(report: Report, *, is_sealing: bool) -> None:
    for finding in report.findings:
        say(_printable(finding.text))
    say(f"{report.rows} rows, {report.seals} seals, {len(report.findings)} findings")
    if not report.rows and not report.seals:
        say("there is nothing to verify: neither rows nor seals; --seal shows whether there were any")
    if not report.is_proof:
        say("nothing is sealed: nobody can tell what was here; a process that serves seals within seconds")
    elif report.unsealed:
        say(f"{report.unsealed} rows are not under a seal yet: they could vanish without a trace")
    if report.erased:
        say(f"{report.erased} rows have a pseudonym in the place of a user who was erased")
    if report.without_key:
        say(f"{report.without_key} rows have no HMAC: they were written without ENCRYPTION_KEYS")
    if not is_sealing:
        say("nothing can be verified without ENCRYPTION_KEYS")
    if report.last_seal is not None:
        say(f"the last seal is {report.last_seal}:{report.last_mac}")


def _prune(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        pruned = auth.audit.prune(before=arguments.before)
    if arguments.json:
        say(json.dumps(asdict(pruned)))
    else:
        say(
            f"removed {pruned.rows} rows"
            + (f"; pruned through seal {pruned.through}" if pruned.through else "")
        )


def _show(rows: Iterable[Row], *, as_json: bool, has_head: bool = True) -> None:
    line: Callable[[Row], str] = _json if as_json else _line
    if has_head and not as_json:
        say(_columns(_HEAD))
    for row in rows:
        say(line(row))
        sys.stdout.flush()


def _json(row: Row) -> str:
    return json.dumps(row.shown())


def _line(row: Row) -> str:
    at = timestamp(row.at) if is_time(row.at) else row.at
    return _columns((at, row.id, row.name, row.outcome, row.user_id, row.session, row.address, row.reason))


def _columns(values: Iterable[Any]) -> str:
    texts = ("-" if value is None else _printable(str(value)) for value in values)
    return " ".join(text.ljust(width) for text, width in zip(texts, _WIDTHS, strict=True)).rstrip()


def _printable(text: str) -> str:
    """Return a text that moves no cursor, whatever somebody wrote into the database (LOG-2)."""
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode()


def _moment(text: str) -> int:
    """Read a time."""
    age = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if age:
        return int(time.time()) - int(age[1]) * _UNITS[age[2]]
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be {_MOMENT}") from None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())


def _logged(text: str) -> tuple[int, str]:
    """Read a seal as `verify` and the log write it."""
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", text)
    if not found:
        raise argparse.ArgumentTypeError("must be a number, a colon and the HMAC in 64 hexadecimal digits")
    return int(found[1]), found[2]
