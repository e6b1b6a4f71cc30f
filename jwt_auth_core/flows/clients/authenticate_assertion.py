"""Authenticate a client by an assertion (RFC 7523): a signed text in, the client whose key signed it out."""

from __future__ import annotations

import logging
from typing import ClassVar, Final

from jwt_auth_core.clients.client import (
    AssertionStore,
    ClientStore,
    ServiceClient,
    digest_of_assertion,
    is_client_id,
)
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.flows.clients.authenticate_client import Authentication
from jwt_auth_core.flows.clients.public_keys import ring_of
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.assertion import (
    LEEWAY_SECONDS,
    check_signature,
    parse_assertion,
    verify_assertion,
)
from jwt_auth_core.vocabulary import Clock, Secret

_LOGGER: Final = logging.getLogger("jwt_auth.clients")
_NOBODY: Final = Authentication(None, is_named=True)


@dataclass(frozen=True, slots=True)
class AuthenticateAssertion:
    """Takes each assertion a single time; an assertion proves a client without a secret."""

    executor: ClassVar = Executor.STORE

    store: ClientStore
    assertions: AssertionStore
    clock: Clock

    def __call__(self, assertion: Secret, *, audience: str, client_id: str | None = None) -> Authentication:
        """Return whose assertion it is, if it is good: each is, a single time.

        ``audience`` is the issuer that it has to be for, ``client_id`` the client that the request names.

        Raises:
            UnavailableError: the store does not answer; the assertion may be used up.
        """
        now = self.clock()
        try:
            presented = parse_assertion(assertion.reveal())
            client = self._named(presented.client_id, client_id)
            if client is None:
                return _NOBODY
            check_signature(presented, map(ring_of, client.key_sets(now=now)))
        except TokenInvalidError:
            return _NOBODY  # whoever has no key of the client learns nothing
        try:
            good = verify_assertion(presented, audience=audience, now=now)
        except TokenInvalidError as error:
            return self._refused(presented.client_id, error.reason)
        digest = digest_of_assertion(presented.client_id, good.token_id)
        # Another process' clock may be behind, and believe it a little longer.
        if not self.assertions.spend(digest, until=good.expires_at + LEEWAY_SECONDS, now=now):
            return self._refused(presented.client_id, "its jti was used before")
        return Authentication(client, is_named=True)

    def _named(self, said: str, asked: str | None) -> ServiceClient | None:
        if asked not in {None, said} or not is_client_id(said):
            return None
        return self.store.find([said]).get(said)

    def _refused(self, client_id: str, reason: str) -> Authentication:
        _LOGGER.info("the assertion of the client %s is refused: %s", client_id, reason)
        return Authentication(None, is_named=True, reason=reason)
