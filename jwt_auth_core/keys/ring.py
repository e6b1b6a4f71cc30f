"""Keys in order of age: the newest signs, all verify, retiring is removal; the ring never changes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Final, Self

from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.hs256 import Hs256Key
from jwt_auth_core.keys.key import ALIASES, Key
from jwt_auth_core.vocabulary import Secret

MOST_KEYS: Final = 32
"""How many keys a ring may hold; it bounds the work for a token that names none."""


class KeyRing:
    """The keys that an issuer or verifier has, newest first; a class because names are looked up often.

    Keys of several algorithms may share a ring only if each has a name: then a token selects its
    key by ``kid`` alone, and no key is ever tried with an algorithm that is not its own (JWT-05).

    Raises:
        ValueError: no key, more than 32, two with one name, or nameless ones of several algorithms.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)
        names = [key.key_id for key in self._keys if key.key_id is not None]
        if not 1 <= len(self._keys) <= MOST_KEYS:
            msg = f"a key ring holds 1 to {MOST_KEYS} keys, not {len(self._keys)}"
            raise ValueError(msg)
        if len(set(names)) != len(names):
            raise ValueError("two keys of a ring have the same key id")
        if len(names) != len(self._keys) and not self._is_uniform:
            raise ValueError("keys of several algorithms need a key id each")

    @classmethod
    def from_secret(
        cls, secret: str | bytes | Secret, *, previous: Sequence[str | bytes | Secret] = ()
    ) -> Self:
        """Return a ring of HS256 keys: *secret* signs, *previous* ones (newest first) still verify.

        A secret that occurs twice counts once.

        Raises:
            WeakKeyError: a secret is short, guessable, published, or a public key.
        """
        if isinstance(previous, str | bytes | Secret):
            raise TypeError("previous is a sequence of secrets, not one secret")
        try:
            keys = {key.key_id: key for key in map(Hs256Key, (secret, *previous))}
        except WeakKeyError:
            del secret, previous  # crash reporters collect the variables of frames
            raise
        return cls(keys.values())

    @classmethod
    def from_foreign_secret(cls, secret: str | bytes | Secret) -> Self:
        """Return a ring of one HS256 secret that another issuer shares with us, whatever it calls it.

        The ``kid`` of its tokens is a name of its own making, so this one key is meant by every name.

        Raises:
            WeakKeyError: the secret is short, guessable, published, or a public key.
        """
        return cls([Hs256Key.nameless(secret)])

    @classmethod
    def from_files(cls, directory: str | PathLike[str], *, now: int | None = None) -> Self:
        """Return the ring of a directory's key files (``*.jwk``, ``*.pem``), as it is at *now*.

        It is read once; ``JWT_KEYS`` has a directory followed.

        Raises:
            WeakKeyError: a file is no key, or none signs.
            MissingDriverError: PyJWT or cryptography is not installed.
        """
        from pathlib import Path  # noqa: PLC0415 - most rings are of secrets

        from jwt_auth_core.keys import files  # noqa: PLC0415 - as above

        moment = int(time.time()) if now is None else now
        return cls(file.key for file in files.in_order(files.read_all(Path(directory)), now=moment))

    @classmethod
    def from_jwks(cls, document: str | bytes | Mapping[str, object], *, rsa_algorithm: str = "RS256") -> Self:
        """Return the ring of the public keys of a JWKS *document* (RFC 7517); it verifies, and signs nothing.

        Keys that are not for signatures, of another algorithm or unfit are passed over. An RSA key
        without ``alg`` is for *rsa_algorithm*. An object of X.509 certificates by their names, as
        Google publishes some, is a key set, too.

        Raises:
            WeakKeyError: no key set, no key that can be used, or a private one.
            ValueError: two keys have one name, or there are more than 32.
            MissingDriverError: PyJWT or cryptography is not installed.
        """
        from jwt_auth_core.keys.cryptography import certified  # noqa: PLC0415 - a driver
        from jwt_auth_core.keys.jwks import parse_jwks  # noqa: PLC0415 - most rings are of secrets
        from jwt_auth_core.keys.pyjwt import PyJwtKey  # noqa: PLC0415 - a driver

        return cls(parse_jwks(document, PyJwtKey.from_jwk, rsa_algorithm=rsa_algorithm, certified=certified))

    @property
    def newest(self) -> Key:
        """The key that signs."""
        return self._keys[0]

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, newest first."""
        return self._keys

    def find(self, *, algorithm: str, key_id: str | None) -> tuple[Key, ...]:
        """Return the keys that a header may mean, newest first; empty when there is none (JWT-09).

        A key id selects exactly one key, and only if *algorithm* is that key's own. Without a key
        id every key is meant, as long as the ring knows a single algorithm, and this is it. A single
        key without a name is meant by every one.
        """
        if key_id is None and not self._is_uniform:
            return ()
        is_any = key_id is None or (len(self._keys) == 1 and self._keys[0].key_id is None)
        named = self._keys if is_any else [key for key in self._keys if key.key_id == key_id]
        own = ALIASES.get(algorithm, algorithm)
        return tuple(key for key in named if key.algorithm == own)

    @property
    def _is_uniform(self) -> bool:
        return len({key.algorithm for key in self._keys}) == 1

    def __repr__(self) -> str:
        return f"KeyRing({list(self._keys)!r})"
