"""Libraries of JOSE, as Python has them: verifying and issuing by HS256, all claims demanded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Run = Callable[[list[str]], None]
Claims = Callable[[], dict[str, Any]]
Expected = Mapping[str, Any]


def _essential(expected: Expected) -> dict[str, Any]:
    known = {"iss": expected["issuer"], "aud": expected["audience"]}
    return {
        name: {"essential": True, "value": known[name]} if name in known else {"essential": True}
        for name in expected["options"]["require"]
    }


def of_joserfc(secret: str, header: dict[str, Any], claims: Claims, expected: Expected) -> tuple[Run, Run]:
    from joserfc import jwt as joserfc  # noqa: PLC0415 - may be missing
    from joserfc.jwk import OctKey  # noqa: PLC0415 - may be missing

    key = OctKey.import_key(secret)
    registry = joserfc.JWTClaimsRegistry(**_essential(expected))

    def verify(batch: list[str]) -> None:
        for token in batch:
            registry.validate(joserfc.decode(token, key, algorithms=["HS256"]).claims)

    def issue(batch: list[str]) -> None:
        for _ in batch:
            joserfc.encode(header, claims(), key)

    return verify, issue


def of_authlib(secret: str, header: dict[str, Any], claims: Claims, expected: Expected) -> tuple[Run, Run]:
    from authlib.jose import JsonWebToken  # noqa: PLC0415 - may be missing

    reader, options = JsonWebToken(["HS256"]), _essential(expected)

    def verify(batch: list[str]) -> None:
        for token in batch:
            reader.decode(token, secret, claims_options=options).validate()

    def issue(batch: list[str]) -> None:
        for _ in batch:
            reader.encode(header, claims(), secret)

    return verify, issue


def of_python_jose(
    secret: str, header: dict[str, Any], claims: Claims, expected: Expected
) -> tuple[Run, Run]:
    from jose import jwt as jose  # noqa: PLC0415 - may be missing

    options = {f"require_{name}": True for name in expected["options"]["require"] if name != "scope"}
    parties = {name: expected[name] for name in ("issuer", "audience")}

    def verify(batch: list[str]) -> None:
        for token in batch:
            jose.decode(token, secret, algorithms=["HS256"], options=options, **parties)

    def issue(batch: list[str]) -> None:
        for _ in batch:
            jose.encode(claims(), secret, algorithm="HS256", headers=header)

    return verify, issue
