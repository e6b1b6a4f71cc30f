"""Pwned Passwords: a service says whether a password is known from a breach, and does not learn which it was.

It is told five hexadecimal digits of the password's SHA-1, and answers with all that it knows of that begin
so, padded to a size that tells nothing. What is not answered in time is not known: nobody is kept out.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import re
import threading
import time
from collections.abc import Callable
from typing import Final

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.keys.fetch import check_url, fetch
from jwt_auth_core.passwords.normalization import spelled
from jwt_auth_core.vocabulary import Secret

SECONDS: Final = 1.0
"""How long a question may take, the look-up of the name included."""

MOST_AT_ONCE: Final = 8
PAUSE_SECONDS: Final = 60.0  # between two lines of the log

_PREFIX: Final = 5
_HEADERS: Final = {"Accept": "text/plain", "Add-Padding": "true"}
_LINE: Final = re.compile(r"([0-9A-F]{35}):([0-9]+)")
_logger: Final = logging.getLogger("jwt_auth.passwords")


class PwnedPasswords:
    """A service that speaks the range protocol; ``url`` is what the five digits are put behind.

    A class because it minds how many questions are under way, and when it last complained.

    Raises:
        ValueError: the URL is none that may be asked.
    """

    def __init__(
        self, url: str, *, seconds: float = SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = check_url(url.rstrip("/"))
        self._seconds = seconds
        self._monotonic = monotonic
        self._spoke, self._silent = -PAUSE_SECONDS, 0
        self.after_fork()
        renew_in_children(self)

    def knows(self, password: Secret) -> bool:
        """Tell whether the service knows the password; False, and a line in the log, without an answer."""
        octets = spelled(password).reveal().encode()
        digits = hashlib.sha1(octets, usedforsecurity=False).hexdigest().upper()
        try:
            return digits[_PREFIX:] in self._listed(self._answer(digits[:_PREFIX]))
        except StoreUnavailableError as error:
            self._note(error)
            return False

    def after_fork(self) -> None:
        """Begin anew in a child: the questions that are under way are the parent's."""
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)

    def _answer(self, prefix: str) -> bytes:
        """Ask in a thread of its own: nothing else ends in time the look-up of a name."""
        answers: queue.SimpleQueue[bytes | StoreUnavailableError] = queue.SimpleQueue()
        free = self._free
        if not free.acquire(blocking=False):
            raise StoreUnavailableError(self._url, "has as many questions to answer as are asked at once")
        asking = threading.Thread(
            target=self._ask, args=(prefix, answers, free), name="breaches", daemon=True
        )
        try:
            asking.start()
            answer = answers.get(timeout=self._seconds)
        except RuntimeError:
            free.release()
            raise StoreUnavailableError(self._url, "is not asked: there is no thread for it") from None
        except queue.Empty:
            raise StoreUnavailableError(self._url, "comes too slowly") from None
        if isinstance(answer, StoreUnavailableError):
            raise answer
        return answer

    def _ask(
        self,
        prefix: str,
        answers: queue.SimpleQueue[bytes | StoreUnavailableError],
        free: threading.BoundedSemaphore,
    ) -> None:
        # What is told of a failure has the name of the service, and never the digits.
        try:
            url, name = f"{self._url}/{prefix}", self._url
            answers.put(fetch(url, name=name, headers=_HEADERS, seconds=self._seconds))
        except StoreUnavailableError as error:
            answers.put(error)
        finally:
            free.release()

    def _listed(self, body: bytes) -> set[str]:
        """Return the digits that are listed; those with a count of nought are padding."""
        lines = [_LINE.fullmatch(line) for line in body.decode("latin-1").upper().split()]
        if None in lines:
            raise StoreUnavailableError(self._url, "answers with something else than digests")
        return {line[1] for line in lines if line is not None and int(line[2][:9])}

    def _note(self, error: StoreUnavailableError) -> None:
        now = self._monotonic()
        if now - self._spoke < PAUSE_SECONDS:
            self._silent += 1
            return
        silent, self._spoke, self._silent = self._silent, now, 0
        more = f", and {silent} more since the last line" if silent else ""
        _logger.warning("a password was accepted without asking for breaches: %s%s", error, more)
