"""Keys made once for all tests of the keys: EdDSA where any will do, because it is fast."""

from __future__ import annotations

import threading
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from jwt_auth_core.keys.jwk import ALGORITHMS
from jwt_auth_core.keys.pyjwt import PyJwtKey

NOW = 1_800_000_000
KEYS = {algorithm: PyJwtKey.generate(algorithm) for algorithm in ALGORITHMS}
ED, OTHER, THIRD = (PyJwtKey.generate() for _ in range(3))


PKCS8 = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
SPKI = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()


def pem(key):
    """Return a private key as unencrypted PEM."""
    return key.private_bytes(*PKCS8, serialization.NoEncryption())


def public_pem(key):
    """Return a key's public half as PEM."""
    return key.public_key().public_bytes(*SPKI)


def jwks(*keys, **more):
    """Return the key set of some keys as a document, each with further members."""
    return {"keys": [{**key.public_jwk(), **more} for key in keys]}


def wait_for(condition):
    """Wait until a condition holds, at most a minute."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert condition()
