"""Rotation: keys come, sign, stop signing and go, in an order that refuses no token on the way.

A key is published before it signs, so that everybody who verifies knows it by then; it goes when the
last token that it signed has expired. All times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys import files
from jwt_auth_core.keys.files import KeyFile
from jwt_auth_core.keys.key import KeyPair
from jwt_auth_core.records import dataclass

LEAST_LEAD_SECONDS: Final = 5
"""Running processes look into the directory every second; their clocks differ by little."""

SLACK_SECONDS: Final = 60
"""How much longer than a token lives its key stays, for clocks that differ."""


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Where a key is in its life: ``state`` is waiting, signing, verifying or public.

    ``ends_at`` is from when on it may be retired; None while it signs.
    """

    file: KeyFile
    state: str
    ends_at: int | None


def make(directory: Path, *, algorithm: str, now: int) -> KeyFile:
    """Write a new key and return it. The first of a directory signs at once, any other waits.

    Raises:
        WeakKeyError: the algorithm is unknown, the directory cannot be written or is full.
    """
    known = _known(directory)
    if len(known) >= files.MOST_FILES:
        raise WeakKeyError(f"the directory holds {files.MOST_FILES} keys; run: jwt-auth keys retire")
    key = _named_well(algorithm)
    signs = any(file.key.can_sign for file in known)
    made = KeyFile(directory / f"{key.key_id}{files.JWK_SUFFIX}", key, now, None if signs else now)
    files.write(made)
    return made


def rotate(directory: Path, *, algorithm: str, lead_seconds: int, now: int) -> KeyFile:
    """Have the newest waiting key sign, a new one where none waits; return it with its time.

    It signs as soon as it has been published for *lead_seconds*.

    Raises:
        WeakKeyError: the lead is too short, or a later key is set to sign already.
    """
    if lead_seconds < LEAST_LEAD_SECONDS:
        raise WeakKeyError(
            f"the lead is at least {LEAST_LEAD_SECONDS} seconds: running processes must hear first"
        )
    known = _known(directory)
    if any(file.signs_from is not None and file.signs_from > now for file in known):
        raise WeakKeyError("a key is set to sign already; jwt-auth keys list tells from when on")
    waiting = [file for file in known if file.key.can_sign and file.signs_from is None]
    chosen = max(waiting, key=lambda file: file.made_at, default=None)
    if chosen is None:
        chosen = make(directory, algorithm=algorithm, now=now)
    if chosen.signs_from is None:
        chosen = files.signing_from(chosen, max(now + 1, chosen.made_at + lead_seconds))
        files.write(chosen)
    return chosen


def retire(directory: Path, key_id: str, *, overlap_seconds: int, now: int) -> KeyFile:
    """Take a key away whose tokens have all expired; what it signed is refused from then on.

    Raises:
        WeakKeyError: there is no such key, it signs, or its tokens may still be alive.
    """
    known = statuses(directory, overlap_seconds=overlap_seconds, now=now)
    one = next((status for status in known if status.file.key_id == key_id), None)
    if one is None:
        raise WeakKeyError("the directory has no key of that name; jwt-auth keys list shows all")
    if one.ends_at is None:
        raise WeakKeyError("the key signs; run jwt-auth keys rotate first, and wait for the overlap")
    if now < one.ends_at:
        raise WeakKeyError(
            f"tokens of the key may be alive for {one.ends_at - now} more seconds; try again then"
        )
    return _removed(one.file)


def withdraw(directory: Path, key_id: str, *, now: int) -> KeyFile:
    """Take away a key that others may have, at once, with all that it signed.

    Where it signs the newest other private key takes over in the same moment.

    Raises:
        WeakKeyError: there is no such key, or no other that could sign.
    """
    known = files.read_all(directory)
    gone = next((file for file in known if file.key_id == key_id), None)
    if gone is None:
        raise WeakKeyError("the directory has no key of that name; jwt-auth keys list shows all")
    heirs = [file for file in known if file is not gone and file.key.can_sign]
    if gone.key.can_sign and not heirs:
        raise WeakKeyError("no other key could sign; run jwt-auth keys new first")
    started = [file for file in heirs if file.signs_from is not None and file.signs_from <= now]
    if heirs and not started:
        files.write(files.signing_from(max(heirs, key=lambda file: file.made_at), now))
    return _removed(gone)


def statuses(directory: Path, *, overlap_seconds: int, now: int) -> list[KeyStatus]:
    """Return where each key of a directory is in its life, newest first.

    *overlap_seconds* is the lifetime of an access token.

    Raises:
        WeakKeyError: the directory cannot be read.
    """
    ordered = files.in_order(files.read_all(directory), now=now)
    return [_status(file, ordered, overlap_seconds=overlap_seconds, now=now) for file in ordered]


def _status(file: KeyFile, ordered: Sequence[KeyFile], *, overlap_seconds: int, now: int) -> KeyStatus:
    if not file.key.can_sign:
        return KeyStatus(file, "public", now)
    if file.signs_from is None or file.signs_from > now:
        return KeyStatus(file, "waiting", now)
    if file is ordered[0]:
        return KeyStatus(file, "signing", None)
    # It signed until the next one began.
    later = [one.signs_from for one in ordered[: ordered.index(file)] if one.signs_from is not None]
    return KeyStatus(file, "verifying", min(later) + overlap_seconds + SLACK_SECONDS)


def _known(directory: Path) -> list[KeyFile]:
    return files.read_all(directory) if directory.is_dir() and files.paths(directory) else []


def _named_well(algorithm: str) -> KeyPair:
    from jwt_auth_core.keys.pyjwt import PyJwtKey  # noqa: PLC0415 - a driver

    # A name that begins with a hyphen looks like an option to every command line.
    while (key := PyJwtKey.generate(algorithm)).key_id.startswith("-"):
        pass
    return key


def _removed(file: KeyFile) -> KeyFile:
    try:
        file.path.unlink()
    except OSError as error:
        raise WeakKeyError(f"{file.path.name} cannot be removed: {error.strerror}") from None
    return file
