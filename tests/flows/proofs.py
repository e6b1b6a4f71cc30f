"""What the tests of letters share: a token as a letter would carry it."""

from __future__ import annotations

import itertools
from typing import Any

from jwt_auth_core.assemble.keys import user_codes
from jwt_auth_core.flows.letters.mint_proof import MintProof
from jwt_auth_core.flows.password.reset_password import NewPassword
from jwt_auth_core.flows.verification.verify_email import Verification, Verified, Visitor
from jwt_auth_core.mail.mint import LetterTokens, TokenOrder
from jwt_auth_core.vocabulary import Client, Email, Secret

_NUMBERS = itertools.count()
NEW = "another quite long phrase"
CLIENT = Client("192.0.2.1", "a browser")


def minted(world: Any, user: Any, purpose: str = "reset", **changes: Any) -> LetterTokens | None:
    """Return what the next letter to a user brings."""
    order = {
        "purpose": purpose,
        "user_id": user.user_id,
        "address": user.email,
        "letter_id": f"msg_{next(_NUMBERS):06}",
        "asked_at": world.now,
        "facts": {},
        **changes,
    }
    stores = world.stores
    mint = MintProof(stores.proofs, stores.users, stores.verified, user_codes(world.settings))
    return mint(TokenOrder(**order))


def link(world: Any, user: Any, purpose: str = "reset", **changes: Any) -> Secret:
    """Return the token of the next letter to a user."""
    made = minted(world, user, purpose, **changes)
    assert made is not None
    return made.token.text


def verify(world: Any, token: Secret | str, *, password: str | None = None, **who: Any) -> Verified:
    """Verify an address by a token."""
    text = token if isinstance(token, Secret) else Secret(token)
    asked = Verification(text, Email(""), Secret(""), None if password is None else Secret(password))
    return world.auth.verify_email(asked, CLIENT, Visitor(**who))


def verify_by_code(world: Any, code: str, email: str = "ada@example.com", **who: Any) -> Verified:
    """Verify an address by a code."""
    asked = Verification(None, Email(email), Secret(code), None)
    return world.auth.verify_email(asked, CLIENT, Visitor(**who))


def reset(world: Any, token: Secret | str, new: str = NEW) -> None:
    """Set a password by a token."""
    text = token.reveal() if isinstance(token, Secret) else token
    world.auth.reset_password(NewPassword(Secret(text), Secret(new)), CLIENT)
