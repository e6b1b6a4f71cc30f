"""A refresh session as its users see it, the verdicts, and the protocol of a store.

Which verdict a token gets is decided in ``record.py``, for every store alike.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from enum import Enum
from typing import Final, Protocol

from jwt_auth_core.errors import FieldError, InvalidInputError, StoreUnavailableError, UnavailableError
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.token import DIGEST_BYTES, Presented
from jwt_auth_core.sessions.use_limit import Counted
from jwt_auth_core.steps import Steps
from jwt_auth_core.vocabulary import Client, SessionId, UserId

_SESSION_ID: Final = re.compile("[0-9a-f]{32}", re.ASCII)
_WORD: Final = re.compile("[!-~]{1,64}", re.ASCII)  # printable, no space


class Verdict(Enum):
    """What a store says of one presented token; only OK and RESYNC let the client go on."""

    OK = "ok"
    RESYNC = "resync"
    """As OK, but the store had lost writes and caught up with an authentic, newer token."""
    SUPERSEDED = "superseded"
    """A parallel refresh was faster; nothing changed, the newer token goes on."""
    REUSE = "reuse"
    """A spent token came back; the session has been ended with this very call."""
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    LIMITED = "limited"
    """It was presented too often; nothing changed, it is as good as before."""
    BUSY = "busy"
    """Somebody else holds the session's record; nothing changed, try again."""
    UNAVAILABLE = "unavailable"
    """The part of the store that holds this session failed; outcome unknown, try again."""


class SessionBusyError(StoreUnavailableError):
    """Raised when somebody else holds a session's record; nothing changed, and no other session waits."""

    code = "session_busy"

    def __init__(self) -> None:
        super().__init__("session store", "has the session in use")


@dataclass(slots=True)  # a refresh makes one: filling a frozen one takes four times as long
class Life:
    """When and how a session's user was authenticated, and when it ends; in seconds since the epoch.

    Use moves neither ``authenticated_at`` nor ``ends_at``, the absolute end. ``session_version`` is the
    user's when it began; None in records of before sessions were numbered. ``methods`` are as in `Session`.
    """

    authenticated_at: int
    ends_at: int
    session_version: int | None = None
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """What may be told of a live session. Times are seconds since the epoch, by the store's clock.

    ``ends_at`` is the absolute end, never moved by use; ``methods`` are how the user proved who
    they are, in RFC 8176 words; ``client`` is where the session was opened from; ``session_version`` is
    the user's when it began.
    """

    session_id: SessionId
    user_id: UserId
    created_at: int
    authenticated_at: int
    last_used_at: int
    ends_at: int
    methods: tuple[str, ...] = ("pwd",)
    client: Client = field(default_factory=Client)
    session_version: int | None = None

    @property
    def life(self) -> Life:
        """What tokens are judged by."""
        return Life(self.authenticated_at, self.ends_at, self.session_version, self.methods)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to open; ``digest`` is that of its first token.

    ``session_version`` is the user's by which the login was let in: whatever ends the user's sessions from
    then on ends this one too, though it be of the same second. ``authenticated_at`` is given where the user
    proved who they are for another session, which this one continues; else it is now.

    Raises:
        InvalidInputError: the session id is none.
        ValueError: the digest is not 32 bytes long, or a user id or method is no short word.
    """

    session_id: SessionId
    user_id: UserId
    digest: bytes = field(repr=False)
    client: Client = field(default_factory=Client)
    methods: tuple[str, ...] = ("pwd",)
    session_version: int = 0
    authenticated_at: int | None = None

    def __post_init__(self) -> None:
        parse_session_id(self.session_id)
        if len(self.digest) != DIGEST_BYTES:
            msg = f"a token's digest has {DIGEST_BYTES} bytes"
            raise ValueError(msg)
        if not _WORD.fullmatch(self.user_id) or not are_methods(self.methods):
            raise ValueError("user id and methods are 1 to 64 printable ASCII characters without spaces")


@dataclass(slots=True)  # see Life
class Accepted:
    """A store's yes to a presented token (OK, RESYNC): whose session it is, and how long that lives."""

    verdict: Verdict
    session_id: SessionId
    user_id: UserId
    life: Life


@dataclass(slots=True)  # see Life
class Refused:
    """A store's no to a presented token: every other verdict.

    ``user_id`` is there where a record or tombstone told; ``reason`` says why a session was ended
    (REVOKED, REUSE); ``counted`` is by what it was one too many (LIMITED).
    """

    verdict: Verdict
    session_id: SessionId
    user_id: UserId | None = None
    reason: str | None = None
    counted: Counted | None = None


Rotation = Accepted | Refused
"""A store's answer to one presented token."""


class SessionStore(Protocol):
    """Where refresh sessions live; each call is atomic for each session, and may be repeated.

    Every method raises UnavailableError when the store does not answer; then nothing was handed
    out and the same call may be made again. A session id that is none raises InvalidInputError.
    """

    def open(self, new: NewSession) -> Session:
        """Keep a new session; opening the same one again is the same as once.

        Raises:
            ValueError: the session id is in use.
        """
        ...

    def rotate(self, presented: Sequence[Presented]) -> list[Rotation]:
        """Judge tokens, all in one round trip; answers in the same order, twice the same is fine."""
        ...

    def end(self, session_id: SessionId, reason: str) -> None:
        """Put a tombstone in the session's place; an ended or unknown one stays as it is."""
        ...

    def forget(self, session_id: SessionId) -> None:
        """Remove all that is kept of a session, its tombstone too: its user is erased.

        Whatever token of it comes is one of an unknown session from then on.
        """
        ...

    def find(self, session_id: SessionId) -> Session | None:
        """Return a live session; None when it is unknown, ended or expired."""
        ...

    def check(self) -> None:
        """Try the store once, as a refresh would."""
        ...


Rotating = Callable[[Sequence[Presented]], Steps[list[Rotation]]]


def rotating(store: SessionStore) -> Rotating | None:
    """Return how a store judges tokens in steps (``rotating``), None where it may block."""
    return getattr(store, "rotating", None)


def at_once(store: SessionStore) -> Callable[[Sequence[Presented]], list[Rotation]]:
    """Return how a store judges tokens without waiting for a session that is in use (``rotate_at_once``)."""
    found: Callable[[Sequence[Presented]], list[Rotation]] = getattr(store, "rotate_at_once", store.rotate)
    return found


def find_all(store: SessionStore, session_ids: Sequence[SessionId]) -> list[Session | None]:
    """Return what `SessionStore.find` does for each, in order: in one round trip where the store has one.

    Raises UnavailableError when a part of the store does not answer.
    """
    found: Callable[[Sequence[SessionId]], list[Session | None]] | None = getattr(store, "find_all", None)
    return [store.find(one) for one in session_ids] if found is None else found(session_ids)


def new_session_id() -> SessionId:
    """Return 16 random bytes in hexadecimal.

    Raises:
        UnavailableError: the system has no randomness to give (F-29).
    """
    try:
        return SessionId(secrets.token_hex(16))
    except (OSError, NotImplementedError) as error:
        raise UnavailableError("no randomness") from error


def is_session_id(text: str) -> bool:
    """Tell whether a text is one: 32 lower-case hexadecimal characters."""
    return _SESSION_ID.fullmatch(text) is not None


def are_methods(words: Iterable[str]) -> bool:
    """Tell whether words can be kept as a session's methods."""
    return _WORD.fullmatch("+".join(words)) is not None


def parse_session_id(text: str) -> SessionId:
    """Return a checked session id; every key of a store is made from one of these (RF-09).

    Raises:
        InvalidInputError: anything but 32 lower-case hexadecimal characters.
    """
    if not is_session_id(text):
        message = "must be 32 lower-case hexadecimal characters"
        raise InvalidInputError([FieldError("session_id", "invalid", message)])
    return SessionId(text)


def checked_reason(reason: str) -> str:
    """Return why a session was ended, a short word.

    Raises:
        ValueError: it is not 1 to 64 printable ASCII characters without spaces.
    """
    if not _WORD.fullmatch(reason):
        raise ValueError("a reason is 1 to 64 printable ASCII characters without spaces")
    return reason


def checked_lifetimes(*, idle_seconds: int, max_age_seconds: int) -> None:
    """Refuse lifetimes that no session could have.

    Raises:
        ValueError: a lifetime is less than a second.
    """
    if min(idle_seconds, max_age_seconds) < 1:
        raise ValueError("lifetimes are at least one second")
