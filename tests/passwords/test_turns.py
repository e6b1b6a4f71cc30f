"""Turns: of the threads that hash, so many at once as there is memory for, and in the end all."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jwt_auth_core import assemble
from jwt_auth_core.passwords import PasswordPolicy, Passwords
from jwt_auth_core.passwords.turns import Turns, cores
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_hasher
from tests.processes import in_children

PASSWORD = Secret("a long and quiet river")
SCRYPT = "scrypt:1024:8:1$salt$" + "0" * 128
LONG = 60.0


class Watched:
    """A real hasher that says how many hash at once, and can be held back."""

    def __init__(self):
        self.hasher, self.open, self.begun = cheap_hasher(), threading.Event(), threading.Semaphore(0)
        self.now, self.most, self._lock = 0, 0, threading.Lock()
        self.recognises, self.outdated = self.hasher.recognises, self.hasher.outdated

    def hash(self, password):
        return self._watching(self.hasher.hash, password)

    def verify(self, password, stored):
        return self._watching(self.hasher.verify, password, stored)

    def check(self, password):
        return self._watching(lambda: bool(password))

    def _watching(self, work, *arguments):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        assert self.open.wait(LONG)
        with self._lock:
            self.now -= 1
        return work(*arguments)


@pytest.fixture
def watched():
    """Return a hasher that is let go when the test is over."""
    one = Watched()
    yield one
    one.open.set()


def test_no_more_hash_at_once_than_have_a_turn(watched):
    """Whatever asks for it: new hashes, checks, decoys, hashes of other systems (PW-06)."""
    stored = cheap_hasher().hash(PASSWORD)
    passwords = Passwords(
        watched,
        PasswordPolicy.default(),
        foreign=lambda text: watched.check if text == SCRYPT else None,
        at_once=2,
    )
    work = [
        lambda: bool(passwords.hash(PASSWORD)),
        lambda: passwords.verify(PASSWORD, stored),
        lambda: not passwords.verify(PASSWORD, None),
        lambda: passwords.verify(PASSWORD, SCRYPT),
    ]
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(one) for one in work * 2]
        assert all(watched.begun.acquire(timeout=LONG) for _ in range(2))
        assert not watched.begun.acquire(timeout=0.05)
        watched.open.set()
        assert all(one.result(LONG) for one in asked)
    assert (watched.most, passwords.at_once) == (2, 2)


def test_a_hash_that_fails_gives_its_turn_back():
    """Or nobody could log in any more."""
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns:
            raise ZeroDivisionError


def test_a_child_has_turns_of_its_own():
    """Whoever held one at the fork is a thread of the parent (F-28)."""
    turns = Turns(1)
    with turns:

        def work(_number: int) -> None:
            with turns:
                pass

        assert in_children(1, work) == [0]


@pytest.mark.parametrize(("threads", "turns"), [("0", cores()), ("1", 1), ("256", cores())])
def test_the_settings_say_how_many(threads, turns):
    """One a core, unless there are to be fewer."""
    settings = Settings.from_env(
        {"JWT_KEY": "a key that only the tests of turns know", "HASH_THREADS": threads}
    )
    assert assemble.passwords(settings).at_once == turns


def test_nobody_counts_unless_told():
    """A hasher of an application's own knows itself what it takes."""
    assert Passwords(cheap_hasher(), PasswordPolicy.default()).at_once is None
