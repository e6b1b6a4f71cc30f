"""A directory that is followed: what changes comes into force, what breaks changes nothing."""

from __future__ import annotations

import json
import logging
import os
import threading

import pytest

from jwt_auth_core import forks
from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError, WeakKeyError
from jwt_auth_core.keys import Hs256Key, KeyRing, rotation
from jwt_auth_core.keys.directory import KeyDirectory
from jwt_auth_core.keys.source import UnknownKey
from jwt_auth_core.tokens.access import AccessTokens
from tests.keys.made import ED, NOW, OTHER, THIRD, wait_for

SECRET = "a secret that only the tests of directories know"


class World:
    """A directory of keys, a clock that the test holds, and tokens that follow."""

    def __init__(self, path):
        self.path = path
        self.now = NOW
        self.first = self.make()
        self.directory = KeyDirectory(path, clock=lambda: self.now, also=[Hs256Key(SECRET)])
        self.tokens = AccessTokens(self.directory.ring, clock=lambda: self.now, ttl_seconds=7200)
        self.tokens.follow(self.directory)

    def make(self):
        """Make a key; return its name."""
        return rotation.make(self.path, algorithm="EdDSA", now=self.now).key_id

    def rotate(self):
        """Have another key sign in ten minutes; return its name."""
        return rotation.rotate(self.path, algorithm="EdDSA", lead_seconds=600, now=self.now).key_id

    @property
    def names(self):
        """The names of the keys in force, the shared secret's left out."""
        return [key.key_id for key in self.tokens.keys.keys[:-1]]


@pytest.fixture
def world(tmp_path):
    """Return a world whose thread does not run unless it is looked at."""
    made = World(tmp_path / "keys")
    yield made
    made.tokens.close()


def test_a_rotation_comes_into_force(world):
    """The new key verifies at the next look, and signs when its time has come."""  # JWT-18
    second = world.rotate()
    world.directory.step()
    assert world.names == [world.first, second]
    world.now += 600
    world.directory.step()
    assert world.names == [second, world.first]


def test_a_retired_key_is_refused_from_then_on(world):
    """Tokens of it that were verified and remembered are refused, too."""  # JWT-18
    token = world.tokens.issue(subject="42")
    assert world.tokens.verify(token).subject == "42"
    world.make()
    rotation.withdraw(world.path, world.first, now=world.now)
    world.directory.step()
    with pytest.raises(TokenInvalidError, match="no known key"):
        world.tokens.verify(token)


def test_secrets_stay_beside_the_directory(world):
    """Tokens of the previous secret verify, bound to its name."""  # JWT-05
    old = AccessTokens(KeyRing.from_secret(SECRET), clock=lambda: NOW).issue(subject="7")
    world.rotate()
    world.directory.step()
    assert world.tokens.verify(old).subject == "7"


def test_nothing_is_put_in_force_without_a_change(world):
    """What was verified stays remembered while the keys stay."""
    told = []
    world.directory.follow(told.append)
    world.directory.step()
    assert told == []


def test_a_broken_file_keeps_its_key(world, caplog):
    """It is logged once; another change comes into force all the same."""
    second = world.make()
    (world.path / f"{world.first}.jwk").write_text("{")
    (world.path / "new.jwk").write_text("[]")
    for _ in range(3):
        world.directory.step()
    assert world.names == [world.first, second]
    said = [r.message.partition(":")[0] for r in caplog.records if r.levelname == "ERROR"]
    assert said == ["a key file stays unread"] * 2


def test_a_missing_directory_changes_nothing(world, caplog):
    """The keys stay as they are, and one line says why."""
    world.path.rename(world.path.with_name("gone"))
    world.directory.step()
    world.directory.step()
    assert world.names == [world.first]
    (record,) = caplog.records
    assert "stay as they are" in record.message


def test_a_directory_without_a_signer_changes_nothing(world):
    """A ring needs a key that signs."""
    (world.path / f"{world.first}.jwk").unlink()
    (world.path / "public.jwk").write_text(json.dumps({**OTHER.private_jwk()}))
    world.directory.step()
    assert world.tokens.keys.newest.key_id == world.first


def test_a_file_that_others_can_read_is_told(world, caplog):
    """The warning has the command that helps."""
    path = world.path / f"{world.first}.jwk"
    path.chmod(0o644)
    KeyDirectory(world.path, clock=lambda: NOW)
    assert "chmod 600" in caplog.text


def test_a_broken_directory_is_refused_at_the_start(tmp_path):
    """Then nothing runs yet, and the operator is there to read."""
    with pytest.raises(WeakKeyError, match="cannot be read"):
        KeyDirectory(tmp_path / "nothing", clock=lambda: NOW)


def test_an_unknown_key_is_simply_unknown(world):
    """A directory publishes early: a miss is no reason to wait."""  # JWT-18
    assert world.directory.miss() is None
    stranger = AccessTokens(KeyRing([OTHER]), clock=lambda: NOW).issue(subject="1")
    with pytest.raises(TokenInvalidError, match="no known key"):
        world.tokens.verify(stranger)


def test_a_thread_follows_from_the_first_token_on(world):
    """No restart and no call: the change is seen by itself."""
    second = world.make()
    assert world.names == [world.first]
    world.tokens.issue(subject="42")
    wait_for(lambda: world.names == [world.first, second])


def test_nothing_is_refused_while_keys_rotate(world, caplog):
    """1,000 tokens in flight in four threads, through two rotations: each verifies, before and after."""
    # JWT-18, F-24
    caplog.set_level(logging.INFO)
    failures, count = [], 250

    def serve():
        for number in range(count):
            token = world.tokens.issue(subject=str(number))
            try:
                assert world.tokens.verify(token).subject == str(number)
                assert AccessTokens(world.tokens.keys, clock=lambda: world.now).verify(token)
            except Exception as error:  # noqa: BLE001 - counted
                failures.append(error)

    threads = [threading.Thread(target=serve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        world.rotate()
        world.directory.step()
        world.now += 600
        world.directory.step()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(world.names) == 3
    assert "4 keys in force" in caplog.text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_begins_anew(world):
    """What the parent remembered is forgotten, so that the next token starts the child's own thread."""
    token = world.tokens.issue(subject="42")
    world.tokens.verify(token)
    before = world.tokens._cache
    forks._begin_anew()  # what the child does first
    assert world.tokens._cache is not before
    assert world.tokens.keys is world.directory.ring
    assert world.tokens.verify(token).subject == "42"


def test_the_unknown_key_knows_nothing():
    """It fills a ring that no token can be of, and shows nothing."""
    key = UnknownKey()
    assert repr(KeyRing([key])) == "KeyRing([UnknownKey()])"
    assert not key.verify(b"message", b"")
    with pytest.raises(WeakKeyError, match="no key is known"):
        key.sign(b"message")


def test_a_source_may_say_that_it_does_not_know_yet():
    """Then a token of an unknown key is neither right nor wrong; no frame shows it."""  # JWT-16
    tokens = AccessTokens(KeyRing([ED]), clock=lambda: NOW)

    class Asking:
        follow = look = close = staticmethod(lambda *_: None)

        def miss(self):
            raise StoreUnavailableError("key set", "is being asked")

    tokens.follow(Asking())
    stranger = AccessTokens(KeyRing([THIRD]), clock=lambda: NOW).issue(subject="1")
    with pytest.raises(StoreUnavailableError, match="is being asked"):
        tokens.verify(stranger)
    assert tokens.verify(tokens.issue(subject="2")).subject == "2"


def test_closing_needs_no_source():
    """Tokens of fixed keys have nothing to end."""
    AccessTokens(KeyRing([ED])).close()
