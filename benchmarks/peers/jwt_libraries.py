"""JWT libraries of others, each given a prepared key, and what they demand: the claims that we demand.

PyJWT, and oxyjwt and webtoken, which are written in Rust.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from jwt_auth_core.keys import Hs256Key
from jwt_auth_core.keys.key import Key
from jwt_auth_core.keys.pyjwt import PyJwtKey

Run = Callable[[list[str]], None]


def of_pyjwt(key: Key, secret: str, expected: Mapping[str, Any]) -> Run:
    material: Any = secret if isinstance(key, Hs256Key) else jwt.PyJWK(_public(key)).key
    return _verifying(jwt.decode, key, material, expected)


def of_oxyjwt(key: Key, secret: str, expected: Mapping[str, Any]) -> Run:
    import oxyjwt  # noqa: PLC0415 - may be missing

    if isinstance(key, Hs256Key):
        return _verifying(oxyjwt.decode, key, oxyjwt.DecodingKey.from_secret(secret.encode()), expected)
    return _verifying(oxyjwt.decode, key, oxyjwt.DecodingKey.from_jwk(json.dumps(_public(key))), expected)


def of_webtoken(key: Key, secret: str, expected: Mapping[str, Any]) -> Run:
    import webtoken  # noqa: PLC0415 - may be missing

    material = secret if isinstance(key, Hs256Key) else webtoken.PyJWK(_public(key))
    return _verifying(webtoken.decode, key, material, expected)


def issuing_by_oxyjwt(secret: str, header: Mapping[str, Any], claims: Callable[[], dict[str, Any]]) -> Run:
    """Return what signs new claims for each token; webtoken, which prints a line for each, is left out."""
    import oxyjwt  # noqa: PLC0415 - may be missing

    key = oxyjwt.EncodingKey.from_secret(secret.encode())

    def issue(batch: list[str]) -> None:
        for _ in batch:
            oxyjwt.encode(claims(), key, algorithm="HS256", headers=header)

    return issue


def _public(key: Key) -> dict[str, str]:
    assert isinstance(key, PyJwtKey)
    return dict(key.public_jwk())


def _verifying(decode: Callable[..., Any], key: Key, material: Any, expected: Mapping[str, Any]) -> Run:
    algorithms = [key.algorithm]

    def verify(batch: list[str]) -> None:
        for token in batch:
            decode(token, material, algorithms=algorithms, **expected)

    return verify


VERIFYING = {"PyJWT": of_pyjwt, "oxyjwt": of_oxyjwt, "webtoken": of_webtoken}
