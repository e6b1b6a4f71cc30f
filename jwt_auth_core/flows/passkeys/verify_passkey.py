"""Verify a passkey: what a browser brings in, what it proves out; for a login, or for its second step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from jwt_auth_core.flows.passkeys.challenges import LOGIN, LOGIN_BEGUN
from jwt_auth_core.flows.passkeys.parts import PasskeyParts
from jwt_auth_core.passkeys.ceremony import Answer, Assertion, CeremonyError, read_answer
from jwt_auth_core.passkeys.passkey import Passkey, PasskeyRefusedError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import UserId

COPIED: Final = "passkey_copied"
"""Why a login failed whose passkey is right, though its count says that there are two of it."""


@dataclass(frozen=True, slots=True)
class VerifyPasskey:
    """Checks what a passkey signed; each answer is good for one challenge, once."""

    parts: PasskeyParts

    def __call__(
        self, members: Mapping[str, object], *, user_id: UserId | None = None, begun: str | None = None
    ) -> Assertion:
        """Return what a passkey proves that answers a challenge of ours.

        It is one of this user's, or else says whose it is. For the login that has ``begun``, by the digest of
        its challenge, it is the second factor; for anything else it has verified its user.

        Raises:
            PasskeyRefusedError: it proves nothing; why, its ``fault`` says.
            PasskeysNotConfiguredError: nobody said for whom passkeys are.
            UnavailableError: a store does not answer.
        """
        ceremonies, passkey = self.parts.ceremonies(), None
        try:
            answer = self._answer(members, begun)
            passkey = self.parts.store.find(answer.credential_id)
            named = _named(passkey, answer, user_id)
            assertion = ceremonies.verify(answer, named, must_verify_user=begun is None)
            self._note_use(assertion)
        except CeremonyError as error:
            raise PasskeyRefusedError(error.fault, passkey.user_id if passkey else None) from None
        return assertion

    def is_there(self, passkey: Passkey) -> bool:
        """Tell whether a passkey was not removed meanwhile (RF-11)."""
        found = self.parts.store.find(passkey.credential_id)
        return found is not None and found.passkey_id == passkey.passkey_id

    def _answer(self, members: Mapping[str, object], begun: str | None) -> Answer:
        """Return an answer to a challenge that is ours, for this login, and was good until now."""
        answer = read_answer(members)
        bound_to = self.parts.challenges.spend(LOGIN, answer.challenge)
        if bound_to is None or bound_to.get(LOGIN_BEGUN) != begun:
            raise CeremonyError("challenge")
        return answer

    def _note_use(self, assertion: Assertion) -> None:
        is_noted = self.parts.store.note_use(
            assertion.passkey.passkey_id,
            sign_count=assertion.sign_count,
            is_backed_up=assertion.is_backed_up,
            now=self.parts.clock(),
        )
        if not is_noted:
            raise CeremonyError(COPIED)


def _named(passkey: Passkey | None, answer: Answer, user_id: UserId | None) -> Passkey:
    """Return a passkey that is there, of this user, and whose authenticator names no other (PK-3)."""
    if passkey is None or user_id not in {None, passkey.user_id}:
        raise CeremonyError("unknown")
    is_known_by = {passkey.handle} if user_id is None else {passkey.handle, None}
    if answer.handle not in is_known_by:
        raise CeremonyError("unknown")
    return passkey


@dataclass(frozen=True, slots=True)
class PasskeyFactor:
    """The `Factor` of passkeys. They do not ask by themselves: whoever has no other factor is not challenged.

    A passkey is a way in of its own; that one is there must not shut its user out where it is not at hand.
    """

    verify_passkey: VerifyPasskey

    name = "passkey"
    field = "passkey"

    def is_enrolled(self, user_id: UserId) -> bool:
        """See `Factor.is_enrolled`."""
        return bool(self.verify_passkey.parts.store.of_user(user_id))

    def read(self, value: object) -> object:
        """See `Factor.read`."""
        if not isinstance(value, dict):
            raise ValueError("must be an object")  # noqa: TRY004 - as the protocol says
        return cast("Mapping[str, object]", value)

    def verify(self, user_id: UserId, answer: object, *, challenge: str | None) -> tuple[str, ...] | None:
        """See `Factor.verify`."""
        members = cast("Mapping[str, object]", answer)
        try:
            return self.verify_passkey(members, user_id=user_id, begun=challenge).methods
        except PasskeyRefusedError:
            return None
