"""API keys: made, verified and revoked, in both storage worlds."""

import pytest

from jwt_auth_core.api_keys.api_key import ApiKeyNotFoundError, TooManyApiKeysError
from jwt_auth_core.api_keys.key_text import digest_of, new_key
from jwt_auth_core.audit import Trail
from jwt_auth_core.errors import (
    InvalidInputError,
    StoreUnavailableError,
    TokenInvalidError,
    UserNotFoundError,
)
from jwt_auth_core.flows.api_keys.create_api_key import ApiKeyRequest
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import new_user_id
from jwt_auth_core.vocabulary import Client
from tests.flows.parts import change, down

DAY = 86_400


@pytest.fixture
def ada(world):
    """Return a user with scopes."""
    user = world.register()
    world.auth.end_user.set_scopes(user.user_id, ["reports:*", "topics:read"])
    return world.stores.users.find(user.user_id)


def make(world, user, **fields):
    """Return a new key of a user's."""
    create = world.auth.api_keys.create
    return create(user.user_id, create.parse({"name": "build", **fields}), Client())


def verify(world, *keys):
    """Return what is known of keys."""
    return world.auth.api_keys.verify([digest_of(key.reveal()) for key in keys])


def is_good(world, made):
    """Tell whether a key is good now."""
    (answer,) = verify(world, made.key)
    assert isinstance(answer, (Claims, TokenInvalidError))
    return isinstance(answer, Claims)


def problems(world, **fields):
    """Return what is wrong with the input of a key."""
    with pytest.raises(InvalidInputError) as caught:
        world.auth.api_keys.create.parse({"name": "build", **fields})
    return [(one.field, one.code) for one in caught.value.errors]


def test_a_key_is_good_for_its_owner(world, ada):
    """As an access token would be that the owner got now, with the key's scopes."""
    made = make(world, ada, scopes=["reports:read"])
    world.now += 5
    (claims,) = verify(world, made.key)
    assert (claims.subject, claims.scopes) == (ada.user_id, {"reports:read"})
    assert (claims.issued_at, claims.expires_at) == (world.now, world.now + 900)
    assert claims.session_id == claims.token_id == made.stored.key_id


def test_many_are_verified_at_once(world, ada):
    """Each answer in its place, the same key twice too."""
    one, other = make(world, ada, name="one"), make(world, ada, name="other")
    answers = verify(world, one.key, new_key(), other.key, one.key)
    assert [getattr(answer, "token_id", None) for answer in answers] == [
        one.stored.key_id,
        None,
        other.stored.key_id,
        one.stored.key_id,
    ]


def test_without_scopes_it_has_those_of_its_owner_then(world, ada):
    """And gets none that the owner is given later."""
    made = make(world, ada)
    world.auth.end_user.set_scopes(ada.user_id, ["reports:*", "topics:read", "admin"])
    (claims,) = verify(world, made.key)
    assert claims.scopes == made.stored.scopes == {"reports:*", "topics:read"}


@pytest.mark.parametrize(
    ("of_owner", "left"),
    [({"reports:*"}, {"reports:read", "reports:own:*"}), ({"reports:own:x"}, {"reports:own:x"}), ((), set())],
)
def test_a_key_has_no_more_than_its_owner_has_now(world, ada, of_owner, left):
    """A scope that was taken away, or made narrower, is so for the key too."""
    made = make(world, ada, scopes=["reports:read", "reports:own:*"])
    world.auth.end_user.set_scopes(ada.user_id, of_owner)
    (claims,) = verify(world, made.key)
    assert claims.scopes == left


def test_a_role_of_the_owner_gives_scopes_to_its_keys(world, ada):
    """As long as the owner has it; the key itself has no role."""
    world.auth.roles.define("editor", ["posts:*"])
    world.auth.roles.grant(ada.user_id, "editor")
    made = make(world, ada, scopes=["posts:write"])
    (claims,) = verify(world, made.key)
    assert (claims.scopes, claims.roles) == ({"posts:write"}, frozenset())
    world.auth.roles.revoke(ada.user_id, "editor")
    (claims,) = verify(world, made.key)
    assert claims.scopes == frozenset()


def test_a_scope_that_the_owner_has_not_is_refused(world, ada):
    """It is named, and no key is made."""
    with pytest.raises(InvalidInputError, match="names admin, which its owner has not"):
        make(world, ada, scopes=["reports:read", "admin"])
    assert world.auth.api_keys.list(ada.user_id) == []


def test_one_text_is_no_scopes_of_a_key(world, ada):
    """Whose letters an owner of every scope would have all."""
    with pytest.raises(TypeError, match="scopes is a collection of texts, not one text"):
        world.auth.api_keys.create(ada.user_id, ApiKeyRequest("build", "topics:*", None), Client())


def test_a_key_ends_in_time(world, ada):
    """At its second; what was made of it before ends no later."""
    made = make(world, ada, expires_in_days=1)
    world.now += DAY - 1
    (claims,) = verify(world, made.key)
    assert claims.expires_at == made.stored.expires_at == world.now + 1
    world.now += 1
    assert not is_good(world, made)


def test_a_revoked_key_is_of_no_use(world, ada):
    """It is not listed any more, and cannot be revoked again."""
    made, other = make(world, ada), make(world, ada)
    world.auth.api_keys.revoke(ada.user_id, made.stored.key_id)
    assert (is_good(world, made), is_good(world, other)) == (False, True)
    assert [key.key_id for key in world.auth.api_keys.list(ada.user_id)] == [other.stored.key_id]
    with pytest.raises(ApiKeyNotFoundError):
        world.auth.api_keys.revoke(ada.user_id, made.stored.key_id)


def test_a_key_is_revoked_by_its_owner_or_an_operator(world, ada):
    """Nobody else finds it."""
    made, bob = make(world, ada), world.register("bob@example.com")
    with pytest.raises(ApiKeyNotFoundError):
        world.auth.api_keys.revoke(bob.user_id, made.stored.key_id)
    assert is_good(world, made)
    assert world.auth.api_keys.revoke.of_anybody(made.stored.key_id) == ada.user_id
    assert not is_good(world, made)


def test_disabling_the_owner_ends_its_keys_for_good(world, ada):
    """As it ends the sessions: whoever is enabled again makes new ones."""  # RF-11
    made = make(world, ada)
    world.auth.end_user.disable(ada.user_id)
    assert not is_good(world, made)
    world.auth.end_user.enable(ada.user_id)
    assert not is_good(world, made)


def test_a_mark_that_somebody_else_made_counts(world, ada):
    """While the owner is disabled in the table, the key is refused."""
    made = make(world, ada)
    world.stores.database.query("UPDATE auth_accounts SET disabled_at = 1")
    assert not is_good(world, made)


def test_deleting_the_owner_ends_its_keys(world, ada):
    """They go with the row."""  # RF-11
    made = make(world, ada)
    world.auth.end_user.delete(ada.user_id)
    assert not is_good(world, made)


def test_what_ends_sessions_alone_leaves_keys(world, ada):
    """Logging out everywhere and changing the password: a program goes on."""
    made = make(world, ada)
    world.auth.end_user.logout_all(ada.user_id)
    change(world, ada.user_id)
    assert is_good(world, made)


def test_all_keys_of_a_user_are_revoked_in_one_transaction(world, ada):
    """For a reset password: with what it stands beside, or not at all."""
    made, other = make(world, ada), make(world, ada)
    with pytest.raises(ApiKeyNotFoundError), world.stores.database.transaction():  # noqa: PT012
        world.auth.api_keys.revoke.all(ada.user_id)
        world.auth.api_keys.revoke(ada.user_id, made.stored.key_id)
    assert is_good(world, made)
    ended = world.auth.api_keys.revoke.all(ada.user_id, reason="password_reset")
    assert sorted(ended) == sorted([made.stored.key_id, other.stored.key_id])
    assert not is_good(world, other)


def test_a_key_whose_end_cannot_be_written_down_goes_on(world, ada, monkeypatch):
    """Whoever asked is told so, and repeats it."""  # LOG-3
    made = make(world, ada)
    with monkeypatch.context() as broken:
        broken.setattr(Trail, "append", down("database"))
        with pytest.raises(StoreUnavailableError):
            world.auth.api_keys.revoke(ada.user_id, made.stored.key_id)
    assert is_good(world, made)


def test_what_happens_is_told(world, ada):
    """Whose key it is, and which; never the key."""  # LOG-3
    made, other = make(world, ada), make(world, ada)
    world.auth.api_keys.revoke(ada.user_id, made.stored.key_id)
    world.auth.api_keys.revoke.all(ada.user_id, reason="password_reset")
    told = [(one.name, one.user_id, one.key_id, one.reason) for one in world.events[-4:]]
    assert told == [
        ("api_key_created", ada.user_id, made.stored.key_id, None),
        ("api_key_created", ada.user_id, other.stored.key_id, None),
        ("api_key_revoked", ada.user_id, made.stored.key_id, None),
        ("api_key_revoked", ada.user_id, other.stored.key_id, "password_reset"),
    ]


def test_a_feed_that_is_down_keeps_no_key_alive(world, ada, monkeypatch, caplog):
    """The store has forgotten it by then, and whoever asked is not told to repeat it."""
    made = make(world, ada)
    monkeypatch.setattr(type(world.stores.feed), "publish", down("redis"))
    world.auth.api_keys.revoke(ada.user_id, made.stored.key_id)
    assert not is_good(world, made)
    assert "at its next look-up" in caplog.text


def test_a_user_may_have_so_many(world, ada, monkeypatch):
    """The setting says how many; whoever has them is told so."""
    monkeypatch.setattr(type(world.auth.api_keys.create), "per_user", 1, raising=False)
    make(world, ada)
    with pytest.raises(TooManyApiKeysError, match="a user may have 1 API keys; revoke one first"):
        make(world, ada)


def test_nobody_makes_one_who_is_gone(world, ada):
    """Nor who is disabled."""
    world.auth.end_user.disable(ada.user_id)
    asked = world.auth.api_keys.create.parse({"name": "build"})
    for user_id in (ada.user_id, new_user_id(), "x"):
        with pytest.raises(UserNotFoundError):
            world.auth.api_keys.create(user_id, asked, Client())


def test_the_last_use_is_written_in_the_background(world, ada):
    """Once a minute; until then it is as it was."""
    made = make(world, ada)
    used = lambda: world.auth.api_keys.list(ada.user_id)[0].last_used_at  # noqa: E731
    verify(world, made.key)
    world.auth.api_keys.verify.uses.write()
    first = used()
    world.now += 59
    verify(world, made.key)
    world.auth.api_keys.verify.uses.write()
    assert (first, used()) == (world.now - 59, first)
    world.now += 1
    verify(world, made.key)
    world.auth.api_keys.verify.uses.write()
    assert used() == world.now


def test_a_store_that_is_down_says_nothing_of_a_key(world, ada, monkeypatch):
    """It may be good or not."""
    made = make(world, ada)
    monkeypatch.setattr(type(world.auth.api_keys.verify.store), "find", down("database"))
    with pytest.raises(StoreUnavailableError):
        verify(world, made.key)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, ("name", "blank")),
        ({"name": "n" * 201}, ("name", "too_long")),
        ({"name": None}, ("name", "missing")),
        ({"scopes": "a"}, ("scopes", "wrong_type")),
        ({"scopes": [1]}, ("scopes", "wrong_type")),
        ({"scopes": ["a b"]}, ("scopes", "invalid_scope")),
        ({"scopes": ["a"] * 101}, ("scopes", "too_long")),
        ({"expires_in_days": True}, ("expires_in_days", "wrong_type")),
        ({"expires_in_days": 1.5}, ("expires_in_days", "wrong_type")),
        ({"expires_in_days": 0}, ("expires_in_days", "out_of_range")),
        ({"expires_in_days": 3661}, ("expires_in_days", "out_of_range")),
        ({"expires_in_days": 10**30}, ("expires_in_days", "out_of_range")),
        ({"expires_in_day": 1}, ("expires_in_day", "unknown")),
        ({"scope": "a"}, ("scope", "unknown")),
        ({"\ud800": 1}, ("body", "unknown")),
        ({"x" * 65: 1}, ("body", "unknown")),
    ],
)
def test_the_input_has_limits(world, fields, problem):
    """Each offending field is named."""
    assert problems(world, **fields) == [problem]


def test_all_that_is_wrong_is_told_at_once(world):
    """As everywhere."""
    told = problems(world, name=1, scopes=1, expires_in_days="1")
    assert [field for field, _ in told] == ["name", "scopes", "expires_in_days"]
