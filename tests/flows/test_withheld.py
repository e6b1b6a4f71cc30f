"""EMAIL_VERIFICATION with scopes: withheld until the address is verified, they come with a refresh."""

from __future__ import annotations

import pytest

from jwt_auth_core.api_keys.key_text import digest_of
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.covering import apart_from
from jwt_auth_core.vocabulary import Client, Email
from tests.flows.addresses import MAIL
from tests.flows.conftest import KEY

ADA = "ada@example.com"
NOW = frozenset({"topics:read"})
ALL = frozenset({"topics:read", "reports:write"})


@pytest.fixture
def variables():
    """Withhold some scopes; letters stay in the process."""
    return {**MAIL, "EMAIL_VERIFICATION": "reports:write, admin:*"}


@pytest.fixture
def ada(world):
    """Return a user with scopes of both kinds."""
    user = world.register()
    world.auth.end_user.set_scopes(user.user_id, ALL)
    return user


def scopes(world, grant):
    """Return what an access token grants."""
    return world.auth.claims_of(grant.access_token).scopes


def verify(world, user):
    """Have the address verified."""
    assert world.stores.verified.keep(user.user_id, Email(ADA))


def test_they_are_withheld_before(world, ada):
    """From logins and refreshes, and from what the user is shown; the login is right all the same."""
    grant = world.login()
    assert scopes(world, grant) == scopes(world, world.refresh(grant.refresh_token)) == NOW
    assert world.auth.current_user(ada.user_id).scopes == NOW
    assert world.auth.end_user.find(ADA).scopes == NOW
    assert world.auth.current_user(ada.user_id).own_scopes == ALL


def test_the_next_refresh_brings_them(world, ada):
    """Once the address is verified; and so does the next login."""
    grant = world.login()
    verify(world, ada)
    assert scopes(world, world.refresh(grant.refresh_token)) == scopes(world, world.login()) == ALL


def test_another_address_takes_them(world, ada):
    """That one is not verified, whoever wrote it."""
    verify(world, ada)
    grant = world.login()
    world.stores.database.query("UPDATE users SET email = 'ada@example.net'")
    assert scopes(world, world.refresh(grant.refresh_token)) == NOW


def test_those_of_roles_are_withheld_too(world, ada):
    """Whoever granted them, and however."""
    world.auth.roles.define("boss", {"admin:users", "topics:write"})
    world.auth.roles.grant(ada.user_id, "boss")
    claims = world.auth.claims_of(world.login().access_token)
    assert (claims.scopes, claims.roles) == (NOW | {"topics:write"}, {"boss"})


def test_an_api_key_has_none_of_them(world, ada):
    """It has its owner's of now."""
    create = world.auth.api_keys.create
    verify(world, ada)
    asked = create.parse({"name": "a program", "scopes": sorted(ALL)})
    made = create(ada.user_id, asked, Client())
    world.stores.database.query("DELETE FROM auth_verified_emails")
    (claims,) = world.auth.api_keys.verify([digest_of(made.key.reveal())])
    assert claims.scopes == NOW


def test_many_are_told_at_once(world, ada):
    """Each with its own, whoever else is asked for beside it; those that are nobody's too."""
    world.register("grace@example.com", password="another quite long phrase")
    other = world.login("grace@example.com", "another quite long phrase")
    verify(world, ada)
    pairs = [(ada.user_id, "-"), (other.user.user_id, other.session_id), ("nobody", "-")]
    found = world.stores.users.read(pairs)
    assert [None if one.user is None else one.user.scopes for one in found] == [ALL, frozenset(), None]


def test_who_registers_with_one_is_told_without(world):
    """Your own code may add users with scopes."""
    register, values = world.auth.register, {"email": "g@example.com", "first_name": "G", "last_name": "H"}
    attempt = register.parse({**values, "password": "a long enough pass phrase"})
    assert register(attempt, Client(), scopes=ALL).scopes == NOW


def test_nobody_is_found_as_ever(world):
    """Nobody has neither scopes nor an address."""
    assert world.stores.users.find("nobody") is None
    assert world.stores.users.find_by_email("nobody@example.com") is None


@pytest.mark.parametrize(
    ("withheld", "granted", "left"),
    [
        ({"reports:write"}, {"reports:*", "reports:read", "*"}, {"reports:read"}),
        ({"reports:*"}, {"reports:write", "reports", "topics:read"}, {"reports", "topics:read"}),
        ({"*"}, {"topics:read"}, set()),
    ],
)
def test_what_covers_and_what_is_covered_is_withheld(withheld, granted, left):
    """A wildcard that stands for a withheld scope would grant it."""
    assert apart_from(withheld, granted) == left


@pytest.mark.parametrize("value", ["Login", "on", "true", "login off", "login,a:b", 'a"b', ",", "é"])
def test_what_is_neither_a_rule_nor_scopes_is_refused(value):
    """A word that somebody meant as a rule is never taken for a scope."""
    with pytest.raises(SettingsError, match="EMAIL_VERIFICATION must be off, login, or scopes"):
        Settings.from_env({"JWT_KEY": KEY, **MAIL, "EMAIL_VERIFICATION": value})


def test_the_setting_is_a_text():
    """In your own code, too."""
    with pytest.raises(SettingsError, match="EMAIL_VERIFICATION must be off, login, or scopes"):
        Settings(jwt_key=KEY, email_verification=1)
