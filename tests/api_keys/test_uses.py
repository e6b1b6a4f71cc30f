"""Uses: written in the background, never on the way of a request, and of a store that is down later."""

import pytest

from jwt_auth_core.api_keys import uses
from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.api_keys.uses import Uses
from jwt_auth_core.errors import StoreUnavailableError

NOW = 1_800_000_000


class Store:
    """Keeps what is noted, unless it is down."""

    def __init__(self):
        self.noted = []
        self.is_down = False

    def note_uses(self, key_ids, *, now):
        """Keep it."""
        if self.is_down:
            raise StoreUnavailableError("database")
        self.noted.append((sorted(key_ids), now))


def key(name, last_used_at=None):
    """Return a key."""
    return ApiKey(
        key_id=name, user_id="u", name="n", scopes=frozenset(), created_at=0, last_used_at=last_used_at
    )


@pytest.fixture
def store():
    """Return a store."""
    return Store()


@pytest.fixture
def used(store, monkeypatch):
    """Return uses whose thread never comes."""
    monkeypatch.setattr(uses.Repeating, "start", lambda _self: True)
    made = Uses(store, lambda: NOW)
    yield made
    made.close()


def test_many_are_written_together(used, store):
    """Each once, however often it was used; then there is nothing to write."""
    for name in ("a", "b", "a"):
        used.note(key(name))
    used.write()
    used.write()
    assert store.noted == [(["a", "b"], NOW)]


def test_what_was_written_within_the_minute_is_not_again(used, store):
    """To the second."""
    used.note(key("a", NOW - 59))
    used.note(key("b", NOW - 60))
    used.write()
    assert store.noted == [(["b"], NOW)]


def test_what_a_store_does_not_take_waits(used, store):
    """It is written when the store answers again."""
    store.is_down = True
    used.note(key("a"))
    used.write()
    store.is_down = False
    used.write()
    assert store.noted == [(["a"], NOW)]


def test_so_many_wait_and_no_more(used, store, monkeypatch):
    """The others are noted at their next use."""
    monkeypatch.setattr(uses, "MOST_WAITING", 1)
    used.note(key("a"))
    used.note(key("b"))
    used.write()
    assert store.noted == [(["a"], NOW)]


def test_the_end_writes_what_waits(used, store):
    """A process that ends in peace loses nothing."""
    used.note(key("a"))
    used.close()
    assert store.noted == [(["a"], NOW)]
