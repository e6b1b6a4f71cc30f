"""An authenticator and the browser around it, in software: real keys, real signatures, real CBOR.

Every octet that it brings can be changed before it is signed, or after.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
HAND = UP | UV
NO_MODEL = bytes(16)
ES256, EDDSA, RS256, ML_DSA_44, ML_DSA_65, ML_DSA_87 = -7, -8, -257, -48, -49, -50
ML_DSA = {
    ML_DSA_44: mldsa.MLDSA44PrivateKey,
    ML_DSA_65: mldsa.MLDSA65PrivateKey,
    ML_DSA_87: mldsa.MLDSA87PrivateKey,
}


def b64(octets: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Return what base64url stands for."""
    return urlsafe_b64decode(text + "==")


def new_key(algorithm):
    """Return a private key."""
    match algorithm:
        case -8:
            return ed25519.Ed25519PrivateKey.generate()
        case -7:
            return ec.generate_private_key(ec.SECP256R1())
        case -257:
            return rsa.generate_private_key(65537, 2048)
    return ML_DSA[algorithm].generate()


def cose_key(key, algorithm) -> dict[int, object]:
    """Return the public half as a COSE key."""
    public = key.public_key()
    match algorithm:
        case -8:
            return {1: 1, 3: algorithm, -1: 6, -2: public.public_bytes_raw()}
        case -7:
            numbers = public.public_numbers()
            return {1: 2, 3: algorithm, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        case -257:
            numbers = public.public_numbers()
            return {1: 3, 3: algorithm, -1: numbers.n.to_bytes(256), -2: numbers.e.to_bytes(3)}
    return {1: 7, 3: algorithm, -1: public.public_bytes_raw()}


def sign(key, data: bytes) -> bytes:
    """Sign as the key's algorithm has it."""
    match key:
        case ec.EllipticCurvePrivateKey():
            return key.sign(data, ec.ECDSA(SHA256()))
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), SHA256())
        case _:
            return key.sign(data)


@dataclass
class Authenticator:
    """Holds one passkey, once it was asked to make it.

    ``flags`` are those of what it signs, ``counts`` is whether it counts; ``client_data`` changes what the
    browser says, ``rp_id`` for whom it is.
    """

    origin: str = "https://app.example"
    algorithm: int = ES256
    flags: int = HAND
    counts: bool = False
    client_data: dict[str, object] = field(default_factory=dict)
    rp_id: str | None = None
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    handle: bytes = b""
    count: int = 0
    transports: tuple[object, ...] = ("internal", "hybrid")

    def __post_init__(self) -> None:
        self.key = new_key(self.algorithm)
        self.public = cose_key(self.key, self.algorithm)

    def copied(self) -> Authenticator:
        """Return a copy, as a thief of the key makes it."""
        copy = replace(self)
        copy.key, copy.public = self.key, self.public
        return copy

    def create(self, options, **attestation) -> dict[str, object]:
        """Answer ``navigator.credentials.create()`` with these options; keep the passkey."""
        self.handle = unb64(options["user"]["id"])
        self.rp_id = self.rp_id or options["rp"]["id"]
        said = self._said("webauthn.create", options["challenge"])
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(self._attested()), **attestation}
        response = {
            "clientDataJSON": b64(said),
            "attestationObject": b64(cbor2.dumps(statement)),
            "transports": list(self.transports),
        }
        return self._credential(response)

    def get(self, options) -> dict[str, object]:
        """Answer ``navigator.credentials.get()`` with these options."""
        said, data = self._said("webauthn.get", options["challenge"]), self._data(b"")
        response = {
            "clientDataJSON": b64(said),
            "authenticatorData": b64(data),
            "signature": b64(sign(self.key, data + hashlib.sha256(said).digest())),
            "userHandle": b64(self.handle),
        }
        return self._credential(response)

    def _credential(self, response) -> dict[str, object]:
        name = b64(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }

    def _said(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | self.client_data, separators=(",", ":")).encode()

    def _attested(self) -> bytes:
        size = len(self.credential_id).to_bytes(2)
        return NO_MODEL + size + self.credential_id + cbor2.dumps(self.public)

    def _data(self, attested: bytes) -> bytes:
        self.count += self.counts
        flags = self.flags | (AT if attested else 0)
        party = hashlib.sha256((self.rp_id or "").encode()).digest()
        return party + bytes([flags]) + self.count.to_bytes(4) + attested
