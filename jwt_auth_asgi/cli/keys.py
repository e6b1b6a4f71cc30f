"""The commands `jwt-auth keys new | list | rotate | retire`, each of which changes files of one directory.

Running processes look into it every second; nothing is restarted. `jwt-auth keys reencrypt` does so with the
database.
"""

from __future__ import annotations

import argparse
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, ReadSettings, say
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.keys import rotation
from jwt_auth_core.keys.jwk import ALGORITHMS
from jwt_auth_core.keys.jwks import LEAD_SECONDS
from jwt_auth_core.keys.text import is_key_text

_DEFAULT: Final = "EdDSA"


def add(leaf: AddLeaf, settings: ReadSettings, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one, *settings* reads the settings, *make* makes the `Auth`."""
    new = leaf("new", partial(_new, settings), "make a key; the first of a directory signs, others wait")
    listed = leaf("list", partial(_list, settings), "show every key, what it does and when it may go")
    rotate = leaf("rotate", partial(_rotate, settings), "have the waiting key sign, or a new one")
    retire = leaf("retire", partial(_retire, settings), "take away a key whose tokens have all expired")
    leaf("reencrypt", partial(_reencrypt, make), "encrypt anew what older ENCRYPTION_KEYS have encrypted")
    for one in (new, listed, rotate, retire):
        one.add_argument("--directory", type=Path, help="where the key files are (default: JWT_KEYS)")
    for one in (new, rotate):
        text = "of a new key (default: %(default)s)"
        one.add_argument("--algorithm", choices=ALGORITHMS, default=_DEFAULT, help=text)
    lead = "how long a key is published before it signs (default: %(default)s)"
    rotate.add_argument("--lead", type=int, default=LEAD_SECONDS, metavar="SECONDS", help=lead)
    retire.add_argument("key_id", help="the name of the key, as list shows it")
    leaked = "at once, also while it signs: everything that it signed is refused"
    retire.add_argument("--leaked", action="store_true", help=leaked)


def _new(settings: ReadSettings, arguments: argparse.Namespace) -> None:
    directory = _directory(settings, arguments)
    made = rotation.make(directory, algorithm=arguments.algorithm, now=_now())
    does = "waits; jwt-auth keys rotate has it sign" if made.signs_from is None else "signs"
    say(f"made {made.key_id} ({made.key.algorithm}) in {made.path}; it {does}")


def _list(settings: ReadSettings, arguments: argparse.Namespace) -> None:
    directory = _directory(settings, arguments)
    overlap = settings(arguments).access_token_ttl_seconds
    for one in rotation.statuses(directory, overlap_seconds=overlap, now=_now()):
        file = one.file
        moments = {"made": file.made_at, "signs from": file.signs_from, "may go from": one.ends_at}
        told = ", ".join(f"{name} {_time(moment)}" for name, moment in moments.items() if moment is not None)
        say(f"{file.key_id}  {file.key.algorithm}  {one.state}  {told}")


def _rotate(settings: ReadSettings, arguments: argparse.Namespace) -> None:
    directory = _directory(settings, arguments)
    chosen = rotation.rotate(
        directory, algorithm=arguments.algorithm, lead_seconds=arguments.lead, now=_now()
    )
    say(f"{chosen.key_id} ({chosen.key.algorithm}) signs from {_time(chosen.signs_from or 0)}")


def _retire(settings: ReadSettings, arguments: argparse.Namespace) -> None:
    directory = _directory(settings, arguments)
    if arguments.leaked:
        gone = rotation.withdraw(directory, arguments.key_id, now=_now())
    else:
        overlap = settings(arguments).access_token_ttl_seconds
        gone = rotation.retire(directory, arguments.key_id, overlap_seconds=overlap, now=_now())
    say(f"retired {gone.key_id}; what it signed is refused within a second")


def _reencrypt(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        done = auth.factors.reencrypt()
    say(f"encrypted {done} values anew; the rows of the audit keep the keys that they name")


def _directory(settings: ReadSettings, arguments: argparse.Namespace) -> Path:
    if arguments.directory is not None:
        return Path(arguments.directory)
    place = settings(arguments).jwt_keys
    text = "" if place is None else place.reveal().strip()
    if not text or is_key_text(text):
        raise SettingsError(["JWT_KEYS names no directory; set it, or give --directory"])
    return Path(text)


def _now() -> int:
    return int(time.time())


def _time(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
