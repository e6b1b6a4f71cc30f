"""Log in: e-mail and password in, a session and its tokens out."""

import pytest

from jwt_auth_core.errors import InvalidCredentialsError, InvalidInputError, StoreUnavailableError
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.passwords import PasswordPolicy, Passwords, Profile
from jwt_auth_core.vocabulary import Client, Secret
from tests.cheap import cheap_hasher
from tests.flows.conftest import PASSWORD

DEARER = Profile(memory_kib=8, passes=2)


def test_a_grant_has_both_tokens(world):
    """The access token names user, scopes and session; the refresh token can be used."""
    user = world.register()
    grant = world.login()
    claims = world.auth.tokens.verify(grant.access_token)
    assert (claims.subject, claims.session_id, claims.scopes) == (user.user_id, grant.session_id, frozenset())
    assert (grant.expires_in, grant.user) == (claims.expires_at - claims.issued_at, user)
    assert grant.session_ends_in == 7_776_000
    assert world.names() == ["user_registered", "login_succeeded"]


def test_scopes_of_the_user_are_in_the_token(world):
    """What a user was given is what its token carries."""
    attempt = world.auth.register.parse(
        {"email": "s@example.com", "password": PASSWORD, "first_name": "S", "last_name": "C"}
    )
    world.auth.register(attempt, Client(), scopes=frozenset({"topics:read"}))
    claims = world.auth.tokens.verify(world.login("s@example.com").access_token)
    assert claims.scopes == {"topics:read"}


def test_the_address_may_be_spelled_otherwise(world):
    """Case does not matter to an identity; the address is the stored one, not the typed one."""  # ID-1 ID-3
    world.register("Ada@example.com")
    assert world.login("aDA@EXAMPLE.com").user.email == "Ada@example.com"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong password"),
        ("bob@example.com", PASSWORD),
        ("ada@example.com", ""),
        ("", PASSWORD),
        ("no address", PASSWORD),
        ("ada@example.com", PASSWORD + "\ud800"),
        ("ada@example.com", "x" * 5000),
        ("ada@example.com' OR '1'='1", PASSWORD),
    ],
)
def test_every_refusal_is_the_same(world, email, password):
    """Unknown user, wrong password and nonsense get one answer."""  # ENUM-1
    world.register()
    with pytest.raises(InvalidCredentialsError, match=r"^Invalid email or password$"):
        world.login(email, password)


def test_a_disabled_user_is_refused_alike(world):
    """A disabled account looks like a wrong password."""  # ENUM-1
    user = world.register()
    world.stores.database.query(
        "UPDATE auth_accounts SET disabled_at = %s WHERE user_id = %s", (world.now, user.user_id)
    )
    with pytest.raises(InvalidCredentialsError):
        world.login()
    assert world.names()[-1] == "login_failed"


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {"email": "missing", "password": "missing"}),
        ({"email": 1, "password": ["x"]}, {"email": "wrong_type", "password": "wrong_type"}),
        ({"email": "a\0@b.c", "password": "x"}, {"email": "invalid_character"}),
        ({"email": "a" * 1001, "password": "x"}, {"email": "too_long"}),
    ],
)
def test_fields_of_the_wrong_shape_are_named(fields, errors):
    """What cannot be an attempt is refused field by field."""
    with pytest.raises(InvalidInputError) as caught:
        LoginAttempt.parse(fields)
    assert {error.field: error.code for error in caught.value.errors} == errors


def test_an_outdated_hash_is_replaced(world):
    """A login with the right password raises the stored cost."""  # PW-09
    before = world.register().password_hash
    stronger = Passwords(cheap_hasher(DEARER), PasswordPolicy.default())
    object.__setattr__(world.auth.login, "passwords", stronger)
    world.login()
    after = world.login().user.password_hash
    assert (",t=1," in before, ",t=2," in after) == (True, True)


def test_a_login_never_lowers_the_cost(world):
    """A hash that an older application made at a higher cost stays as it is."""  # PW-09
    world.register()
    dearer = cheap_hasher(DEARER).hash(Secret(PASSWORD))
    user = world.login().user
    world.stores.users.replace_password_hash(user.user_id, expected_hash=user.password_hash, new_hash=dearer)
    world.login()
    assert world.login().user.password_hash == dearer


def test_a_failed_upgrade_does_not_stop_a_login(world, monkeypatch):
    """A read-only database lets users in."""  # F-16
    world.register()
    stronger = Passwords(cheap_hasher(DEARER), PasswordPolicy.default())
    object.__setattr__(world.auth.login, "passwords", stronger)

    def refuse(*_args: object, **_names: object) -> bool:
        raise StoreUnavailableError("postgresql", "is read-only")

    monkeypatch.setattr(type(world.stores.users), "replace_password_hash", refuse)
    assert world.login().access_token


def test_each_login_has_a_session_of_its_own(world):
    """Two logins share nothing."""  # RF-13
    world.register()
    assert world.login().session_id != world.login().session_id
