"""Meet whom a browser brings back from a provider: who it is, by whose word. No account is looked at."""

from __future__ import annotations

from typing import ClassVar, Final

from jwt_auth_core.events import LoginFailed
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.identities.parts import IdentityParts
from jwt_auth_core.flows.identities.round_trip import RoundTrip
from jwt_auth_core.identities.provider import (
    Answer,
    Person,
    ProviderDeniedError,
    ProviderRefusedError,
    StateInvalidError,
)
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, Secret

_DENIED: Final = frozenset({"access_denied", "user_cancelled_authorize"})  # the second is Apple's


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a browser comes back with, unread; each is None where nothing is there.

    Attributes:
        provider: by whose route it came back.
        browser: what it is known by.
        state, code, error, issuer, user: as the provider wrote them.
    """

    provider: str
    browser: Secret | None
    state: str | None
    code: Secret | None
    error: str | None = None
    issuer: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """Who was met, on which round trip."""

    person: Person
    trip: RoundTrip


@dataclass(frozen=True, slots=True)
class MeetPerson:
    """Asks the provider who came back; no account is looked at."""

    executor: ClassVar = Executor.OUTSIDE

    parts: IdentityParts
    address_limits: AddressLimits

    def __call__(self, back: Return, client: Client) -> Met:
        """Return who it is; of a sign-in that was spent by this, whatever comes of it.

        Raises:
            ProviderNotFoundError: there is no such provider.
            StateInvalidError: the sign-in is unknown, spent, too old, or not of this browser and provider.
            ProviderDeniedError: its user thought better of it.
            ProviderRefusedError: nothing is proven.
            ProviderUnavailableError: the provider does not answer, or not as its protocol has it.
            RateLimitedError: too many from this client were not good; nothing was looked at.
            UnavailableError: a store does not answer.
        """
        self.parts.provider(back.provider)
        with self.address_limits.guess(client) as guess:
            try:
                return self._met(back)
            except (StateInvalidError, ProviderRefusedError) as error:
                guess.is_wrong = True  # also where nobody can write it down
                reason = error.fault if isinstance(error, ProviderRefusedError) else error.code
                now = self.parts.clock()
                self.parts.journal(LoginFailed(at=now, client=client, reason=reason))
                raise

    def _met(self, back: Return) -> Met:
        trip, question = self.parts.trips.end(back.state or "", back.browser, provider=back.provider)
        if back.error is not None:
            raise ProviderDeniedError if back.error in _DENIED else ProviderRefusedError("error")
        if not back.code:
            raise ProviderRefusedError("no_code")
        answer = Answer(code=back.code, issuer=back.issuer, user=back.user)
        return Met(self.parts.provider(back.provider).person(question, answer), trip)
