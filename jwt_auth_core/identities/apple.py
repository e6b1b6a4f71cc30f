"""Apple's client secret: no text that is kept, but a token that we sign for each use.

https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from jwt_auth_core.encoding import b64url_encode, compact_json
from jwt_auth_core.vocabulary import Clock, Secret

AUDIENCE: Final = "https://appleid.apple.com"
TTL_SECONDS: Final = 300  # five minutes; at most six months are allowed


class Signer(Protocol):
    """An ES256 key."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature as base64url text."""
        ...


def client_secret(
    key: Signer, *, key_id: str, team_id: str, client_id: str, clock: Clock
) -> Callable[[], Secret]:
    """Return what makes the secret of a client."""

    def made() -> Secret:
        now = clock()
        header = {"alg": "ES256", "kid": key_id}
        about = {"iat": now, "exp": now + TTL_SECONDS, "aud": AUDIENCE}
        parts = (compact_json(part) for part in (header, {"iss": team_id, "sub": client_id, **about}))
        message = ".".join(map(b64url_encode, parts)).encode("ascii")
        return Secret((message + b"." + key.sign(message)).decode("ascii"))

    return made
