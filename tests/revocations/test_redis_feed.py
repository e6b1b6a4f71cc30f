"""The stream in Redis: what it holds, who may use it, and what is noticed when it fails."""

from __future__ import annotations

import threading
import time

import pytest
import redis

from jwt_auth_core.database.redis import connect
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations.redis import ACL_RULES, STREAM, RedisFeed
from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded
from jwt_auth_core.revocations.sql import SqlLedger
from jwt_auth_core.sessions.redis import ACL_RULES as SESSION_RULES
from tests.revocations.parts import NOW, SID, USER, until

pytestmark = pytest.mark.servers

KEEP = 1020
ENDED = Recorded(EndedSession(SID), NOW)


@pytest.fixture
def ledger(tmp_path):
    """Return a ledger on SQLite."""
    database = SqliteDatabase(tmp_path / "ledger.sqlite3")
    migrate(database)
    yield SqlLedger(database, keep_seconds=KEEP)
    database.close()


@pytest.fixture
def make(ledger):
    """Return what makes a feed on a URL."""
    clients = []

    def on(url, keep_seconds=KEEP):
        clients.extend([connect(url), connect(url)])
        return RedisFeed(clients[-2], waiting=clients[-1], ledger=ledger, keep_seconds=keep_seconds)

    yield on
    for client in clients:
        client.close()


@pytest.fixture
def client(redis_url):
    """Return an operator's client."""
    with redis.Redis.from_url(redis_url, decode_responses=True) as made:
        yield made


def read_all(feed, place):
    """Return what came after a place."""
    return list(feed.read(place).revocations)


def test_an_entry_is_readable(make, redis_url, client):
    """An operator sees what was revoked: ids and times, no token."""
    feed = make(redis_url)
    feed.begin()
    feed.publish(ENDED)
    feed.publish(Recorded(CutOff(USER, NOW), NOW))
    entries = [fields for _, fields in client.xrange(STREAM)]
    assert entries == [{"begun": "1"}, {"session": SID}, {"user": USER, "before": str(NOW)}]


def test_an_operator_may_revoke_by_hand(make, redis_url, client):
    """One XADD is heard like any other."""
    feed = make(redis_url)
    place = feed.begin()
    client.xadd(STREAM, {"session": SID})
    assert read_all(feed, place) == [EndedSession(SID)]


@pytest.mark.parametrize(
    "fields", [{"x": "y"}, {"user": USER}, {"user": USER, "before": "soon"}, {"session ": "", "": SID}]
)
def test_what_is_no_revocation_is_passed_over(make, redis_url, client, fields):
    """Foreign entries stop nothing."""
    feed = make(redis_url)
    place = feed.begin()
    client.xadd(STREAM, fields)
    feed.publish(ENDED)
    assert read_all(feed, place) == [EndedSession(SID)]


def test_the_stream_is_bounded(make, redis_url, client):
    """Entries older than a token's life go with the next ones."""
    feed = make(redis_url)
    client.xadd(STREAM, {"session": "old"}, id="1000-1")
    for number in range(250):
        client.xadd(STREAM, {"session": str(number)}, id=f"2000-{number}")
    feed.publish(ENDED)
    assert client.xlen(STREAM) < 200  # whole nodes of a hundred are dropped


def test_trimming_what_was_read_is_no_gap(make, redis_url, client):
    """A reader that is up to date does not mind what goes behind it."""
    feed = make(redis_url)
    feed.publish(ENDED)
    place = feed.begin()
    client.xtrim(STREAM, maxlen=0, approximate=False)
    assert read_all(feed, place) == []
    feed.publish(ENDED)
    assert read_all(feed, place) == [EndedSession(SID)]


def test_trimming_what_was_not_read_is_a_gap(make, redis_url, client):
    """What went before it was read may have mattered."""
    feed = make(redis_url)
    place = feed.begin()
    feed.publish(ENDED)
    client.xtrim(STREAM, maxlen=0, approximate=False)
    assert feed.read(place) is None


def test_the_documented_user_suffices(make, redis_url, client):
    """The rules of both rooms are all that the user of the application needs."""
    # RED-1
    rules = f"on >one-for-the-tests {SESSION_RULES} {ACL_RULES}"
    client.execute_command("ACL", "SETUSER", "feeder", "reset", *rules.split())
    try:
        feed = make(redis_url.replace("redis://", "redis://feeder:one-for-the-tests@"))
        place = feed.begin()
        feed.publish(ENDED)
        assert read_all(feed, place) == [EndedSession(SID)]
        assert feed.wait(feed.begin(), threading.Event()) is None
    finally:
        client.execute_command("ACL", "DELUSER", "feeder")


def test_something_else_under_that_name_is_an_error(make, redis_url, client):
    """A key that is no stream is neither read nor overwritten."""
    client.set(STREAM, "mine")
    feed = make(redis_url)
    for call in (feed.begin, lambda: feed.publish(ENDED)):
        with pytest.raises(StoreUnavailableError):
            call()
    assert client.get(STREAM) == "mine"


def test_a_short_timeout_is_not_taken_for_silence(make, redis_url):
    """A read that blocks gives up before the socket does, and keeps its pace without one."""
    feed = make(f"{redis_url}?socket_timeout=0.2")

    def waited():
        started = time.monotonic()
        feed.wait(feed.begin(), threading.Event())
        return time.monotonic() - started

    assert any(waited() < 1 for _ in range(20))  # the best of many, where the machine is busy with others


def test_no_two_streams_have_an_entry_in_common(make, redis_url, client):
    """The ids of marks and entries have random parts: a stream that was lost is not taken for the next."""
    # F-07
    feed = make(redis_url)
    random_parts = set()
    for _ in range(10):
        client.delete(STREAM)
        feed.begin()
        feed.publish(ENDED)
        random_parts |= {entry.partition("-")[2] for entry, _ in client.xrange(STREAM)}
    assert len(random_parts) == 20
    assert "0" not in random_parts


def test_ids_go_on_behind_a_clock_that_was_ahead(make, redis_url, client):
    """What is published after a clock was set back is read as well."""
    feed = make(redis_url)
    place = feed.begin()
    client.xadd(STREAM, {"session": "another"}, id="9000000000000-281474976710655")
    feed.publish(ENDED)
    assert read_all(feed, place) == [EndedSession("another"), EndedSession(SID)]


def test_a_server_that_is_gone_is_unavailable(make, own_valkey, ledger):
    """Every call says so; what was to be published is in the ledger all the same."""
    feed = make(own_valkey.url)
    place = feed.begin()
    own_valkey.kill()
    for call in (feed.begin, lambda: feed.read(place), lambda: feed.publish(ENDED)):
        with pytest.raises(StoreUnavailableError):
            call()
    assert [one for page in ledger.since(NOW) for one in page] == [ENDED]


def test_a_restart_without_loss_is_no_gap(make, own_valkey):
    """With its append-only file on disk the stream goes on where it was, count and all."""
    # F-05
    feed = make(own_valkey.url)
    place = feed.begin()
    with redis.Redis.from_url(own_valkey.url) as client:
        client.config_set("appendfsync", "always")
        feed.publish(ENDED)
    own_valkey.kill()
    own_valkey.start()
    assert read_all(feed, place) == [EndedSession(SID)]


def test_an_older_file_is_a_gap(make, own_valkey):
    """A Redis that came back from before what was read is noticed."""
    # F-06
    feed = make(own_valkey.url)
    feed.begin()
    aof = own_valkey.directory / "appendonlydir"
    until(lambda: any(b"begun" in path.read_bytes() for path in aof.iterdir()))
    saved = {path: path.read_bytes() for path in aof.iterdir()}
    feed.publish(ENDED)
    place = feed.begin()
    own_valkey.kill()
    for path, content in saved.items():
        path.write_bytes(content)
    own_valkey.start()
    assert feed.read(place) is None
