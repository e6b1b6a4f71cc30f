"""The commands `jwt-auth import FILE --from ...` and `jwt-auth export`."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_asgi.cli.progress import Progress
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.imports.import_users import Imported
from jwt_auth_core.flows.imports.prepared import ImportPlan
from jwt_auth_core.imports import Remark, jwt_auth
from jwt_auth_core.imports.firebase import HashConfig
from jwt_auth_core.imports.sources import SOURCES, ReadOptions, reader_of
from jwt_auth_core.records import dataclass

STOPPED: Final = "stopped; what was created is kept: run the same command again, and it goes on from there"
_PAIR: Final = "must be OLD=NEW"
_NO_PIPE: Final = "it is a pipe: write it to a file, which a stopped import reads again"
_INTERRUPTED: Final = 130


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    text = "bring the users of another system along; may be repeated, who is there is passed over"
    new = leaf("import", partial(_import, make), text)
    new.add_argument("file", metavar="FILE", help="what the other system wrote; docs/moving-in.md says how")
    new.add_argument("--from", dest="source", choices=SOURCES, required=True, help="the other system")
    new.add_argument("--dry-run", action="store_true", help="tell what would come of it, and write nothing")
    new.add_argument("--json", action="store_true", help="for programs: one JSON object at the end")
    issuer = "the iss of the old system's tokens; of it ids are made that are no UUIDs (default: its name)"
    new.add_argument("--issuer", help=issuer)
    role = "grant our role NEW to those who had OLD; may be repeated, other roles are left"
    new.add_argument("--role", action="append", default=[], metavar="OLD=NEW", help=role)
    factors = "leave authenticator apps behind: their users come with the password alone"
    new.add_argument("--without-factors", action="store_true", help=factors)
    unknown = "also take hashes that we cannot check, for an application with on_unknown_hash"
    new.add_argument("--keep-unknown-hashes", action="store_true", help=unknown)
    config = "firebase: a file with the hash_config that the console shows"
    new.add_argument("--hash-config", metavar="FILE", help=config)
    column = "csv: what the file calls our column; may be repeated"
    new.add_argument("--column", action="append", default=[], metavar="OURS=THEIRS", help=column)
    new.add_argument("--model", default="auth.user", help="django: the model of users (default: %(default)s)")

    text = "write all users as JSON lines, which import --from jwt-auth reads"
    out = leaf("export", partial(_export, make), text)
    out.add_argument("file", nargs="?", metavar="FILE", help="a new file, readable by its owner; else stdout")
    out.add_argument("--hashes", action="store_true", help="with the hashes of passwords")
    out.add_argument(
        "--factors", action="store_true", help="with the secrets of authenticator apps, in clear"
    )


@dataclass(slots=True)
class _Sum:
    """What all batches came to so far."""

    created: int = 0
    there: int = 0
    refused: int = 0
    left_behind: int = 0
    read: int = 0

    def add(self, batch: Imported) -> None:
        self.created += batch.created
        self.there += batch.there
        self.refused += len(batch.refused)
        self.left_behind += len(batch.left_behind)
        self.read = self.created + self.there + self.refused


def _import(make: MakeAuth, arguments: argparse.Namespace) -> int:
    plan = ImportPlan(
        source=arguments.source,
        issuer=arguments.issuer or arguments.source,
        roles=_pairs("--role", arguments.role),
        brings_factors=not arguments.without_factors,
        keeps_unknown_hashes=arguments.keep_unknown_hashes,
    )
    read = reader_of(arguments.source, _options(arguments))
    total = _Sum()
    with closing(make(arguments)) as auth, _opened(arguments.file) as (raw, file):
        auth.check()
        run = auth.imports.users.rehearse if arguments.dry_run else auth.imports.users
        try:
            _run(run(read(file), plan), raw, total)
        except KeyboardInterrupt:
            _complain(STOPPED)
            return _INTERRUPTED
        finally:
            _report(total, arguments)
    return 1 if total.refused else 0


def _run(batches: Iterable[Imported], raw: BinaryIO, total: _Sum) -> None:
    progress = Progress(sys.stderr, total=os.fstat(raw.fileno()).st_size)
    try:
        for batch in batches:
            total.add(batch)
            _list(sorted((*batch.refused, *batch.left_behind), key=lambda one: one.line), progress)
            progress.show(raw.tell(), total.read)
    finally:
        progress.clear()


def _list(remarks: Sequence[Remark], progress: Progress) -> None:
    if remarks:
        progress.clear()
    for remark in remarks:
        _complain(f"line {remark.line}: {remark.reason}")


def _report(total: _Sum, arguments: argparse.Namespace) -> None:
    counts = {name: getattr(total, name) for name in ("created", "there", "refused", "left_behind")}
    if arguments.json:
        say(json.dumps({"dry_run": arguments.dry_run, **counts}))
        return
    verb = "to create" if arguments.dry_run else "created"
    say(f"{total.created} users {verb}, {total.there} are there already, {total.refused} refused")
    if total.left_behind:
        say(f"{total.left_behind} of them came without one of their factors")


def _export(make: MakeAuth, arguments: argparse.Namespace) -> None:
    contents = {name for name in ("hashes", "factors") if getattr(arguments, name)}
    with closing(make(arguments)) as auth, _created(arguments.file) as file:
        auth.check()
        count = 0
        for user in auth.imports.export(frozenset(contents)):
            file.write(jwt_auth.line(user))
            count += 1
    _complain(f"{count} users written")


def _options(arguments: argparse.Namespace) -> ReadOptions:
    config = None
    if arguments.hash_config is not None:
        try:
            config = HashConfig.parse(Path(arguments.hash_config).read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise _unread("--hash-config", error) from None
    columns = _pairs("--column", arguments.column)
    return ReadOptions(hash_config=config, columns=columns, model=arguments.model.lower())


def _pairs(name: str, words: Iterable[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if not all(old and new for old, _, new in pairs):
        raise InvalidInputError([FieldError(name, "invalid_pair", _PAIR)])
    return {old: new for old, _, new in pairs}


@contextmanager
def _opened(path: str) -> Generator[tuple[BinaryIO, TextIO]]:
    """Open a file: what tells how far it is read, and its text; octets that are none are seen in records."""
    try:
        raw = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise _unread("FILE", error) from None
    with raw:
        if not raw.seekable():
            raise InvalidInputError([FieldError("FILE", "unreadable", _NO_PIPE)])
        with io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as file:
            yield raw, file


@contextmanager
def _created(path: str | None) -> Generator[TextIO]:
    """Open a new file that its owner alone may read; it is there once it is whole."""
    if path is None:
        yield sys.stdout
        return
    part = Path(f"{path}.part")
    try:
        part.unlink(missing_ok=True)  # of a run that was killed
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        os.fchmod(number, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise _unread("FILE", error) from None
    finally:
        part.unlink(missing_ok=True)


def _unread(name: str, error: Exception) -> InvalidInputError:
    why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
    return InvalidInputError([FieldError(name, "unreadable", str(why))])


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - this is what a command line does
