"""Verify an address: by link or code; what a stranger set before is void, what its owner set stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import InvalidCredentialsError, InvalidInputError, SettingsError
from jwt_auth_core.flows.account.welcome import Welcome
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.letter import MailNotConfiguredError
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.rate_limits import RateLimitedError
from jwt_auth_core.settings import Settings
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import KEY
from tests.flows.parts import OLD, change, goes_on, is_over
from tests.flows.proofs import NEW, link, minted, reset, verify, verify_by_code

NOBODY = "7d3ef1a2-0b9c-4c57-9a51-3f6f1f0e2d84"


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def is_verified(world, user):
    """Tell whether the user's address is verified."""
    return world.stores.verified.has(user.user_id)


def registered(world, *, has_letter=True, email="grace@example.com", language=None):
    """Return what a registration gives where letters are sent."""
    queue = QueueLetter(world.auth.outbox)
    welcome = Welcome(world.stores.proofs, queue, "es", has_letter=has_letter)
    register = replace(world.auth.register, welcome=welcome)
    values = {"email": email, "password": OLD, "first_name": "Grace", "last_name": "H"}
    return register.in_browser(register.parse(values), Client(), language=language)


def test_a_stranger_with_the_letter_gets_the_account_and_nothing_of_before(world, ada):
    """Who registered with somebody else's address loses password and sessions; the reader sets a password."""
    # RST-6
    thief, create = world.login(), world.auth.api_keys.create
    create(ada.user_id, create.parse({"name": "a program"}), Client())
    token = verify(world, link(world, ada, "verify")).reset_token
    assert is_verified(world, ada)
    assert is_over(world.auth, thief)
    assert world.auth.api_keys.list(ada.user_id) == []
    with pytest.raises(InvalidCredentialsError):
        world.login()
    reset(world, token)
    assert world.login(password=NEW)
    assert [one.reason for one in world.events if one.name == "email_verified"] == ["voided"]


def test_the_password_keeps_what_was_set(world, ada):
    """It is the owner who registered."""
    # RST-6
    grant = world.login()
    assert verify(world, link(world, ada, "verify"), password=OLD).reset_token is None
    assert is_verified(world, ada)
    assert goes_on(world.auth, grant)
    event = world.events[-1]
    assert (event.name, event.user_id, event.reason) == ("email_verified", ada.user_id, "kept")


def test_a_login_of_the_account_keeps_what_was_set(world, ada):
    """One of another account does not."""
    # RST-6
    assert verify(world, link(world, ada, "verify"), user_id=NOBODY).reset_token
    grace = world.register("grace@example.com")
    assert verify(world, link(world, grace, "verify"), user_id=grace.user_id).reset_token is None


def test_the_browser_that_registered_keeps_what_was_set(world, ada):
    """That of another registration does not."""
    # RST-6
    grace, mary = registered(world), registered(world, email="mary@example.com")
    assert verify(world, link(world, grace.user, "verify"), browser=grace.browser).reset_token is None
    assert verify(world, link(world, ada, "verify"), browser=mary.browser).reset_token


@pytest.mark.parametrize("browser", ["", "registration.", "registration." + "A" * 43, "x"])
def test_anything_else_is_no_browser(world, ada, browser):
    """It tells nothing."""
    grace = registered(world).browser
    assert verify(world, link(world, ada, "verify"), browser=type(grace)(browser)).reset_token


def test_a_wrong_password_spends_nothing(world, ada):
    """Whoever mistyped it tries again, with it or without."""
    token = link(world, ada, "verify")
    with pytest.raises(InvalidCredentialsError):
        verify(world, token, password="wrong")
    assert not is_verified(world, ada)
    assert verify(world, token, password=OLD).reset_token is None


@pytest.mark.limited
def test_passwords_are_counted(world, ada):
    """The letter's reader guesses as few as anybody."""
    # RL-5
    token = link(world, ada, "verify")
    for _ in range(5):
        with pytest.raises(InvalidCredentialsError):
            verify(world, token, password="wrong")
    with pytest.raises(RateLimitedError):
        verify(world, token, password=OLD)


def test_a_letter_is_good_once(world, ada):
    """Link and code together."""
    # RST-1
    letter = minted(world, ada, "verify")
    verify(world, letter.token.text, user_id=ada.user_id)
    with pytest.raises(InvalidCodeError):
        verify(world, letter.token.text)
    with pytest.raises(InvalidCodeError):
        verify_by_code(world, letter.code.text.reveal())


def test_a_link_is_good_for_a_day_and_a_code_for_a_quarter_of_an_hour(world, ada):
    """As the letter says."""
    # RST-1
    letter = minted(world, ada, "verify")
    assert (letter.token.seconds, letter.code.seconds) == (86_400, 900)
    world.now += 900
    with pytest.raises(InvalidCodeError):
        verify_by_code(world, letter.code.text.reveal())
    world.now += 86_400 - 901
    verify(world, letter.token.text)
    assert is_verified(world, ada)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda world, user: world.auth.end_user.disable(user.user_id),
        lambda world, user: world.auth.end_user.delete(user.user_id),
        lambda world, user: world.stores.database.query(
            "UPDATE users SET email = 'b@example.com' WHERE user_id = %s", (user.user_id,)
        ),
    ],
    ids=["disabled", "deleted", "another address"],
)
def test_what_happened_since_voids_the_letter(world, ada, meanwhile):
    """It was for that account and that address."""
    # RST-2
    token = link(world, ada, "verify")
    meanwhile(world, ada)
    with pytest.raises(InvalidCodeError):
        verify(world, token)


def test_the_letter_of_who_is_enabled_again_is_good(world, ada):
    """It was refused meanwhile, and not spent."""
    token = link(world, ada, "verify")
    world.auth.end_user.disable(ada.user_id)
    with pytest.raises(InvalidCodeError):
        verify(world, token)
    world.auth.end_user.enable(ada.user_id)
    verify(world, token)
    assert is_verified(world, ada)


def test_a_stranger_cannot_void_the_letter(world, ada):
    """Who registered with somebody else's address changes the password or logs out, and it is still good."""
    # RST-6
    token = link(world, ada, "verify")
    change(world, ada.user_id)
    world.auth.end_user.logout_all(ada.user_id)
    assert verify(world, token).reset_token


def test_another_address_is_not_verified(world, ada):
    """Whichever application changed it; the one of before is again, when it is back."""
    verify(world, link(world, ada, "verify"), user_id=ada.user_id)
    sql = "UPDATE users SET email = %s WHERE user_id = %s"
    world.stores.database.query(sql, ("b@example.com", ada.user_id))
    assert not is_verified(world, ada)
    world.stores.database.query(sql, ("ada@example.com", ada.user_id))
    assert is_verified(world, ada)


def test_who_is_verified_gets_no_more_letters(world, ada):
    """And a link of before changes nothing any more."""
    verify(world, link(world, ada, "verify"), user_id=ada.user_id)
    assert minted(world, ada, "verify") is None


def test_a_reset_verifies(world, ada):
    """Whoever reads that letter has the address."""
    reset(world, link(world, ada))
    assert is_verified(world, ada)


def test_a_registration_has_a_letter(world):
    """In the language of who registers, or the usual one; in its transaction."""
    registered(world, language="de")
    registered(world, email="mary@example.com")
    registered(world, email="eve@example.com", has_letter=False)
    facts = [one.message.facts for one in world.auth.outbox.store.entries()]
    assert [(one["type"], one["language"]) for one in facts] == [("verify", "de"), ("verify", "es")]


def test_without_a_mailer_no_browser_is_remembered(world):
    """Nothing will ever be verified."""
    register = world.auth.register
    values = {"email": "ada@example.com", "password": OLD, "first_name": "A", "last_name": "L"}
    assert register.in_browser(register.parse(values), Client()).browser is None


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, {"email", "code"}),
        ({"email": "ada@example.com"}, {"code"}),
        ({"token": 1}, {"token"}),
        ({"token": "x", "password": 1}, {"password"}),
        ({"code": 1, "email": "\0"}, {"email", "code"}),
    ],
)
def test_every_bad_field_is_named(world, values, fields):
    """At once, before any work."""
    flow = replace(world.auth.verify_email, letters=QueueLetter(world.auth.outbox))
    with pytest.raises(InvalidInputError) as caught:
        flow.parse(values)
    assert {error.field for error in caught.value.errors} == fields


def test_it_needs_a_mailer(world):
    """Without one there are no letters."""
    with pytest.raises(MailNotConfiguredError):
        world.auth.verify_email.parse({})


def test_a_token_or_a_code_is_read(world):
    """And the password that may come along."""
    flow = replace(world.auth.verify_email, letters=QueueLetter(world.auth.outbox))
    by_token = flow.parse({"token": "verify.x", "code": "y", "password": OLD})
    assert (by_token.token.reveal(), by_token.password.reveal()) == ("verify.x", OLD)
    by_code = flow.parse({"email": "Ada@Example.com", "code": "WDJB-MJHT"})
    assert (by_code.token, by_code.email, by_code.code.reveal()) == (None, "ada@example.com", "WDJB-MJHT")


@pytest.fixture
def strict(world):
    """Return the world with logins for verified addresses only."""
    opening = replace(world.auth.login.open_session, must_be_verified=world.stores.verified)
    world.auth = replace(world.auth, login=replace(world.auth.login, open_session=opening))
    return world


def test_no_login_before_the_address_is_verified(strict):
    """With the right password that is said; a wrong one is wrong."""
    # ENUM-1
    ada = strict.register()
    with pytest.raises(EmailUnverifiedError):
        strict.login()
    assert (strict.events[-1].name, strict.events[-1].reason) == ("login_failed", "email_unverified")
    with pytest.raises(InvalidCredentialsError):
        strict.login(password="wrong")
    verify(strict, link(strict, ada, "verify"), password=OLD)
    assert strict.login()


def test_addresses_cannot_be_verified_without_letters():
    """Nobody could ever log in: start-up says so."""
    with pytest.raises(SettingsError, match="EMAIL_VERIFICATION needs MAIL_URL"):
        Auth.from_settings(
            Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", "EMAIL_VERIFICATION": "login"})
        )
