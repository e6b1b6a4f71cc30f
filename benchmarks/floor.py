"""The floor: what the check of a signature takes alone, and the shortest Python that reads or writes a token.

Nothing is judged, no option is looked at, and whatever can be is made beforehand.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from jwt_auth_core.encoding import STANDARD, b64url_decode, b64url_encode
from jwt_auth_core.keys import Hs256Key
from jwt_auth_core.keys.key import Key
from jwt_auth_core.keys.pyjwt import PyJwtKey

Run = Callable[[list[str]], None]
LIFETIME_SECONDS = 900


def checks(key: Key, secret: str, tokens: list[str]) -> Iterator[Callable[[], object]]:
    """Yield the bare check of each token's signature, with all that it needs in its hands."""
    check, written = _check(key, secret), _writer(key)
    for token in tokens:
        message, _, text = token.encode().rpartition(b".")
        yield partial(check, written(b64url_decode(text)), message)


def _check(key: Key, secret: str) -> Callable[..., object]:
    if not isinstance(key, PyJwtKey):
        octets = secret.encode()
        return lambda one, message: hmac.compare_digest(hmac.digest(octets, message, hashlib.sha256), one)
    public: Any = jwt.PyJWK(dict(key.public_jwk())).key
    verify, sha256, scheme = public.verify, hashes.SHA256(), padding.PKCS1v15()
    if key.algorithm == "RS256":
        return lambda one, message: verify(one, message, scheme, sha256)
    ecdsa = ec.ECDSA(sha256)
    return verify if key.algorithm == "EdDSA" else lambda one, message: verify(one, message, ecdsa)


def _writer(key: Key) -> Callable[[bytes], bytes]:
    """Return what writes a signature as the check wants it."""
    if key.algorithm != "ES256":
        return bytes
    number = int.from_bytes
    return lambda octets: utils.encode_dss_signature(number(octets[:32]), number(octets[32:]))


def verifying(key: Key, secret: str) -> Run:
    """Return what takes a token apart, checks it and reads it."""
    check, written = _check(key, secret), _writer(key)

    def run(batch: list[str]) -> None:
        for token in batch:
            message, _, text = token.encode().rpartition(b".")
            check(written(a2b_base64(text.translate(STANDARD) + b"==")), message)
            json.loads(a2b_base64(message.partition(b".")[2] + b"=="))

    return run


def issuing(
    secret: str, header: Mapping[str, str], parties: Mapping[str, str], scopes: frozenset[str]
) -> Run:
    """Return what writes a token of the time and an id that waits."""
    key = Hs256Key(secret)
    opening = b64url_encode(json.dumps({**header, "kid": key.key_id}).encode()).encode() + b"."
    sign, members = key.after(opening).sign, json.dumps(parties, separators=(",", ":"))[:-1]
    listed, token_id = " ".join(sorted(scopes)), secrets.token_hex(16)

    def run(batch: list[str]) -> None:
        for _ in batch:
            now = int(time.time())
            times = f'"iat":{now},"exp":{now + LIFETIME_SECONDS}'
            text = f'{members},{times},"jti":"{token_id}","scope":"{listed}"}}'
            payload = b2a_base64(text.encode(), newline=False).rstrip(b"=")
            (opening + payload + b"." + sign(payload)).decode()

    return run
