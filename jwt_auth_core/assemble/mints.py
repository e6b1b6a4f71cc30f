"""Mints: who makes what stands in letters."""

from __future__ import annotations

from collections.abc import Mapping

from jwt_auth_core.assemble.keys import user_codes
from jwt_auth_core.assemble.storage import Stores
from jwt_auth_core.flows.email.mint_email_proof import MintConfirmation, MintUndo
from jwt_auth_core.flows.letters.mint_proof import MintProof
from jwt_auth_core.mail.letter import Purpose
from jwt_auth_core.mail.mint import Mint
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Clock


def mints(settings: Settings, stores: Stores, *, clock: Clock) -> Mapping[Purpose, Mint]:
    """Return who makes the tokens of each purpose."""
    mint = MintProof(stores.proofs, stores.users, stores.verified, user_codes(settings))
    return {
        "reset": mint,
        "verify": mint,
        "login": mint,
        "email_confirm": MintConfirmation(stores.proofs, stores.email_changes),
        "email_undo": MintUndo(stores.proofs, stores.email_changes, clock),
    }
