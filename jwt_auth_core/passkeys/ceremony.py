"""The two ceremonies of WebAuthn: what a browser is asked, what it brings, and what that is once verified.

What it brings is read strictly here, before any library looks at it; `Ceremonies` says what one has to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Protocol, cast

from jwt_auth_core.encoding import b64url_decode, strict_json
from jwt_auth_core.passkeys.passkey import Passkey
from jwt_auth_core.records import dataclass

TIMEOUT_SECONDS: Final = 300
"""How long a browser may take for its answer."""
MOST_ID_BYTES: Final = 1023
"""How long a credential's id may be (WebAuthn level 3, section 4)."""

Options = dict[str, Any]
"""What a browser is asked, in the JSON of WebAuthn level 3."""


class CeremonyError(Exception):
    """An answer that is malformed, forged, or none to what was asked; callers make of it what they answer.

    ``fault`` says which in a word, for the audit; never a byte of the answer.
    """

    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(fault)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser brings, read and not verified.

    Attributes:
        challenge: what it says that it answers.
        credential_id: which passkey it says that it is, in base64url.
        handle: whose it says that it is, in base64url.
        members: the JSON of WebAuthn level 3.
    """

    challenge: str
    credential_id: str
    handle: str | None
    members: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """A new passkey that a browser has proven to hold; only the verifier makes it. Fields as in `Passkey`."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: tuple[str, ...]
    aaguid: str
    is_synced: bool
    is_backed_up: bool
    is_user_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A passkey that has just proven that its user is there; only the verifier makes it (PK-4)."""

    passkey: Passkey
    sign_count: int
    is_backed_up: bool
    is_user_verified: bool

    @property
    def methods(self) -> tuple[str, ...]:
        """How the user was authenticated, in words of RFC 8176: a key that may be copied is of software."""
        key = "swk" if self.passkey.is_synced else "hwk"
        return (key, "user") if self.is_user_verified else (key,)


class Ceremonies(Protocol):
    """What asks browsers and verifies what they bring, for one relying party."""

    def registration(
        self, challenge: str, *, handle: str, name: str, display_name: str, known: Sequence[Passkey]
    ) -> Options:
        """Return what to ask for a new passkey of a user, who has the ``known`` ones."""
        ...

    def register(self, answer: Answer) -> NewCredential:
        """Return the new passkey.

        Raises:
            CeremonyError: it does not answer its challenge, from a page of ours, by an algorithm of ours.
        """
        ...

    def login(
        self, challenge: str, *, allowed: Sequence[Passkey] = (), must_verify_user: bool = True
    ) -> Options:
        """Return what to ask for one of the ``allowed`` passkeys, or for any that is there."""
        ...

    def verify(self, answer: Answer, passkey: Passkey, *, must_verify_user: bool = True) -> Assertion:
        """Return what a passkey has proven. Whether its count has gone on, a store knows.

        Raises:
            CeremonyError: it does not answer its challenge, from a page of ours, by the key that is kept.
        """
        ...


def read_answer(members: Mapping[str, object]) -> Answer:
    """Return what a browser brings, where it has the form of an answer.

    Raises:
        CeremonyError: it has not, or a page of another origin had it made in a frame.
    """
    credential_id, response = members.get("id"), _members(members.get("response"))
    if members.get("rawId") != credential_id or not 1 <= len(_octets(credential_id)) <= MOST_ID_BYTES:
        raise CeremonyError("malformed")
    said = _client_data(response.get("clientDataJSON"))
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise CeremonyError("cross_origin")
    challenge, handle = said.get("challenge"), response.get("userHandle")
    if not isinstance(challenge, str):
        raise CeremonyError("malformed")
    if handle is not None:
        _octets(handle)
    # Of use to nobody, and libraries refuse words for it that came after them.
    known = {name: value for name, value in members.items() if name != "authenticatorAttachment"}
    return Answer(challenge, cast("str", credential_id), cast("str | None", handle), known)


def _client_data(text: object) -> Mapping[str, object]:
    try:
        return _members(strict_json(_octets(text)))
    except ValueError:
        raise CeremonyError("malformed") from None


def _members(value: object) -> Mapping[str, object]:
    if isinstance(value, dict):
        return cast("Mapping[str, object]", value)
    raise CeremonyError("malformed")


def _octets(text: object) -> bytes:
    try:
        return b64url_decode(text) if isinstance(text, str) else b""
    except ValueError:
        raise CeremonyError("malformed") from None
