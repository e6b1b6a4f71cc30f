"""What a signing key is to the rest: one algorithm, a name, signatures as base64url text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, Self, runtime_checkable

ALIASES: Final[Mapping[str, str]] = {"Ed25519": "EdDSA"}
"""Two names of one algorithm on this curve (RFC 9864 section 2.2, RFC 8037 section 3.1)."""


class Key(Protocol):
    """One key for one algorithm (JWT-05). Implementations never change and may be shared by threads.

    A signature is its canonical base64url text, as it stands in a token: whoever makes it knows
    the only spelling, so a comparison of texts refuses every other one.
    """

    @property
    def algorithm(self) -> str:
        """The one value of the header's ``alg`` that this key answers to (RFC 7518 section 3.1)."""
        ...

    @property
    def key_id(self) -> str | None:
        """The public name that a header's ``kid`` selects this key by; None for a nameless key."""
        ...

    @property
    def can_sign(self) -> bool:
        """Whether ``sign`` works: False for a public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message* (the JWS signing input) as base64url text."""
        ...

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether *signature*, base64url text from anywhere, is right; never raises."""
        ...


@runtime_checkable
class PreparedKey(Key, Protocol):
    """A key that can be prepared for messages which all begin alike, as tokens with one header do."""

    def after(self, opening: bytes) -> Self:
        """Return this key for verifying messages of which *opening* is left away."""
        ...


class KeyPair(Key, Protocol):
    """An asymmetric key, perhaps its public half alone; it always has a name."""

    @property
    def key_id(self) -> str:
        """The thumbprint of the public key (RFC 7638), unless it was given another name."""
        ...

    def public_jwk(self) -> Mapping[str, str]:
        """Return the public key with its ``kid``, ``alg`` and ``use`` (RFC 7517)."""
        ...

    def private_jwk(self) -> Mapping[str, str]:
        """Return the private key, to be kept where nobody else reads.

        Raises:
            WeakKeyError: there is none.
        """
        ...
