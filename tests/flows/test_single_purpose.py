"""Token texts are single-purpose by type: each kind that a user may hold opens its own door and no other."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import AuthError, RefreshInvalidError, TokenInvalidError
from jwt_auth_core.flows.account.registration import registration_digest
from jwt_auth_core.flows.email_login.login_by_email import MailedLogin
from jwt_auth_core.one_time.proof import (
    BINDING,
    EMAIL_CONFIRM,
    EMAIL_UNDO,
    PROOFS,
    REGISTRATION,
    InvalidCodeError,
    Proof,
)
from jwt_auth_core.users.email_change import EmailChange
from jwt_auth_core.vocabulary import Email, Secret
from tests.flows.addresses import MAIL
from tests.flows.proofs import CLIENT, link, reset, verify

BOUND = BINDING.new()
FACTS = {"about": BINDING.digest_of(BOUND.reveal())}
ADA = "ada@example.com"
REFUSALS = (InvalidCodeError, RefreshInvalidError, TokenInvalidError)


@pytest.fixture
def variables():
    """Have letters stay in the process."""
    return MAIL


def kinds(world, user):
    """Return a text of each kind that a user may hold, by its name."""
    grant = world.login()
    claims = world.auth.tokens.verify(grant.access_token)
    return {
        "access": grant.access_token,
        "refresh": grant.refresh_token.reveal(),
        "ticket": world.auth.issue_ws_ticket(claims).ticket.reveal(),
        "registration": browser_of(world, user),
        "binding": BOUND.reveal(),
        "email_undo": brought(world, user, EMAIL_UNDO).reveal(),
        "email_confirm": brought(world, user, EMAIL_CONFIRM).reveal(),
        **{name: link(world, user, name, facts=FACTS).reveal() for name in ("reset", "verify", "login")},
    }


def browser_of(world, user):
    """Return what a browser that registered is known by."""
    browser = REGISTRATION.new().reveal()
    proof = Proof(REGISTRATION.name, user.user_id, "", user.email, 0)
    digest = registration_digest(Secret(browser), user.user_id)
    world.stores.proofs.put(digest, proof, seconds=60)
    return browser


def known_by(world, text):
    """Raise where a browser is not known by a text."""
    user = world.stores.users.find_by_email(Email(ADA))
    if not world.auth.verify_email.prove_address.is_registered_in(Secret(text), user.user_id):
        raise InvalidCodeError


def brought(world, user, purpose):
    """Return what a letter about another address brings; the change may be confirmed, or undone."""
    token, letter_id = purpose.new(), f"msg_{purpose.name}"
    new = Email(f"{purpose.name}@example.org")
    world.stores.email_changes.ask(
        EmailChange(
            letter_id=letter_id,
            user_id=user.user_id,
            old_email=ADA,
            old_canonical=Email(ADA),
            new_email=new,
            new_canonical=new,
            version=0,
            asked_at=world.now,
        )
    )
    if purpose is EMAIL_UNDO:
        done = "UPDATE auth_email_changes SET number = 1, confirmed_at = %s, undo_until = %s"
        world.stores.database.query(done, (world.now, world.now + 60))
    proof = Proof(purpose.name, user.user_id, letter_id, new, 0, letter_id)
    world.stores.proofs.put(purpose.digest_of(token.reveal()), proof, seconds=60)
    return token


def bring(world, text, binding):
    """Log in by a token, in a browser that is known by a binding."""
    token = text if isinstance(text, Secret) else Secret(text)
    world.auth.login_by_email(MailedLogin(token, Email(""), Secret(""), binding), CLIENT)


DOORS = {
    "access": lambda world, text: world.auth.claims_of(text),
    "refresh": lambda world, text: _raised(world.auth.refresh([text])),
    "ticket": lambda world, text: _raised(world.auth.redeem_ws_tickets([text])),
    "reset": reset,
    "verify": verify,
    "login": lambda world, text: bring(world, text, BOUND),
    "binding": lambda world, text: bring(
        world, link(world, world.auth.end_user.find(ADA), "login", facts=FACTS), Secret(text)
    ),
    "email_confirm": lambda world, text: world.auth.email.confirm(Secret(text), CLIENT, language="en"),
    "email_undo": lambda world, text: world.auth.email.undo(Secret(text), CLIENT, language="en"),
    "registration": known_by,
}


def _raised(answers):
    (answer,) = answers
    if isinstance(answer, AuthError):
        raise answer


def test_every_purpose_has_a_door():
    """None is forgotten here."""
    assert {purpose.name for purpose in PROOFS} | {REGISTRATION.name, BINDING.name} <= set(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_each_text_opens_its_own_door_alone(world, door):
    """Texts of every other kind are refused, also by the name of this one; its own is good afterwards."""
    # RST-1, OTP-5
    texts = kinds(world, world.register())
    own = texts.pop(door)
    renamed = [f"{door}.{text.partition('.')[2]}" for text in texts.values()]
    for text in [*texts.values(), *renamed]:
        with pytest.raises(REFUSALS):
            DOORS[door](world, text)
    DOORS[door](world, own)
