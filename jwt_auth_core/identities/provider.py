"""A provider as the flows see it: where to send a browser, whom it brings back, and what can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from jwt_auth_core.errors import AuthError, InvalidCredentialsError, UnavailableError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret


class ProviderNotFoundError(AuthError):
    """Raised when no provider of this name is configured."""

    code = "provider_not_found"

    def __init__(self) -> None:
        super().__init__("no such provider; OIDC_PROVIDERS names those that there are")


class ProviderUnavailableError(UnavailableError):
    """Raised when a provider does not answer in time, or not as its protocol has it."""

    code = "provider_unavailable"


class ProviderRefusedError(InvalidCredentialsError):
    """Raised when what a provider says does not prove who somebody is, whatever the cause.

    The audit alone is told the ``fault``, in a word.
    """

    code = "provider_refused"

    def __init__(self, fault: str) -> None:
        self.fault = fault
        super(InvalidCredentialsError, self).__init__("the provider did not prove who somebody is; try again")


class ProviderDeniedError(AuthError):
    """Raised when a provider says no in its user's place, who may have thought better of it."""

    code = "provider_denied"

    def __init__(self) -> None:
        super().__init__("the provider was not allowed to say who somebody is")


class StateInvalidError(AuthError):
    """Raised when a sign-in comes back that is unknown, spent, too old, or of another browser or provider."""

    code = "state_invalid"

    def __init__(self) -> None:
        super().__init__("this sign-in cannot go on; begin again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a browser takes along to a provider, and what its answer is compared with.

    Attributes:
        state: what tells this sign-in from others; the browser shows it.
        nonce: what the provider has to repeat in what it signs.
        verifier: what the code is redeemed with; the provider sees its digest before (RFC 7636).
        redirect_uri: where it leads back to, to the letter.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: Secret
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a browser brings back.

    Attributes:
        code: stands for the tokens, once.
        issuer: who says so (RFC 9207); None where the answer does not tell.
        user: what Apple says of a new user beside it, as JSON that nobody signed; None elsewhere.
    """

    code: Secret
    issuer: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is, by a provider's word.

    Attributes:
        issuer: whose word it is.
        subject: what the issuer calls them; nobody else is called so by it, ever.
        email: an address, of whatever form; None where nothing is said.
        is_email_proven: whether the provider says that the address is theirs.
        name, first_name, last_name: as the provider has them; None where it says nothing.
    """

    issuer: str
    subject: str
    email: str | None = None
    is_email_proven: bool = False
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class CodeClient(Protocol):
    """We, as one provider knows us, and its authorization code grant (RFC 6749 section 4.1, RFC 7636)."""

    @property
    def client_id(self) -> str:
        """What it calls us."""
        ...

    def url(self, endpoint: str, question: Question) -> str:
        """Return where to send a browser: an endpoint, and there all that goes along."""
        ...

    def redeem(self, endpoint: str, method: str, question: Question, answer: Answer) -> Mapping[str, object]:
        """Return the tokens that a code stands for; ``method`` is how we prove who we are.

        Raises:
            ProviderRefusedError: the code is none, or not of this browser's sign-in.
            ProviderUnavailableError: no answer in time, or none as it should be; or our settings are wrong.
        """
        ...


class Provider(Protocol):
    """Somebody who knows people. Its methods ask it over HTTP, and end in time.

    An application may have its own: ``Auth.from_settings(settings, providers=[...])``. Threads of their own
    call the methods, several at once.
    """

    @property
    def name(self) -> str:
        """What its routes are called here."""
        ...

    def url(self, question: Question) -> str:
        """Return where to send a browser.

        Raises:
            ProviderUnavailableError: it does not say where.
        """
        ...

    def person(self, question: Question, answer: Answer) -> Person:
        """Return who was brought back.

        Raises:
            ProviderRefusedError: it proves nothing.
            ProviderUnavailableError: it does not answer, or not as its protocol has it.
        """
        ...
