"""Mint: makes what letters about a changed address carry, to the new one and to the old one (F-25)."""

from __future__ import annotations

from jwt_auth_core.flows.letters.mint_proof import ABOUT
from jwt_auth_core.mail.mint import Lasting, LetterTokens, TokenOrder
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.one_time.proof import EMAIL_CONFIRM, EMAIL_UNDO, Proof, ProofStore
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.email_change import EmailChange, EmailChanges
from jwt_auth_core.vocabulary import Clock, Email

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class MintConfirmation:
    """A `mail.mint.Mint`: of what confirms a new address."""

    proofs: ProofStore
    changes: EmailChanges

    def __call__(self, order: TokenOrder) -> LetterTokens | None:
        """Return a new token; None where the change was confirmed, or another was asked for since.

        Raises:
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        change = self.changes.find(order.letter_id)
        if change is None or change.confirmed_at is not None:
            return None
        seconds = EMAIL_CONFIRM.ttl_seconds
        proof = _proof(EMAIL_CONFIRM, order, change, change.new_canonical)
        return _minted(self.proofs, EMAIL_CONFIRM, proof, seconds=seconds, shown=seconds)


@dataclass(frozen=True, slots=True)
class MintUndo:
    """A `mail.mint.Mint`: of what gives the old address back, for as long as that can be done."""

    proofs: ProofStore
    changes: EmailChanges
    clock: Clock

    def __call__(self, order: TokenOrder) -> LetterTokens | None:
        """Return a new token; None where the change was undone, or its time is over.

        Raises:
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        change = self.changes.find(str(order.facts[ABOUT]))
        if change is None or change.undo_until is None:
            return None
        seconds = change.undo_until - self.clock()
        if seconds <= 0:
            return None
        proof = _proof(EMAIL_UNDO, order, change, change.old_canonical, about=change.letter_id)
        # What the letter says may be short by the seconds that it took to be sent.
        shown = -(-seconds // _MINUTE) * _MINUTE
        return _minted(self.proofs, EMAIL_UNDO, proof, seconds=seconds, shown=shown)


def _proof(
    purpose: Purpose, order: TokenOrder, change: EmailChange, address: Email, *, about: str = ""
) -> Proof:
    return Proof(purpose.name, change.user_id, order.letter_id, address, change.version, about)


def _minted(
    proofs: ProofStore, purpose: Purpose, proof: Proof, *, seconds: int, shown: int
) -> LetterTokens | None:
    token = purpose.new()
    if not proofs.put(purpose.digest_of(token.reveal()), proof, seconds=seconds):
        return None
    return LetterTokens(Lasting(token, shown))
