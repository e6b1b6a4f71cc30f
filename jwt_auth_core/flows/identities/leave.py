"""Send a browser to a provider: to sign in, or to link who its user is there to the account that asks."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.identities.login_code import is_challenge
from jwt_auth_core.flows.identities.parts import IdentityParts
from jwt_auth_core.flows.identities.round_trip import RoundTrip, held_or_new
from jwt_auth_core.flows.still_in_force import refuse_other
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client, Secret


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a browser is to go, and what it is known by when it comes back."""

    url: str
    browser: Secret


@dataclass(frozen=True, slots=True)
class SendToProvider:
    """Begins the round trip to a provider; what comes back is good once, in the browser that left.

    ``browser`` is what one is known by already.
    """

    executor: ClassVar = Executor.OUTSIDE

    parts: IdentityParts
    address_limits: AddressLimits
    fresh_login: FreshLogin

    def __call__(self, trip: RoundTrip, client: Client, browser: Secret | None = None) -> Sent:
        """Return where to send a browser that wants to sign in.

        Raises:
            ProviderNotFoundError: there is no such provider.
            ProviderUnavailableError: it does not say where, or not in time.
            InvalidInputError: the challenge of an application is none.
            RateLimitedError: this client asked too often.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        provider = self.parts.provider(trip.provider)
        if trip.challenge is not None and not is_challenge(trip.challenge):
            message = "must be the SHA-256 of the verifier in base64url, 43 characters"
            raise InvalidInputError([FieldError("challenge", "invalid", message)])
        self.address_limits.begin(client)
        known = held_or_new(browser)
        return Sent(provider.url(self.parts.trips.begin(trip, known)), known)

    def to_link(
        self, user_id: str, trip: RoundTrip, client: Client, browser: Secret | None, claims: Claims
    ) -> Sent:
        """Do the same for a user who wants to sign in there from now on.

        With the ``claims`` of the caller's access token it asks for a fresh login, with a second factor where
        the user has one: an identity outlives the session of whoever found a browser open.

        Raises:
            InsufficientAuthenticationError: the login is not fresh, or its token is of no session.
            TokenInvalidError: all of the user's sessions were ended meanwhile.
            UserNotFoundError: the user is gone or disabled.
            (and what the call raises)
        """
        user = self.parts.user(user_id)
        of_session = claims if claims.session_id is not None else None
        session_id = self.fresh_login.check(of_session, user=user).session_id
        refuse_other(user, claims)
        version = user.session_version
        trip = replace(trip, user_id=user.user_id, session_id=session_id, session_version=version)
        return self(trip, client, browser)
