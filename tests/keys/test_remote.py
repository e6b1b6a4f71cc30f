"""Another service's keys: asked for in time, not too often, kept through failures; nobody waits."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import pytest

from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError, WeakKeyError
from jwt_auth_core.keys import KeyRing
from jwt_auth_core.keys.remote import INTERVAL_SECONDS, REFRESH_SECONDS, RemoteKeys
from jwt_auth_core.tokens.access import AccessTokens
from tests.keys.made import ED, KEYS, NOW, OTHER, THIRD, jwks, wait_for

URL = "https://issuer.example/auth/.well-known/jwks.json"


class World:
    """An issuer, its published document, and a verifier elsewhere whose thread the test takes for."""

    def __init__(self):
        self.time = 1000.0
        self.document = json.dumps(jwks(ED)).encode()
        self.asked = 0
        self.failure = None
        self.remote = RemoteKeys(URL, fetch=self.fetch, clock=lambda: self.time)
        self.remote.look = lambda: None
        self.tokens = AccessTokens(self.remote.ring, clock=lambda: NOW)
        self.tokens.follow(self.remote)

    def fetch(self, url):
        """Answer for the issuer."""
        assert url == URL
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return self.document

    def says(self, key):
        """Return what the verifier says of a token by a key: true, false, or None for not yet."""
        try:
            return self.tokens.verify(by(key)).subject == "42"
        except StoreUnavailableError:
            return None
        except TokenInvalidError:
            return False


def by(key):
    """Return a token that a key signed."""
    return AccessTokens(KeyRing([key]), clock=lambda: NOW).issue(subject="42")


@pytest.fixture
def world():
    """Return a world in which nothing was asked yet."""
    made = World()
    yield made
    made.tokens.close()


def test_nothing_is_known_before_the_first_answer(world):
    """The first tokens are neither right nor wrong; the next ones are."""
    assert world.says(ED) is None
    world.remote.step()
    assert (world.says(ED), world.says(OTHER), world.asked) == (True, False, 1)


def test_an_unknown_key_has_the_set_asked_again(world):
    """Once an interval: the new key is known afterwards, a stranger's stays wrong."""  # JWT-18
    world.remote.step()
    world.document = json.dumps(jwks(OTHER, ED)).encode()
    world.time += INTERVAL_SECONDS
    assert world.says(OTHER) is None
    world.remote.step()
    assert (world.says(OTHER), world.says(ED), world.says(THIRD), world.asked) == (True, True, False, 2)


def test_strangers_cannot_have_it_asked_more_often(world):
    """A thousand unknown keys within the interval are a thousand refusals."""  # JWT-09
    world.remote.step()
    for _ in range(1000):
        assert world.says(OTHER) is False
        world.remote.step()
    assert world.asked == 1


def test_a_key_that_was_withdrawn_is_refused(world):
    """At the next look, without any reason to look; remembered tokens of it included."""  # JWT-18
    world.remote.step()
    assert world.says(ED)
    world.document = json.dumps(jwks(OTHER)).encode()
    world.time += REFRESH_SECONDS
    world.remote.step()
    assert (world.says(ED), world.says(OTHER)) == (False, True)


def test_a_key_that_changed_under_its_name_is_believed_no_more(world):
    """The name alone says nothing."""
    world.document = json.dumps(jwks(ED, kid="1")).encode()
    world.remote.step()
    world.document = json.dumps(jwks(OTHER, kid="1")).encode()
    world.time += REFRESH_SECONDS
    world.remote.step()
    (key,) = world.tokens.keys.keys
    assert key.verify(b"message", OTHER.sign(b"message"))


def test_what_was_verified_stays_remembered_while_the_set_is_the_same(world):
    """No new cache without new keys."""
    world.remote.step()
    before = world.tokens.keys
    world.time += REFRESH_SECONDS
    world.remote.step()
    assert (world.tokens.keys is before, world.asked) == (True, 2)


@pytest.mark.parametrize(
    "failure",
    [
        StoreUnavailableError("key set", "answers 503"),
        WeakKeyError("key set refused: x"),
        ValueError("two keys"),
        TypeError("unhashable type: 'list'"),
    ],
)
def test_a_failure_keeps_the_old_keys(world, caplog, failure):
    """Whatever went wrong; it is logged once, until it goes well again."""
    world.remote.step()
    world.failure = failure
    for _ in range(3):
        world.time += REFRESH_SECONDS
        world.remote.step()
    assert (world.says(ED), world.asked) == (True, 4)
    assert [r.levelno for r in caplog.records] == [logging.WARNING]
    said = type(failure).__name__ if isinstance(failure, TypeError) else failure
    assert caplog.messages == [f"no new keys of {URL}: {said}; what is known stays"]


def test_in_an_outage_an_unknown_key_is_neither_right_nor_wrong(world):
    """Known keys stay good; what a new key signed is refused only once the issuer has said so."""
    world.remote.step()
    world.failure, world.time = (
        StoreUnavailableError("https://i", "answers 503"),
        world.time + REFRESH_SECONDS,
    )
    world.remote.step()
    with pytest.raises(StoreUnavailableError, match="key set cannot be had: https://i answers 503"):
        world.tokens.verify(by(OTHER))
    assert (world.says(ED), world.says(OTHER)) == (True, None)
    world.failure, world.time = None, world.time + REFRESH_SECONDS
    world.remote.step()
    assert (world.says(ED), world.says(OTHER)) == (True, False)


@pytest.mark.parametrize("owner", ["https://b.example", None])
def test_a_key_that_changed_its_owner_is_another_key(world, owner):
    """Whose a key is, where a set says so, is news as much as its numbers."""
    world.document = json.dumps(jwks(ED, issuer="https://a.example")).encode()
    world.remote.step()
    world.document = json.dumps(jwks(ED, **({"issuer": owner} if owner else {}))).encode()
    world.time += REFRESH_SECONDS
    world.remote.step()
    assert [key.issuer for key in world.tokens.keys.keys] == [owner]


def test_a_first_failure_is_tried_again_with_the_next_token(world):
    """After the interval; until then nobody can tell, and says so."""
    world.failure = StoreUnavailableError("key set")
    world.remote.step()
    assert world.says(ED) is None
    world.remote.step()
    assert world.asked == 1
    world.failure, world.time = None, world.time + INTERVAL_SECONDS
    assert world.says(ED) is None
    world.remote.step()
    assert world.says(ED) is True


def test_while_it_is_being_asked_nobody_can_tell(world):
    """Also where the question is a routine one."""
    world.remote.step()
    world.time += REFRESH_SECONDS
    said = []
    world.remote._fetch = lambda _url: said.append(world.says(OTHER)) or world.document
    world.remote.step()
    assert (said, world.says(OTHER)) == ([None], False)


def test_a_thread_asks_and_nobody_waits():
    """The first token starts it; verifying goes on while it is stuck."""
    stuck, asked = threading.Event(), threading.Event()

    def fetch(_url):
        asked.set()
        assert stuck.wait(60)
        return json.dumps(jwks(ED)).encode()

    remote = RemoteKeys(URL, fetch=fetch)
    tokens = AccessTokens(remote.ring, clock=lambda: NOW)
    tokens.follow(remote)
    with pytest.raises(StoreUnavailableError):
        tokens.verify(by(ED))
    assert asked.wait(60)
    stuck.set()
    wait_for(lambda: tokens.keys.newest.key_id == ED.key_id)
    assert tokens.verify(by(ED)).subject == "42"
    tokens.close()


def test_a_forked_child_begins_anew(world):
    """It forgets what was verified, and keeps the keys."""
    world.remote.step()
    world.remote.after_fork()
    assert world.says(ED) is True


def test_from_jwks_takes_a_url():
    """Nothing is asked until there is a token; issuing is not offered."""
    tokens = AccessTokens.from_jwks(URL, issuer="https://issuer.example", audience="api")
    assert repr(tokens.keys) == "KeyRing([UnknownKey()])"
    tokens.close()
    with pytest.raises(ValueError, match="https"):
        AccessTokens.from_jwks("http://issuer.example/jwks.json")


@pytest.mark.parametrize("algorithm", KEYS)
def test_from_jwks_takes_a_document(algorithm):
    """Issuer and audience are held to; the algorithm is the key's."""
    issuing = AccessTokens(KeyRing([KEYS[algorithm]]), issuer="i", audience="a", clock=lambda: NOW)
    tokens = AccessTokens.from_jwks(jwks(KEYS[algorithm]), issuer="i", audience="a", clock=lambda: NOW)
    assert tokens.verify(issuing.issue(subject="42")).subject == "42"
    with pytest.raises(TokenInvalidError, match="audience"):
        AccessTokens.from_jwks(json.dumps(jwks(KEYS[algorithm])), issuer="i", clock=lambda: NOW).verify(
            issuing.issue(subject="42")
        )
    with pytest.raises(ValueError, match="cannot sign"):
        tokens.issue(subject="42")


def test_from_jwks_refuses_what_is_no_key_set():
    """A path, a typo, an empty set."""
    for document in ("jwks.json", "", {"keys": []}):
        with pytest.raises(WeakKeyError):
            AccessTokens.from_jwks(document)
    for place in (Path("jwks.json"), None, []):
        with pytest.raises(TypeError, match="a key set is a URL, JSON or a mapping"):
            AccessTokens.from_jwks(place)
