"""Create an API key: a user, a name and scopes in, the key out, this once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from jwt_auth_core.api_keys.api_key import ApiKey, ApiKeyStore, TooManyApiKeysError
from jwt_auth_core.api_keys.key_text import digest_of, new_key, new_key_id
from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import FieldError, InvalidInputError, UserNotFoundError
from jwt_auth_core.events import ApiKeyCreated
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factor_scopes import NO_SCOPES, FactorScopes
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.still_in_force import refuse_ended
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.covering import covering
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.user import scopes_text, several
from jwt_auth_core.vocabulary import Client, Clock, Secret, UserId

MOST_SCOPES: Final = 100
MOST_DAYS: Final = 3660
_DAY: Final = 86_400
_KNOWN: Final = frozenset({"name", "scopes", "expires_in_days"})


@dataclass(frozen=True, slots=True)
class ApiKeyRequest:
    """Checked input of a new key; made by `CreateApiKey.parse`. Scopes None: all that the owner has now."""

    name: str
    scopes: frozenset[str] | None
    expires_in_days: int | None


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A key and its text, which nobody has but whoever reads this."""

    key: Secret
    stored: ApiKey


@dataclass(frozen=True, slots=True)
class CreateApiKey:
    """Makes a key and shows it once: its digest alone is kept."""

    executor: ClassVar = Executor.STORE

    store: ApiKeyStore
    users: Users
    journal: Journal
    clock: Clock
    per_user: int
    fresh_login: FreshLogin
    factor_scopes: FactorScopes = NO_SCOPES

    def parse(self, values: Mapping[str, object]) -> ApiKeyRequest:
        """Check ``name``, and ``scopes`` and ``expires_in_days``, which may be left out.

        No other field is let pass: a slip of the pen in one that limits the key would leave it without.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        name = fields.name("name")
        scopes = _scopes(fields)
        days = _days(fields, values.get("expires_in_days"))
        fields.refuse_unknown(_KNOWN)
        fields.raise_problems()
        return ApiKeyRequest(name, scopes, days)

    def __call__(
        self, user_id: str, asked: ApiKeyRequest, client: Client, *, claims: Claims | None = None
    ) -> CreatedApiKey:
        """Return a new key of the user's.

        With the ``claims`` of the caller's access token it asks for a fresh login, with a second factor
        where there is one: a key outlives the session of whoever found a browser open.

        Raises:
            TypeError: one text in place of several scopes.
            InsufficientAuthenticationError: the login is not fresh.
            InvalidInputError: the user has not every one of the scopes, or not without a second factor.
            TokenInvalidError: all of the user's sessions were ended meanwhile.
            TooManyApiKeysError: the user has as many keys as one may have.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        user = self.users.find(UserId(user_id))
        if user is None or user.disabled_at is not None:
            raise UserNotFoundError
        if claims is not None:
            self.fresh_login.check(claims, user=user)
        has = self.factor_scopes.without(user.scopes)  # a key shows no second factor
        scopes = has if asked.scopes is None else frozenset(several(asked.scopes, "scopes"))
        _refuse_others(scopes, has)
        now, text = self.clock(), new_key()
        key = ApiKey(
            key_id=new_key_id(),
            user_id=user.user_id,
            name=asked.name,
            scopes=scopes,
            created_at=now,
            expires_at=None if asked.expires_in_days is None else now + asked.expires_in_days * _DAY,
        )
        with self.journal.together():
            if not self.store.add(key, digest_of(text.reveal()), most=self.per_user):
                raise TooManyApiKeysError(self.per_user)
            refuse_ended(self.users, user.user_id, claims)
            self.journal(ApiKeyCreated(at=now, user_id=user.user_id, client=client, key_id=key.key_id))
        return CreatedApiKey(text, key)


def _scopes(fields: Fields) -> frozenset[str] | None:
    texts = fields.texts_if_given("scopes")
    if texts is None:
        return None
    if len(texts) > MOST_SCOPES:
        fields.note("scopes", "too_long", f"must be at most {MOST_SCOPES} scopes")
        return None
    try:
        return frozenset(scopes_text(texts).split())
    except InvalidInputError as error:
        fields.problems += error.errors
        return None


def _days(fields: Fields, value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int:  # true is none
        fields.note("expires_in_days", "wrong_type", "must be a whole number")
    elif not 1 <= value <= MOST_DAYS:
        fields.note("expires_in_days", "out_of_range", f"must be from 1 to {MOST_DAYS}")
    else:
        return value
    return None


def _refuse_others(asked: frozenset[str], granted: frozenset[str]) -> None:
    beyond = sorted(scope for scope in asked if covering(granted, scope) is None)
    if beyond:
        message = f"names {beyond[0]}, which its owner has not: a key grants no more than its owner has"
        raise InvalidInputError([FieldError("scopes", "not_granted", message)])
