"""Keys in a text, as an environment variable holds them: PEM blocks, one JWK, or a set of JWKs."""

from __future__ import annotations

import re
from typing import Final, cast

from jwt_auth_core.encoding import strict_json
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.key import KeyPair
from jwt_auth_core.vocabulary import Secret

# What stands between the marks is the driver's to read.
_PEM: Final = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)


def is_key_text(text: str) -> bool:
    """Tell whether a text holds keys, and is not the name of a directory."""
    return text.lstrip().startswith(("{", "-----BEGIN "))


def parse_keys(text: Secret) -> list[KeyPair]:
    r"""Return the keys of *text*, newest first, as they stand there.

    A PEM may have its line ends written as ``\n``, for files that hold a variable a line.

    Raises:
        WeakKeyError: there is none, or one is unfit.
        MissingDriverError: PyJWT or cryptography is not installed.
    """
    from jwt_auth_core.keys.pyjwt import PyJwtKey  # noqa: PLC0415 - a driver

    plain = text.reveal()
    if plain.lstrip().startswith("{"):
        return [PyJwtKey.from_jwk(members) for members in _jwks(plain)]
    blocks = [block.group() for block in _PEM.finditer(plain.replace("\\n", "\n"))]
    if not blocks:
        raise WeakKeyError("it holds no key: neither PEM nor JWK")
    return [PyJwtKey.from_pem(block) for block in blocks]


def _jwks(text: str) -> list[dict[str, object]]:
    try:
        value = strict_json(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise WeakKeyError("it is not one strict JSON object")
    members = cast("dict[str, object]", value)
    found = members.get("keys", [members])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in cast("list[object]", found)):
        raise WeakKeyError("it is neither a JWK nor a set of them")
    return cast("list[dict[str, object]]", found)
