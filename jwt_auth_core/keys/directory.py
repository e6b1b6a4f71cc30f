"""KeyDirectory: the keys of a directory, followed while the process runs (JWT-18)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.keys import files
from jwt_auth_core.keys.files import KeyFile
from jwt_auth_core.keys.key import Key
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.vocabulary import Clock

LOOK_SECONDS: Final = 1.0

_LOGGER: Final = logging.getLogger("jwt_auth.keys")
_OTHERS: Final = 0o077

_Stamp = tuple[int, int, int]


class KeyDirectory:
    """Looks into a directory once a second, off the path of requests; a class because of its memory.

    *also* are keys that verify beside those of the directory. ``ring`` is what is in force.

    What cannot be read later is logged once and changes nothing: a broken file keeps the key that it
    held, a missing directory all of them. A file that is gone takes its key with it.

    Raises:
        WeakKeyError: now, at the start, a file is no key, or none signs.
    """

    def __init__(self, directory: Path, *, clock: Clock, also: Sequence[Key] = ()) -> None:
        self._directory = directory
        self._clock = clock
        self._also = tuple(also)
        self._replace: Callable[[KeyRing], None] = _nobody
        self._complaints: set[str] = set()
        self._known = {file.path: (_stamp(file.path), file) for file in files.read_all(directory)}
        self.ring = self._made()
        for path in self._known:
            self._check_mode(path)
        self._repeating = Repeating(self.step, seconds=LOOK_SECONDS, name="jwt-auth-keys")
        renew_in_children(self)

    def follow(self, replace: Callable[[KeyRing], None]) -> None:
        """Call *replace* with every later ring."""
        self._replace = replace

    def look(self) -> None:
        """Have the thread run."""
        self._repeating.start()

    def miss(self) -> None:
        """Do nothing: a key is known a while before it signs."""

    def close(self) -> None:
        """End the thread."""
        self._repeating.close()

    def step(self) -> None:
        """Look, and put in force what has changed."""
        try:
            self._known = self._read()
            ring = self._made()
        except (WeakKeyError, ValueError) as error:
            self._complain(f"the keys stay as they are: {error}")
            return
        if ring.keys != self.ring.keys:  # a key that did not change is the same object
            self.ring = ring
            self._replace(ring)
            _LOGGER.info("%d keys in force, %s signs", len(ring.keys), ring.newest.key_id)

    def after_fork(self) -> None:
        """Have the child forget what was verified, so that its next look starts its thread."""
        self._replace(self.ring)

    def _made(self) -> KeyRing:
        ordered = files.in_order([file for _, file in self._known.values()], now=self._clock())
        return KeyRing([*(file.key for file in ordered), *self._also])

    def _read(self) -> dict[Path, tuple[_Stamp, KeyFile]]:
        found: dict[Path, tuple[_Stamp, KeyFile]] = {}
        for path in files.paths(self._directory):
            known = self._known.get(path)
            try:
                stamp = _stamp(path)
                found[path] = known if known and known[0] == stamp else (stamp, files.read(path))
            except (OSError, WeakKeyError) as error:
                self._complain(f"a key file stays unread: {error}")
                if known:
                    found[path] = known
        return found

    def _check_mode(self, path: Path) -> None:
        if path.stat().st_mode & _OTHERS and self._known[path][1].key.can_sign:
            self._complain(f"{path.name} can be read by others than its owner; run: chmod 600")

    def _complain(self, sentence: str) -> None:
        if sentence not in self._complaints:
            self._complaints.add(sentence)
            _LOGGER.error(sentence)


def _stamp(path: Path) -> _Stamp:
    state = path.stat()
    return state.st_mtime_ns, state.st_size, state.st_ino


def _nobody(_ring: KeyRing) -> None:
    """Stand in until somebody follows."""
