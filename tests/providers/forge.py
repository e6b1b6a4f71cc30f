"""A profile's tokens made by hand, part by part, so that each part can be wrong."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress

import pytest

from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenError, TokenInvalidError
from jwt_auth_core.tokens.profiles import PROFILES
from tests.providers.signed import ABSENT, NOW, compact


class StandIn:
    """A key of any algorithm that signs like HS256: what is tried here is not the signature."""

    can_sign = True

    def __init__(self, algorithm, key_id="k1"):
        self.algorithm, self.key_id = algorithm, key_id

    def sign(self, message):
        """Return a signature of this key's own, in base64url."""
        mac = hmac.digest(f"{self.algorithm} {self.key_id}".encode(), message, hashlib.sha256)
        return b64url_encode(mac).encode()

    def verify(self, message, signature):
        """Tell whether sign made it."""
        return signature == self.sign(message)


class Forge:
    """Makes tokens of a vector, and judges them with its profile, cold and warm."""

    def __init__(self, vector):
        self.vector, self.profile = vector, PROFILES[vector.profile]
        self.key = StandIn(vector.algorithm)
        self.header = {**vector.header, "kid": "k1"}
        self.claims = vector.at(NOW)
        self.ring = KeyRing([self.key])
        self.warm = self.tokens()
        self.warm.verify(self.forged(), now=NOW)

    def tokens(self, keys=None, **config):
        """Return what verifies the vector's tokens, and has seen none."""
        known = {"issuer": self.vector.issuer, "audience": self.vector.audience}
        return AccessTokens(keys or self.ring, profile=self.profile, **known, **config)

    def changed(self, **changes):
        """Return the claims, some changed and some (ABSENT) left out."""
        return {name: value for name, value in (self.claims | changes).items() if value is not ABSENT}

    def forged(self, payload=None, *, header=None, key=None):
        """Return a token with a right signature over any payload and header, objects or octets."""
        return self.sealed(*self.segments(payload, header), key=key)

    def segments(self, payload=None, header=None):
        """Return header and payload as they stand in a token."""
        parts = self.header if header is None else header, self.claims if payload is None else payload
        return tuple(b64url_encode(part if isinstance(part, bytes) else compact(part)) for part in parts)

    def sealed(self, header, payload, *, key=None):
        """Return a token of two segments and their right signature."""
        message = f"{header}.{payload}"
        return f"{message}.{(key or self.key).sign(message.encode('utf-8', 'replace')).decode()}"

    def verify(self, token, *, now=NOW):
        """Return what is said of a token by an object that has seen nothing."""
        return self.tokens().verify(token, now=now)

    def believed(self, tokens):
        """Return the names of those of these (name, token) that are believed, once cold and once warm."""
        found = []
        for name, token in tokens:
            for verifier in (self.tokens(), self.warm):
                try:
                    verifier.verify(token, now=NOW)
                except TokenInvalidError:
                    continue
                found.append(name)
        return found

    def refusals(self, token, *, now=NOW, error=TokenInvalidError):
        """Return why a token is refused, cold, warm, and once it was refused before."""
        with suppress(TokenError):
            self.warm.verify(token, now=NOW)
        found = []
        for tokens in (self.tokens(), self.warm):
            with pytest.raises(error) as caught:
                tokens.verify(token, now=now)
            found.append(caught.value)
        return found
