"""A service client as it is kept, what a store of them promises, and the errors that only this room has."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Final, Protocol

from jwt_auth_core.encoding import b64url_encode, same
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}", re.ASCII)
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}", re.ASCII)
_SECRET_BYTES: Final = 32
_MARK_BYTES: Final = 12


class ClientNotFoundError(AuthError):
    """Raised when there is no service client of the id."""

    code = "client_not_found"

    def __init__(self) -> None:
        super().__init__("no such client")


class ClientExistsError(AuthError):
    """Raised when a service client is to be added under an id that one has already."""

    code = "client_exists"

    def __init__(self, *, is_settled: bool = False) -> None:
        remedy = "take it out of OAUTH_CLIENTS" if is_settled else "rotate its secret, or remove it first"
        super().__init__(f"there is a client of this id; {remedy}")


class ClientHasKeysError(AuthError):
    """Raised when a service client that proves itself by keys is to get a secret."""

    code = "client_has_keys"

    def __init__(self) -> None:
        super().__init__("the client proves itself by keys; give it others, or remove it and add it anew")


class UnauthorizedClientError(AuthError):
    """Raised when whoever asks for a token is no service client, or one that may not (RFC 6749 §5.2)."""

    code = "unauthorized_client"

    def __init__(self, reason: str = "client_credentials are for clients of jwt-auth clients") -> None:
        super().__init__(reason)


class InvalidScopeError(AuthError):
    """Raised when a client asks for a scope that it or its subject does not have (RFC 6749 §5.2)."""

    code = "invalid_scope"

    def __init__(self) -> None:
        super().__init__("scope names what the client or subject does not have, or is malformed")


class InvalidTargetError(AuthError):
    """Raised when a token is to be for whom the client may ask for none (RFC 8707 §2, RFC 8693 §2.2.2)."""

    code = "invalid_target"

    def __init__(self) -> None:
        super().__init__("resource or audience is not on the list of the client")


class SubjectTokenError(AuthError):
    """Raised when a token that is to be exchanged is no good access token of a user's (RFC 8693 §2.2.2)."""

    code = "invalid_subject_token"

    def __init__(self) -> None:
        super().__init__("subject_token is no access token of a user that is good now")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClient:
    """A client; times are seconds since the epoch.

    ``mark`` is what its tokens bear for a session: whatever is to end them all ends that. ``previous_digest``
    is of the secret before, good until ``previous_until``. A client with ``keys``, a JWKS of public ones, has
    no secret: ``digest`` is then that of the keys, which no secret has; ``previous_keys`` are good as long.
    ``may_exchange`` are the audiences for whom it may exchange users' tokens.
    """

    client_id: str
    scopes: frozenset[str]
    resources: tuple[str, ...]
    created_at: int
    mark: str
    digest: str = field(repr=False)
    previous_digest: str | None = field(default=None, repr=False)
    previous_until: int | None = None
    keys: str | None = None
    previous_keys: str | None = None
    may_exchange: tuple[str, ...] = ()

    def is_proven(self, secret: Secret, *, now: int) -> bool:
        """Tell whether a secret is the client's, or was until lately; in equal time for every secret."""
        given = digest_of(secret).encode()
        is_current = same(given, self.digest.encode())
        is_previous = same(given, (self.previous_digest or "").encode())
        return is_current or (is_previous and self._is_overlapping(now))

    def key_sets(self, *, now: int) -> tuple[str, ...]:
        """Return the key sets by which the client may prove itself, the newest first."""
        previous = self.previous_keys if self._is_overlapping(now) else None
        return tuple(one for one in (self.keys, previous) if one is not None)

    def _is_overlapping(self, now: int) -> bool:
        return now < (self.previous_until or 0)


class ClientStore(Protocol):
    """Where service clients are kept. Every method raises UnavailableError when it does not answer."""

    def add(self, client: ServiceClient) -> bool:
        """Keep a client; tell whether nobody had its id."""
        ...

    def find(self, client_ids: Sequence[str]) -> Mapping[str, ServiceClient]:
        """Return the clients of these ids, as far as there are any; one query for all."""
        ...

    def all(self) -> Sequence[ServiceClient]:
        """Return every client, by id."""
        ...

    def replace(self, client: ServiceClient, *, expected_digest: str) -> bool:
        """Replace secrets, keys and mark, if the digest is the expected one still; tell whether it was."""
        ...

    def remove(self, client_id: str) -> str | None:
        """Forget a client; return its mark, None where there is none."""
        ...


class AssertionStore(Protocol):
    """Remembers which assertions were used. Its method raises UnavailableError when it does not answer."""

    def spend(self, digest: str, *, until: int, now: int) -> bool:
        """Remember one until then; of many at once that bring the same one, tell a single one True."""
        ...


def is_client_id(text: str) -> bool:
    """Tell whether a client may be called so: as a URL has it, and never as users are."""
    return _ID.fullmatch(text) is not None and _UUID.fullmatch(text) is None


def new_secret(entropy: Callable[[int], bytes] = os.urandom) -> Secret:
    """Return a secret of 256 random bits.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return Secret("jcs_" + b64url_encode(random_bytes(_SECRET_BYTES, entropy)))


def new_mark(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return what a client's tokens bear for a session; no session is called so.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return "client_" + random_bytes(_MARK_BYTES, entropy).hex()


def digest_of(secret: Secret) -> str:
    """Return what stands for a secret at rest. So much chance needs no slow hash."""
    return b64url_encode(hashlib.sha256(secret.reveal().encode("utf-8", "surrogatepass")).digest())


def digest_of_keys(keys: str) -> str:
    """Return what stands for a key set: no digest of a secret, which has no colon, is equal to it."""
    return "keys:" + b64url_encode(hashlib.sha256(keys.encode()).digest())


def digest_of_assertion(client_id: str, token_id: str) -> str:
    """Return what stands for an assertion: each client has names of its own, and none has a NUL."""
    return b64url_encode(hashlib.sha256(f"{client_id}\0{token_id}".encode("utf-8", "surrogatepass")).digest())
