"""The memory of the edge: warm for a second, asked on a revocation, and out of the reach of strangers."""

import asyncio
import threading
from hashlib import sha256
from types import SimpleNamespace

import pytest

from jwt_auth_asgi.identity import api_keys
from jwt_auth_asgi.identity.api_keys import ApiKeys, UnreadKeyError
from jwt_auth_core.api_keys.key_text import digest_of, new_key
from jwt_auth_core.errors import OverloadedError, StoreUnavailableError, TokenInvalidError
from jwt_auth_core.tokens.claims import Claims
from tests.asgi.drive import http_scope


class Keys:
    """What keys are good for; counts who is looked up, and may be down or slow."""

    def __init__(self):
        self.good, self.asked = {}, []
        self.is_down = False
        self.gate = threading.Event()
        self.gate.set()

    def new(self):
        """Return a good key."""
        key = new_key().reveal().encode()
        self.good[digest_of(key.decode())] = Claims("u", frozenset({"a"}), key.decode()[:8], "key_1", 0, 900)
        return key

    def end(self, key):
        """Have a key be none."""
        del self.good[digest_of(key.decode())]

    def verify(self, digests):
        """Answer as the use case does."""
        self.gate.wait()
        self.asked.append(list(digests))
        if self.is_down:
            raise StoreUnavailableError("database")
        return [self.good.get(one) or TokenInvalidError("no such API key") for one in digests]


class Ground:
    """Keys, a memory of them on a clock that the test holds, and sessions that were ended."""

    def __init__(self, **named):
        self.keys, self.now, self.time, self.ended = Keys(), 1000.0, 0.0, set()
        tokens = SimpleNamespace(now=lambda: self.time)
        settings = SimpleNamespace(trusted_proxy_count=0)
        auth = SimpleNamespace(api_keys=self.keys, tokens=tokens, settings=settings)
        self.memory = ApiKeys(auth, self.check, clock=lambda: self.now, **named)

    def check(self, claims):
        """Refuse what was ended."""
        if claims.session_id in self.ended:
            raise TokenInvalidError("revoked")

    def is_warm(self, key):
        """Tell whether memory answers by itself."""
        try:
            self.memory.of_token(key)
        except UnreadKeyError:
            return False
        return True

    def ask(self, *keys):
        """Look keys up at once; return the answers, errors among them."""

        async def all_at_once():
            looks = (self.memory.look_up(key, http_scope(client=("198.51.100.7", 1))) for key in keys)
            return await asyncio.gather(*looks, return_exceptions=True)

        return asyncio.run(all_at_once())


@pytest.fixture
def ground():
    """Return new ones."""
    return Ground()


@pytest.fixture
def key(ground):
    """Return a key that was looked up just now."""
    made = ground.keys.new()
    ground.ask(made)
    return made


def test_a_key_is_looked_up_once(ground, key):
    """Then memory knows it, and who has it."""
    user = ground.memory.of_token(key)
    assert (user.kind, user.identity, user.key_id) == ("api_key", "u", "key_1")
    assert len(ground.keys.asked) == 1


def test_after_a_second_it_is_asked_for_again(ground, key):
    """So whatever its owner lost is lost to it."""
    ground.now += 0.89
    assert ground.is_warm(key)
    ground.now += 0.01
    assert not ground.is_warm(key)


def test_the_second_begins_with_the_question(ground):
    """What changed while the store took its time is not waited for any longer."""
    made = ground.keys.new()
    verify = ground.keys.verify
    ground.keys.verify = None

    def slow(digests):
        ground.now += 1
        return verify(digests)

    ground.memory._verify = slow
    ground.ask(made)
    assert not ground.is_warm(made)


def test_a_key_that_is_over_is_asked_for_again(ground, key):
    """At once, by the time that tokens are judged by; nor does whoever waited take what was said before."""
    ground.time = 899.9
    assert ground.is_warm(key)
    ground.time = 900.0
    assert not ground.is_warm(key)
    ground.keys.end(key)
    mark = sha256(key).digest()
    with pytest.raises(TokenInvalidError):
        ground.memory._first(digest_of(key.decode()), mark)


def test_a_revocation_that_concerns_it_makes_it_ask(ground, key):
    """Its own, or one of its owner's sessions: then it may be good all the same."""
    ground.ended.add(key.decode()[:8])
    assert not ground.is_warm(key)


def test_a_revoked_key_is_refused(ground, key):
    """Once by the store, and then by memory."""
    ground.keys.end(key)
    ground.now += 1
    (answer,) = ground.ask(key)
    assert isinstance(answer, TokenInvalidError)
    with pytest.raises(TokenInvalidError):
        ground.memory.of_token(key)


def test_what_has_no_form_of_a_key_asks_nobody(ground):
    """A wrong check digit is seen without a look-up."""
    key = ground.keys.new()
    with pytest.raises(TokenInvalidError):
        ground.memory.of_token(key[:-1] + (b"0" if key[-1:] != b"0" else b"1"))
    assert ground.keys.asked == []


def test_a_store_that_is_down_is_no_refusal(ground, key):
    """Of a key that was good as of one that nobody knows; it is asked again for the next request."""
    ground.keys.is_down = True
    ground.now += 1
    answers = ground.ask(key, ground.keys.new())
    assert all(isinstance(answer, StoreUnavailableError) for answer in answers)
    ground.keys.is_down = False
    (answer,) = ground.ask(key)
    assert answer.kind == "api_key"


def test_good_keys_are_renewed_together(ground):
    """In one question, however many there are."""
    keys = [ground.keys.new() for _ in range(20)]
    ground.ask(*keys)
    ground.now += 1
    ground.keys.asked.clear()
    ground.ask(*keys)
    assert [len(digests) for digests in ground.keys.asked] == [20]


def test_many_first_requests_of_one_key_are_few_questions(ground):
    """Whoever waited behind another takes its answer: at most as many ask as look up at once."""
    answers = ground.ask(*[ground.keys.new()] * 50)
    assert all(answer.identity == "u" for answer in answers)
    answers = ground.ask(*[new_key().reveal().encode()] * 50)
    assert all(isinstance(answer, TokenInvalidError) for answer in answers)
    assert len(ground.keys.asked) <= 2 * api_keys.LOOK_UPS_AT_ONCE


def test_strangers_flush_no_good_key(ground, key, monkeypatch):
    """Bad ones are remembered apart, and not without end."""
    monkeypatch.setattr(api_keys, "MOST_KNOWN", 4)
    ground.ask(*[new_key().reveal().encode() for _ in range(20)])
    assert ground.is_warm(key)
    assert len(ground.memory._bad) == 4


def test_so_many_good_keys_are_remembered(ground, monkeypatch):
    """The one that was renewed last stays; the others are looked up again."""
    monkeypatch.setattr(api_keys, "MOST_KNOWN", 2)
    keys = [ground.keys.new() for _ in range(3)]
    for made in keys:
        ground.ask(made)
    assert [ground.is_warm(made) for made in keys] == [False, True, True]


async def test_a_flood_of_strangers_holds_up_no_known_key(ground, monkeypatch):
    """While they fill the queue, a key in use is renewed, and the rest of them hear that it is full."""
    made, strangers = ground.keys.new(), [new_key().reveal().encode() for _ in range(300)]
    scope = http_scope(client=("203.0.113.9", 1))
    await ground.memory.look_up(made, scope)
    ground.now += 1
    verify, closed = ground.keys.verify, threading.Event()

    def held(digests):
        closed.wait()
        return verify(digests)

    monkeypatch.setattr(ground.memory, "_verify", held)
    flood = [asyncio.ensure_future(ground.memory.look_up(one, scope)) for one in strangers]
    await asyncio.sleep(0)
    assert (await ground.memory.look_up(made, scope)).identity == "u"
    closed.set()
    answers = await asyncio.gather(*flood, return_exceptions=True)
    most = api_keys.LOOK_UPS_WAITING + api_keys.LOOK_UPS_AT_ONCE
    assert sum(isinstance(answer, OverloadedError) for answer in answers) == 300 - most
    assert sum(isinstance(answer, TokenInvalidError) for answer in answers) == most


def test_where_each_request_asks_nothing_is_warm():
    """With REVOCATION_CHECK=always."""
    ground = Ground(fresh_seconds=0.0)
    made = ground.keys.new()
    ground.ask(made)
    assert not ground.is_warm(made)
