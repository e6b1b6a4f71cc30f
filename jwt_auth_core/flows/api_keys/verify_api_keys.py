"""Verify API keys: the digests of keys in, for whom and for what each is good at this moment out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jwt_auth_core.api_keys.api_key import ApiKey, ApiKeyStore
from jwt_auth_core.api_keys.uses import Uses
from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factor_scopes import NO_SCOPES, FactorScopes
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.covering import common
from jwt_auth_core.users.standing import Standing, Standings
from jwt_auth_core.vocabulary import Clock, SessionId

NO_SESSION = SessionId("")


@dataclass(frozen=True, slots=True)
class VerifyApiKeys:
    """Looks many keys up at once; writes nothing."""

    executor: ClassVar = Executor.BATCH

    store: ApiKeyStore
    standings: Standings
    uses: Uses
    clock: Clock
    issuer: str | None
    ttl_seconds: int
    factor_scopes: FactorScopes = NO_SCOPES

    def __call__(self, digests: Sequence[str]) -> list[Claims | AuthError]:
        """Return for each digest the claims that its key is good for, or what is wrong with it; in order.

        The claims are those of an access token that the owner would be given now, with no more scopes than
        the key has and none that need a second factor, and no roles: those would say more. The key's id
        stands for the session, and is what the feed of revocations names.

        Raises:
            UnavailableError: a store does not answer: a key may be good or not.
        """
        found = self.store.find(digests)
        keys = list(found.values())
        # Behind the keys: whoever was disabled meanwhile is seen to be.
        standings = self.standings.read([(key.user_id, NO_SESSION) for key in keys]) if keys else []
        answers = {
            digest: self._answer(key, standing)
            for (digest, key), standing in zip(found.items(), standings, strict=True)
        }
        return [answers.get(digest) or TokenInvalidError("no such API key") for digest in digests]

    def _answer(self, key: ApiKey, standing: Standing) -> Claims | AuthError:
        owner, now = standing.user, self.clock()
        if owner is None or owner.disabled_at is not None or owner.deletion_at is not None:
            return TokenInvalidError("the owner of the API key is gone, on the way out or disabled")
        if key.expires_at is not None and key.expires_at <= now:
            return TokenInvalidError("the API key has expired")
        self.uses.note(key)
        end = now + self.ttl_seconds
        return Claims(
            subject=owner.user_id,
            scopes=self.factor_scopes.without(common(key.scopes, owner.scopes)),
            session_id=key.key_id,
            token_id=key.key_id,
            issued_at=now,
            expires_at=end if key.expires_at is None else min(end, key.expires_at),
            session_version=owner.session_version,
            token_version=owner.token_version,
            issuer=self.issuer,
        )
