"""Key sets (RFC 7517 section 5): read strictly, and written with public keys only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, Protocol, TypeVar, cast, runtime_checkable

from jwt_auth_core.encoding import compact_json, strict_json
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.jwk import Jwk, is_secret, parse_jwk

MAX_AGE_SECONDS: Final = 300  # 5 minutes
"""How long others may keep our key set."""

LEAD_SECONDS: Final = 2 * MAX_AGE_SECONDS
"""How long a key is published before it signs, so that everybody who verifies knows it by then."""

MOST_MEMBERS: Final = 128


T = TypeVar("T")


@runtime_checkable
class Published(Protocol):
    """A key that has something to publish; a shared secret has not."""

    def public_jwk(self) -> Mapping[str, str]:
        """Return the public key with its ``kid``, ``alg`` and ``use``."""
        ...


def render_jwks(keys: Iterable[object]) -> bytes:
    """Return the JSON of a key set: the public halves of *keys*, shared secrets left out."""
    return compact_json({"keys": [dict(key.public_jwk()) for key in keys if isinstance(key, Published)]})


def parse_jwks(
    document: str | bytes | Mapping[str, object],
    make: Callable[[Jwk], T],
    *,
    rsa_algorithm: str = "RS256",
    certified: Callable[[str], dict[str, object]] | None = None,
) -> list[T]:
    """Return what *make* makes of the keys of a set that can verify here, in its order.

    Keys of other types, curves, algorithms, uses and sizes are passed over, as RFC 7517 section 5 asks;
    so are those that *make* refuses with WeakKeyError. A key that stands there twice counts once.
    *certified* makes JWK members of a certificate.

    Raises:
        WeakKeyError: no strict JSON, no key set, no key that can be used, or a private or shared key in it.
    """
    found: list[T] = []
    known: list[Jwk] = []
    reason = "it is empty"
    for read in _members(document, certified):
        try:
            members = read()
            if is_secret(members):
                break
            parsed = parse_jwk(members, rsa_algorithm=rsa_algorithm)
            if parsed not in known:
                found.append(make(parsed))
                known.append(parsed)
        except WeakKeyError as error:
            reason = str(error)
    else:
        if not found:
            raise WeakKeyError(f"key set refused: no key of it can be used; {reason}")
        return found
    raise WeakKeyError("key set refused: it holds a private or shared key, which is no secret now")


Read = Callable[[], Mapping[str, object]]


def _members(
    document: str | bytes | Mapping[str, object], certified: Callable[[str], dict[str, object]] | None
) -> list[Read]:
    members = _object(document)
    if (
        certified is not None
        and "keys" not in members
        and members
        and all(map(_is_certificate, members.values()))
    ):
        return [
            partial(_named, certified, name, text) for name, text in cast("dict[str, str]", members).items()
        ]
    keys = members.get("keys")
    if not isinstance(keys, list) or len(cast("list[object]", keys)) > MOST_MEMBERS:
        raise WeakKeyError(f"key set refused: keys is no array of at most {MOST_MEMBERS}")
    if not all(isinstance(one, Mapping) for one in cast("list[object]", keys)):
        raise WeakKeyError("key set refused: keys has members that are no objects")
    return [partial(_itself, one) for one in cast("list[Mapping[str, object]]", keys)]


def _itself(members: Mapping[str, object]) -> Mapping[str, object]:
    return members


def _named(certified: Callable[[str], dict[str, object]], name: str, text: str) -> dict[str, object]:
    return {**certified(text), "kid": name}


def _is_certificate(value: object) -> bool:
    return isinstance(value, str) and value.startswith("-----BEGIN CERTIFICATE-----")


def _object(document: str | bytes | Mapping[str, object]) -> Mapping[str, object]:
    if isinstance(document, Mapping):
        return document
    octets = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
    if not isinstance(cast("object", octets), bytes):  # whose callers are not checked by types
        raise TypeError("a key set is a URL, JSON or a mapping; of a file, what is in it")
    try:
        value = strict_json(octets)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise WeakKeyError("key set refused: it is not one strict JSON object")
    return cast("Mapping[str, object]", value)
