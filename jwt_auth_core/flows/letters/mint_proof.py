"""Mint: makes what a letter carries, at the moment when it is sent (F-25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from jwt_auth_core.flows.letters.addressee import addressee
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.mail.mint import Lasting, LetterTokens, TokenOrder
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.one_time.proof import CODE_SECONDS, CODED, PROOFS, VERIFY, Proof, ProofStore, bound_to
from jwt_auth_core.one_time.user_code import UserCodes, new_user_code
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import UserStore
from jwt_auth_core.users.verified import VerifiedAddresses

ABOUT: Final = "about"
"""The fact of a letter that becomes the proof's."""

_PURPOSES: Final[Mapping[str, Purpose]] = {purpose.name: purpose for purpose in PROOFS}


@dataclass(frozen=True, slots=True)
class MintProof:
    """A `mail.mint.Mint` of the purposes that are about the address which a user has now."""

    proofs: ProofStore
    users: UserStore
    verified: VerifiedAddresses
    codes: UserCodes

    def __call__(self, order: TokenOrder) -> LetterTokens | None:
        """Return a new token, with a short code where the letter has one; None where none is needed.

        That is: the user is gone, disabled, has another address by now, or has verified it.

        Raises:
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        purpose, address = _PURPOSES[order.purpose], identity(order.address)
        user = addressee(self.users, order.user_id, address)
        if user is None:
            return None
        if purpose is VERIFY and self.verified.has(user.user_id):
            return None
        about = cast("str", order.facts.get(ABOUT, ""))
        proof = Proof(purpose.name, user.user_id, order.letter_id, address, user.session_version, about)
        return self._minted(purpose, proof)

    def _minted(self, purpose: Purpose, proof: Proof) -> LetterTokens | None:
        token, code, code_digest = purpose.new(), None, None
        if purpose in CODED:
            text = new_user_code()
            code = Lasting(text, CODE_SECONDS)
            code_digest = self.codes.digest_of(bound_to(purpose, proof.user_id), text)
        digest, seconds = purpose.digest_of(token.reveal()), purpose.ttl_seconds
        if not self.proofs.put(digest, proof, seconds=seconds, code_digest=code_digest):
            return None
        return LetterTokens(Lasting(token, seconds), code)
