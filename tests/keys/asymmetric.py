"""A stand-in for keys of other algorithms, and every spelling of a real public key."""

from __future__ import annotations

import base64
import json

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwt_auth_core.encoding import b64url_encode


class ForeignKey:
    """A key of another algorithm that signs with its name; its verify remembers the calls."""

    def __init__(self, algorithm="RS256", key_id="foreign", *, can_sign=True):
        self.algorithm = algorithm
        self.key_id = key_id
        self.can_sign = can_sign
        self.verified = []

    def sign(self, message):
        """Return a signature that only looks like one."""
        return b64url_encode(self.algorithm.encode() + message[-4:]).encode()

    def verify(self, message, signature):
        """Tell whether sign made it."""
        self.verified.append(message)
        return signature == self.sign(message)


def number(value):
    """Return an integer as a JWK writes it (RFC 7518 section 2)."""
    return b64url_encode(value.to_bytes((value.bit_length() + 7) // 8))


def _jwk(key):
    if isinstance(key, rsa.RSAPublicKey):
        n, e = key.public_numbers().n, key.public_numbers().e
        return {"kty": "RSA", "n": number(n), "e": number(e)}
    if isinstance(key, ec.EllipticCurvePublicKey):
        x, y = key.public_numbers().x, key.public_numbers().y
        return {"kty": "EC", "crv": "P-256", "x": number(x), "y": number(y)}
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(raw)}


def spellings(key):
    """Return every way in which a public key is usually written, by name (JWT-05)."""
    spki = PublicFormat.SubjectPublicKeyInfo
    found = {
        "pem": key.public_bytes(Encoding.PEM, spki),
        "der": key.public_bytes(Encoding.DER, spki),
        "jwk": json.dumps(_jwk(key)).encode(),
        "jwk-compact": json.dumps(_jwk(key), separators=(",", ":"), sort_keys=True).encode(),
        "ssh": key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    }
    if isinstance(key, rsa.RSAPublicKey):
        found["pkcs1-pem"] = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        found["pkcs1-der"] = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    found["pem-stripped"] = found["pem"].strip()
    found["pem-crlf"] = found["pem"].replace(b"\n", b"\r\n")
    found["pem-one-line"] = found["pem"].replace(b"\n", b"")
    found["base64"] = base64.b64encode(found["der"])
    found["base64-lines"] = base64.encodebytes(found["der"])
    found["base64url"] = b64url_encode(found["der"]).encode()
    return found


PUBLIC_KEYS = {
    "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key(),
    "ec": ec.generate_private_key(ec.SECP256R1()).public_key(),
    "ed25519": ed25519.Ed25519PrivateKey.generate().public_key(),
}
SPELLINGS = {
    f"{kind}-{name}": text for kind, key in PUBLIC_KEYS.items() for name, text in spellings(key).items()
}
