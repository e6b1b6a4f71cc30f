"""RemoteKeys: another service's published keys, asked for in a thread and kept (JWT-18)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.errors import AuthError, StoreUnavailableError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.keys.fetch import check_url, fetch
from jwt_auth_core.keys.jwks import render_jwks
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.keys.source import UnknownKey

REFRESH_SECONDS: Final = 300.0  # as long as our own key sets may be kept
"""How often the key set is asked for without any reason; so long a retired key is believed."""

INTERVAL_SECONDS: Final = 30.0
"""How often at most, when a token names an unknown key, or the last answer was none."""

_LOGGER: Final = logging.getLogger("jwt_auth.keys")
_STORE: Final = "key set"


class RemoteKeys:
    """Asks *url* at the first token, then now and then; a class because of its memory and thread.

    Nobody waits for an answer. Before the first one, and while the key set is being asked for, an unknown
    key does not make a token wrong: `miss` says "unavailable", and whoever tries again in a second
    is told. When a fetch fails the old keys stay. *fetch* makes the key set's text of the URL.

    Raises:
        ValueError: the URL is none that may be asked.
        MissingDriverError: PyJWT or cryptography is not installed.
    """

    def __init__(
        self,
        url: str,
        *,
        fetch: Callable[[str], bytes] = fetch,
        clock: Callable[[], float] = time.monotonic,
        rsa_algorithm: str = "RS256",
        http_hosts: Collection[str] = (),
    ) -> None:
        from jwt_auth_core.keys import pyjwt  # noqa: PLC0415 - a driver

        del pyjwt  # where it is absent, that is said here, not in a thread
        self._url = check_url(url, http_hosts=http_hosts)
        self._name = url.partition("?")[0]  # for logs
        self._fetch = fetch
        self._rsa_algorithm = rsa_algorithm
        self._clock = clock
        self._replace: Callable[[KeyRing], None] = _nobody
        self._asked_at = float("-inf")
        self._is_missed = True
        self._is_known = False
        self._failure = ""
        self.ring = KeyRing([UnknownKey()])
        self._repeating = Repeating(self.step, seconds=REFRESH_SECONDS, name="jwt-auth-jwks")
        renew_in_children(self)

    def follow(self, replace: Callable[[KeyRing], None]) -> None:
        """Call *replace* with every later ring."""
        self._replace = replace

    def look(self) -> None:
        """Have the thread run."""
        self._repeating.start()

    def miss(self) -> None:
        """Have the key set asked again, unless that was done within the interval.

        Raises:
            StoreUnavailableError: it is being asked, was never known, or could not be had the last time.
        """
        if self._clock() - self._asked_at >= INTERVAL_SECONDS:
            self._is_missed = True
            self._repeating.nudge()
        # After a failure nobody can tell a new key from a stranger's.
        if self._is_missed or not self._is_known or self._failure:
            detail = f"cannot be had: {self._failure}" if self._failure else "is being asked for a key"
            raise StoreUnavailableError(_STORE, detail)

    def close(self) -> None:
        """End the thread."""
        self._repeating.close()

    def step(self) -> None:
        """Ask, if it is time, and put in force what is new."""
        is_due = self._clock() - self._asked_at >= REFRESH_SECONDS
        if not is_due and not self._is_missed:
            return
        self._asked_at, self._is_missed = self._clock(), True
        try:
            self._learn(self._fetch(self._url))
            self._failure = ""
        except (AuthError, ValueError) as error:
            self._complain(str(error))
        except Exception as error:  # noqa: BLE001 - a thread that ends believes its keys for ever
            self._complain(type(error).__name__)
        finally:
            self._is_missed = False

    def after_fork(self) -> None:
        """Have the child forget what was verified, so that its next look starts its thread."""
        self._replace(self.ring)

    def _learn(self, document: bytes) -> None:
        ring = KeyRing.from_jwks(document, rsa_algorithm=self._rsa_algorithm)
        if _said_by(ring) != _said_by(self.ring):
            self.ring = ring
            self._replace(ring)
        self._is_known = True

    def _complain(self, sentence: str) -> None:
        if sentence != self._failure:
            self._failure = sentence
            _LOGGER.warning("no new keys of %s: %s; what is known stays", self._name, sentence)


def _said_by(ring: KeyRing) -> tuple[object, ...]:
    """Return all that a key set says of its keys: also whose each is, which ours do not say."""
    return render_jwks(ring.keys), *(getattr(key, "issuer", None) for key in ring.keys)


def _nobody(_ring: KeyRing) -> None:
    """Stand in until somebody follows."""
