"""What the tests of logins by e-mail share: a browser, a letter that it asked for, and what comes of that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jwt_auth_core.flows.email_login.login_by_email import MailedLogin
from jwt_auth_core.mail.mint import LetterTokens
from jwt_auth_core.one_time.proof import BINDING
from jwt_auth_core.vocabulary import Email, Secret
from tests.flows.proofs import CLIENT, minted

ADA = "ada@example.com"


def browser() -> Secret:
    """Return what a browser is known by that asked for a letter."""
    return BINDING.new()


def letter(world: Any, user: Any, binding: Secret) -> LetterTokens:
    """Return what the letter brings that this browser asked for."""
    made = minted(world, user, "login", facts={"about": BINDING.digest_of(binding.reveal())})
    assert made is not None
    return made


def attempt(made: LetterTokens, binding: Secret | None, **changes: Any) -> MailedLogin:
    """Return a login by the link of a letter."""
    return replace(MailedLogin(made.token.text, Email(""), Secret(""), binding), **changes)


def log_in(world: Any, made: LetterTokens, binding: Secret | None, **changes: Any) -> Any:
    """Log in by the link of a letter."""
    return world.auth.login_by_email(attempt(made, binding, **changes), CLIENT)


def by_code(world: Any, code: Secret | str, binding: Secret | None, **how: Any) -> Any:
    """Log in by the code of a letter."""
    text = code if isinstance(code, Secret) else Secret(code)
    asked = MailedLogin(None, Email(how.get("email", ADA)), text, binding)
    return world.auth.login_by_email(asked, how.get("client", CLIENT))
