"""A round trip: what is kept while a browser is at a provider, under a digest of the state that it takes.

The browser is known by a token of its own, which never leaves it: nonce and verifier are made of that and the
state, so that neither is kept here, and an answer is good in that browser alone. Each tab has its own state.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict
from typing import Final, Self

from jwt_auth_core.encoding import b64url_encode, same
from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.identities.provider import Question, StateInvalidError
from jwt_auth_core.one_time.browser import BROWSER, browser_digest
from jwt_auth_core.one_time.code import CodeStore, Purpose
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

STATE: Final = Purpose("oauth_state", ttl_seconds=600)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """What a sign-in has begun with.

    Attributes:
        provider: the name of whom the browser was sent to.
        redirect_uri: where it was to come back to.
        onward: where it goes in the end, of this site; None where nothing was asked for.
        transport: how its tokens are to travel, in a word of the edge.
        challenge: the digest of what an application redeems its code with; None of a browser.
        user_id, session_id, session_version: who wants the identity linked, from which session.
        browser: the digest of what the browser is known by.
    """

    provider: str
    redirect_uri: str
    onward: str | None
    transport: str
    challenge: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    session_version: int | None = None
    browser: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the one that was kept."""
        members: dict[str, str | int | None] = json.loads(text)
        return cls(**members)  # type: ignore[arg-type] # we wrote it


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """A part of the flows: states, of which the store sees a digest alone."""

    codes: CodeStore

    def begin(self, trip: RoundTrip, browser: Secret) -> Question:
        """Keep what a sign-in begins with, for ten minutes; return what the browser takes along.

        Raises:
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        state = STATE.new().reveal()
        kept = json.dumps({**asdict(trip), "browser": BROWSER.digest_of(browser.reveal())})
        self.codes.keep(STATE.digest_of(state), kept, seconds=STATE.ttl_seconds)
        return _question(state, browser, trip.redirect_uri)

    def end(self, state: str, browser: Secret | None, *, provider: str) -> tuple[RoundTrip, Question]:
        """Return what a sign-in began with, this once, and what its browser took along.

        Raises:
            StateInvalidError: it is unknown, spent or too old, or not of this browser and provider.
            UnavailableError: the store does not answer; nobody knows whether it is spent.
        """
        try:
            digest = STATE.digest_of(state)
        except TokenInvalidError:
            raise StateInvalidError from None
        known = browser_digest(browser)
        if browser is None or known is None:  # nothing is spent by another browser
            raise StateInvalidError
        (kept,) = self.codes.redeem([digest])
        if isinstance(kept, AuthError):
            raise kept
        trip = None if kept is None else RoundTrip.read(kept)
        if trip is None or trip.provider != provider:
            raise StateInvalidError
        if not same(trip.browser.encode(), known.encode()):
            raise StateInvalidError
        return trip, _question(state, browser, trip.redirect_uri)


def held_or_new(browser: Secret | None) -> Secret:
    """Return what a browser is known by: as before, so that its other tabs go on, or anew.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    try:
        if browser is not None:
            BROWSER.digest_of(browser.reveal())
            return browser
    except TokenInvalidError:
        pass
    return BROWSER.new()


def _question(state: str, browser: Secret, redirect_uri: str) -> Question:
    return Question(
        state=state,
        nonce=_derived(browser, f"nonce {state}"),
        verifier=Secret(_derived(browser, f"verifier {state}")),
        redirect_uri=redirect_uri,
    )


def _derived(browser: Secret, use: str) -> str:
    """Return 256 bits that nobody knows without the browser's token; 43 characters (RFC 7636 section 4.1)."""
    return b64url_encode(hmac.digest(browser.reveal().encode(), use.encode(), hashlib.sha256))
