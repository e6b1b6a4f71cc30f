"""Manage service clients: an operator adds, rotates, lists and removes them.

The store comes first, as with everything that ends; the feed brings the end of tokens that are out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final
from urllib.parse import urlsplit

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.clients.client import (
    ClientExistsError,
    ClientHasKeysError,
    ClientNotFoundError,
    ClientStore,
    ServiceClient,
    digest_of,
    digest_of_keys,
    is_client_id,
    new_mark,
    new_secret,
)
from jwt_auth_core.errors import FieldError, InvalidInputError, UnavailableError
from jwt_auth_core.events import ClientAdded, ClientRemoved, ClientSecretRotated
from jwt_auth_core.flows.clients.public_keys import KeySet, public_keys
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.users.user import scopes_text, several
from jwt_auth_core.vocabulary import Clock, Secret

_LOGGER: Final = logging.getLogger("jwt_auth.clients")
_AUDIENCE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an operator wants of a client."""

    client_id: str
    scopes: tuple[str, ...]
    resources: tuple[str, ...]
    may_exchange: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManageClients:
    """Adds, changes and removes service clients, for operators. ``taken`` are ids of the settings."""

    executor: ClassVar = Executor.STORE

    store: ClientStore
    journal: Journal
    revocations: Revocations
    clock: Clock
    taken: frozenset[str]

    def add(
        self,
        client_id: str,
        *,
        scopes: Sequence[str] = (),
        resources: Sequence[str] = (),
        may_exchange: Sequence[str] = (),
    ) -> Secret:
        """Add a client; return its secret, which nobody has but whoever reads this.

        ``may_exchange`` are audiences: ids of clients, URLs or ``JWT_AUDIENCE``.

        Raises:
            TypeError: one text in place of several.
            InvalidInputError: an id, a scope, a resource or an audience that cannot be.
            ClientExistsError: there is a client of this id.
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        secret = new_secret()
        wanted = _wanted(client_id, scopes, resources, may_exchange)
        self._add(wanted, digest_of(secret), keys=None)
        return secret

    def add_with_keys(
        self,
        client_id: str,
        jwks: KeySet,
        *,
        scopes: Sequence[str] = (),
        resources: Sequence[str] = (),
        may_exchange: Sequence[str] = (),
    ) -> ServiceClient:
        """Add a client that proves itself by one of the public keys of a JWKS, and has no secret.

        Keys of the set that cannot be used here are left out.

        Raises:
            TypeError: one text in place of several.
            InvalidInputError: an id, a scope, a resource, an audience or a key set that cannot be.
            ClientExistsError: there is a client of this id.
            MissingDriverError: PyJWT or cryptography is not installed.
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        keys = public_keys(jwks)
        wanted = _wanted(client_id, scopes, resources, may_exchange)
        return self._add(wanted, digest_of_keys(keys), keys=keys)

    def rotate(self, client_id: str, *, overlap_seconds: int = 0) -> Secret:
        """Give a client another secret; the one before is good for the overlap, and without one no more.

        Without an overlap, as where none is named, the tokens that are out end as well: whoever has the old
        secret may have them. ``jwt-auth clients rotate`` names one of a day.

        Raises:
            ClientNotFoundError: there is no such client, or its secret was rotated at the same time.
            ClientHasKeysError: it proves itself by keys.
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        secret, found = new_secret(), self._found(client_id)
        if found.keys is not None:
            raise ClientHasKeysError
        self._replace(found, replace(found, digest=digest_of(secret)), overlap_seconds)
        return secret

    def rotate_keys(self, client_id: str, jwks: KeySet, *, overlap_seconds: int = 0) -> ServiceClient:
        """Give a client other keys; what it proved itself by before is good for the overlap, as in `rotate`.

        A client that had a secret has none afterwards.

        Raises:
            InvalidInputError: the key set cannot be used.
            ClientNotFoundError: there is no such client, or it was rotated at the same time.
            MissingDriverError: PyJWT or cryptography is not installed.
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        keys, found = public_keys(jwks), self._found(client_id)
        return self._replace(found, replace(found, digest=digest_of_keys(keys), keys=keys), overlap_seconds)

    def remove(self, client_id: str) -> None:
        """Remove a client, and end its tokens everywhere within a second.

        Raises:
            ClientNotFoundError: there is no such client.
            UnavailableError: the store does not answer.
        """
        with self.journal.together():
            mark = self.store.remove(client_id)
            if mark is None:
                raise ClientNotFoundError
            self._end(mark)
            self.journal(ClientRemoved(at=self.clock(), client_id=client_id))

    def all(self) -> Sequence[ServiceClient]:
        """Return every client, by id.

        Raises:
            UnavailableError: the store does not answer.
        """
        return self.store.all()

    def _add(self, wanted: _Wanted, digest: str, *, keys: str | None) -> ServiceClient:
        words, now = scopes_text(wanted.scopes), self.clock()
        _check(wanted)
        client = ServiceClient(
            client_id=wanted.client_id,
            scopes=frozenset(words.split()),
            resources=wanted.resources,
            created_at=now,
            mark=new_mark(),
            digest=digest,
            keys=keys,
            may_exchange=wanted.may_exchange,
        )
        if client.client_id in self.taken:
            raise ClientExistsError(is_settled=True)
        with self.journal.together():
            if not self.store.add(client):
                raise ClientExistsError
            self.journal(ClientAdded(at=now, client_id=client.client_id))
        return client

    def _found(self, client_id: str) -> ServiceClient:
        found = self.store.find([client_id]).get(client_id)
        if found is None:
            raise ClientNotFoundError
        return found

    def _replace(self, found: ServiceClient, wanted: ServiceClient, overlap_seconds: int) -> ServiceClient:
        now, is_over = self.clock(), overlap_seconds < 1
        rotated = replace(
            wanted,
            mark=new_mark() if is_over else found.mark,
            previous_digest=None if is_over else found.digest,
            previous_keys=None if is_over else found.keys,
            previous_until=None if is_over else now + overlap_seconds,
        )
        with self.journal.together():
            if not self.store.replace(rotated, expected_digest=found.digest):
                raise ClientNotFoundError
            if is_over:
                self._end(found.mark)
            self.journal(ClientSecretRotated(at=now, client_id=found.client_id))
        return rotated

    def _end(self, mark: str) -> None:
        """End the tokens of a mark, in a transaction: whoever dies before telling has recorded it."""
        self.revocations.record_session(mark)
        self.journal.database.after_commit(partial(self._announce, mark))

    def _announce(self, mark: str) -> None:
        try:
            self.revocations.revoke_session(mark)
        except UnavailableError as error:
            _LOGGER.warning("the tokens of a client end by expiring, not at once: %s", error)


def _wanted(
    client_id: str, scopes: Sequence[str], resources: Sequence[str], may_exchange: Sequence[str]
) -> _Wanted:
    return _Wanted(
        client_id,
        several(scopes, "scopes"),
        several(resources, "resources"),
        several(may_exchange, "may_exchange"),
    )


def _check(wanted: _Wanted) -> None:
    problems: list[FieldError] = []
    if not is_client_id(wanted.client_id):
        message = "must be 1 to 64 letters, digits, '.', '_', '~' and '-', and no UUID: users are called so"
        problems.append(FieldError("client_id", "invalid_id", message))
    if not all(map(_is_absolute, wanted.resources)):
        message = "must be absolute URLs without a fragment (RFC 8707 section 2)"
        problems.append(FieldError("resources", "invalid_resource", message))
    if not all(_AUDIENCE.fullmatch(one) for one in wanted.may_exchange):
        message = "must be 1 to 255 printable ASCII characters, no space, quotation mark or backslash"
        problems.append(FieldError("may_exchange", "invalid_audience", message))
    if problems:
        raise InvalidInputError(problems)


def _is_absolute(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_plain = text.isascii() and text.isprintable() and not set(' "\\#') & set(text)
    return is_plain and bool(parts.scheme and (parts.netloc or parts.path))
