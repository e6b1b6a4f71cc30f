"""Refresh tokens: mint the first and each child, parse what a client presents.

156 characters of base64url over version 0x01, session id [16], generation u32, secret [32],
parent [32] and MAC [32]. What fails to parse never reaches a store (RF-08).
"""

from __future__ import annotations

import hashlib
import secrets as randomness
import struct
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Final

from jwt_auth_core.encoding import b64url_decode, b64url_encode, same
from jwt_auth_core.errors import RefreshInvalidError, UnavailableError, WeakKeyError
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret, SessionId

DIGEST_BYTES: Final = 32
TOKEN_CHARACTERS: Final = 156

_VERSION: Final = 1
_BODY: Final = struct.Struct(">B16sI32s32s")
_MAC_BYTES: Final = 32
_NO_PARENT: Final = bytes(DIGEST_BYTES)
_LAST_GENERATION: Final = 2**32 - 1
_SECRET_BYTES: Final = 32
_LEAST_KEY_BYTES: Final = 32
_PURPOSE: Final = b"jwt-auth refresh token v1"


@dataclass(slots=True)  # a refresh makes one: filling a frozen one takes three times as long
class Minted:
    """A token for a client, and the digest by which a store will know it."""

    text: Secret
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Presented:
    """A token whose MAC was verified; ``parent`` is the digest of the token it was exchanged for."""

    session_id: SessionId
    generation: int
    digest: bytes = field(repr=False)
    parent: bytes = field(repr=False)


class RefreshTokens:
    """Mint and parse under MAC keys derived from the signing secrets, newest first.

    A class so that the keys are derived once. The newest mints, all verify, so a secret retires by
    being left out. ``random`` gives that many random bytes; tests fix it.

    Raises:
        WeakKeyError: a secret is shorter than 32 bytes.
        ValueError: there is none.
    """

    def __init__(
        self, secrets: Sequence[bytes], *, random: Callable[[int], bytes] = randomness.token_bytes
    ) -> None:
        if not secrets:
            raise ValueError("at least one secret is needed")
        if any(len(secret) < _LEAST_KEY_BYTES for secret in secrets):
            msg = f"a secret must have at least {_LEAST_KEY_BYTES} bytes"
            raise WeakKeyError(msg)
        self._macs = tuple(PreparedMac(_derived(secret)) for secret in secrets)
        self._random = random

    def first(self, session_id: SessionId) -> Minted:
        """Return the first token of a session.

        Raises:
            UnavailableError: the system has no randomness to give (F-29).
        """
        return self._mint(session_id, generation=0, parent=_NO_PARENT)

    def child(self, of: Presented) -> Minted:
        """Return a new token bound to the one it is exchanged for; every call gives another.

        Raises:
            RefreshInvalidError: the lineage has used up its 2**32 generations.
            UnavailableError: the system has no randomness to give (F-29).
        """
        if of.generation >= _LAST_GENERATION:
            raise RefreshInvalidError
        return self._mint(of.session_id, generation=of.generation + 1, parent=of.digest)

    def parse(self, text: str) -> Presented:
        """Return what an authentic token says; needs no store.

        Raises:
            RefreshInvalidError: the length, alphabet, version or MAC is wrong.
        """
        octets = _octets(text)
        body, mac = octets[:-_MAC_BYTES], octets[-_MAC_BYTES:]
        for known in self._macs:
            if same(known.digest(body), mac):
                break
        else:
            raise RefreshInvalidError
        version, session, generation, _, parent = _BODY.unpack(body)
        if version != _VERSION:
            raise RefreshInvalidError
        return Presented(SessionId(session.hex()), generation, hashlib.sha256(octets).digest(), parent)

    def _mint(self, session_id: SessionId, *, generation: int, parent: bytes) -> Minted:
        session = bytes.fromhex(session_id)
        body = _BODY.pack(_VERSION, session, generation, self._secret(), parent)
        octets = body + self._macs[0].digest(body)
        return Minted(Secret(b64url_encode(octets)), hashlib.sha256(octets).digest())

    def _secret(self) -> bytes:
        try:
            return self._random(_SECRET_BYTES)
        except (OSError, NotImplementedError) as error:
            raise UnavailableError("no randomness") from error


def session_of(text: str) -> SessionId | None:
    """Return which session a text says it is a token of, None where it says nothing of the kind.

    All tokens of a session say the same. It proves nothing: that is for `RefreshTokens.parse`.
    """
    try:
        version, session, *_ = _BODY.unpack(_octets(text)[:-_MAC_BYTES])
    except RefreshInvalidError:
        return None
    return SessionId(session.hex()) if version == _VERSION else None


def _octets(text: str) -> bytes:
    # The length first: nothing is allocated for a megabyte of nonsense.
    if len(text) != TOKEN_CHARACTERS:
        raise RefreshInvalidError
    try:
        return b64url_decode(text)
    except ValueError:
        raise RefreshInvalidError from None


def _derived(secret: bytes) -> bytes:
    # RFC 5869 with one block of output: this key is for refresh tokens alone, so nothing that is
    # signed elsewhere with the same secret can pass for one.
    extracted = PreparedMac(b"jwt-auth").digest(secret)
    return PreparedMac(extracted).digest(_PURPOSE + b"\x01")
