"""Key files: one JWK or PEM a file, read from a directory and written so that only their owner reads.

A JWK file knows since when its key exists (``iat``) and from when on it signs (``nbf``, absent while
it only verifies); a PEM file is as old as the file, and signs.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Final, cast

from jwt_auth_core.encoding import compact_json, strict_json
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.key import KeyPair
from jwt_auth_core.records import dataclass

JWK_SUFFIX: Final = ".jwk"
PEM_SUFFIX: Final = ".pem"
MOST_FILES: Final = 16
LARGEST_BYTES: Final = 65_536

_MADE_AT: Final = "iat"
_SIGNS_FROM: Final = "nbf"
_LATEST: Final = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key as it lies in a file; times are seconds since the epoch.

    From ``signs_from`` on the key signs, unless a later one does; None: it only verifies so far.
    """

    path: Path
    key: KeyPair = field(repr=False)
    made_at: int
    signs_from: int | None

    @property
    def key_id(self) -> str:
        """The name that tokens call the key by."""
        return self.key.key_id


def paths(directory: Path) -> list[Path]:
    """Return the key files of a directory by name; hidden ones and other suffixes are none.

    Raises:
        WeakKeyError: there is no such directory, or it cannot be read, or holds more than 16.
    """
    try:
        found = sorted(path for path in directory.iterdir() if _is_key_file(path))
    except OSError as error:
        raise WeakKeyError(f"the directory of keys cannot be read: {error.strerror}") from None
    if len(found) > MOST_FILES:
        raise WeakKeyError(f"a directory holds at most {MOST_FILES} key files, not {len(found)}")
    return found


def read(path: Path) -> KeyFile:
    """Return the key of a file.

    Raises:
        WeakKeyError: names the file, and what is wrong with it.
    """
    try:
        parse = _jwk_file if path.suffix == JWK_SUFFIX else _pem_file
        return parse(path, *_octets(path))  # no name here holds them: crash reporters collect variables
    except OSError as error:
        reason = error.strerror or "not readable"
    except WeakKeyError as error:
        reason = str(error)
    raise WeakKeyError(f"{path.name}: {reason}")


def read_all(directory: Path) -> list[KeyFile]:
    """Return the keys of a directory.

    Raises:
        WeakKeyError: a file is no key, or two hold the same one, or there is none.
        MissingDriverError: PyJWT or cryptography is not installed.
    """
    found = [read(path) for path in paths(directory)]
    if not found:
        raise WeakKeyError(f"the directory of keys has no file that ends in {JWK_SUFFIX} or {PEM_SUFFIX}")
    if len({file.key_id for file in found}) != len(found):
        raise WeakKeyError("two files of the directory hold a key of the same name")
    return found


def in_order(files: Sequence[KeyFile], *, now: int) -> list[KeyFile]:
    """Return the files newest first, as a ring wants them: the one that signs, then the others.

    Raises:
        WeakKeyError: there are private keys, and none of them signs by now.
    """
    signing = [file for file in files if file.key.can_sign and file.signs_from is not None]
    started = sorted((file for file in signing if _start(file) <= now), key=_start, reverse=True)
    if not started and any(file.key.can_sign for file in files):
        raise WeakKeyError("no key of the directory signs yet; run: jwt-auth keys rotate")
    rest = [file for file in files if file not in started]
    return [*started, *sorted(rest, key=lambda file: file.made_at, reverse=True)]


def write(file: KeyFile) -> None:
    """Put a key into its file, with mode 0600, in one step: nobody ever reads half a file.

    Raises:
        WeakKeyError: the file cannot be written.
    """
    times = {_MADE_AT: file.made_at, _SIGNS_FROM: file.signs_from}
    known = {name: value for name, value in times.items() if value is not None}
    octets = compact_json({**file.key.private_jwk(), **known})
    draft = file.path.with_name(f".{file.path.name}.{os.getpid()}")
    try:
        file.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(draft, octets)
        draft.replace(file.path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise WeakKeyError(f"{file.path.name} cannot be written: {error.strerror}") from None


def signing_from(file: KeyFile, moment: int) -> KeyFile:
    """Return the file as it is when its key signs from *moment* on."""
    return replace(file, signs_from=moment)


def _is_key_file(path: Path) -> bool:
    return path.suffix in {JWK_SUFFIX, PEM_SUFFIX} and not path.name.startswith(".") and path.is_file()


def _start(file: KeyFile) -> int:
    return cast("int", file.signs_from)


def _octets(path: Path) -> tuple[bytes, int]:
    with path.open("rb") as opened:
        return opened.read(LARGEST_BYTES), int(os.fstat(opened.fileno()).st_mtime)


def _jwk_file(path: Path, octets: bytes, changed_at: int) -> KeyFile:
    from jwt_auth_core.keys.pyjwt import PyJwtKey  # noqa: PLC0415 - a driver

    try:
        members = strict_json(octets)
    except ValueError:
        members = None
    del octets  # crash reporters collect the variables of frames
    if not isinstance(members, dict):
        raise WeakKeyError("it is not one strict JSON object")
    known = cast("dict[str, object]", members)
    made_at = _time(known.get(_MADE_AT, changed_at))
    signs_from = _time(known[_SIGNS_FROM]) if _SIGNS_FROM in known else None
    return KeyFile(path, PyJwtKey.from_jwk(known), made_at, signs_from)


def _pem_file(path: Path, octets: bytes, changed_at: int) -> KeyFile:
    from jwt_auth_core.keys.pyjwt import PyJwtKey  # noqa: PLC0415 - a driver

    return KeyFile(path, PyJwtKey.from_pem(octets), changed_at, changed_at)


def _time(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise WeakKeyError(f"its {_MADE_AT} or {_SIGNS_FROM} is no time in whole seconds")
    return value


def _write_new(path: Path, octets: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(octets)
        opened.flush()
        os.fsync(opened.fileno())
