"""What is special about Redis: the hash, its size and its life, what it never holds, what it may do."""

import re
import threading
from dataclasses import replace
from importlib import resources

import pytest
import redis

from jwt_auth_core.database.redis import connect
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.rate_limits.rate import parse_rates
from jwt_auth_core.rate_limits.record_limit import RecordLimit
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.sessions.redis import ACL_RULES, RedisSessions
from jwt_auth_core.sessions.session import Verdict
from jwt_auth_core.vocabulary import Client
from tests.contracts.rigs import IDLE, LIFETIMES, MAX_AGE, USER, child, fresh, key_of, promoted
from tests.servers.cluster import until

pytestmark = pytest.mark.servers

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
CLIENT = Client("203.0.113.9", BROWSER)
CALL = re.compile(r"redis\.call\('(\w+)'(?:, (\w+))?")
METADATA = ("created", "auth", "methods", "addr", "agent", "agent2", "agent3", "agent4")


def test_a_session_takes_at_most_300_bytes(own_store):
    """Key, expiry and all fields but the metadata, as the server measures them."""

    def sizes():
        key = key_of(promoted(own_store, client=CLIENT).session_id)
        whole = own_store.client.memory_usage(key, samples=0)
        own_store.client.hdel(key, *METADATA)
        assert own_store.client.ttl(key) == IDLE
        return whole, own_store.client.memory_usage(key, samples=0)

    # The least of five: of fifty sessions the allocator gives one or two the next larger size, by chance.
    whole, bare = min(sizes() for _ in range(5))
    assert (bare <= 300, whole <= 500) == (True, True)


def test_what_is_counted_takes_at_most_32_bytes_more(own_store):
    """Where a key of its own would take 140; both are in the one hash."""

    def size():
        return own_store.client.memory_usage(key_of(promoted(own_store, client=CLIENT).session_id), samples=0)

    before = min(size() for _ in range(5))
    own_store.store = own_store.made(RecordLimit(Rule("refresh", parse_rates("150/5 minutes"))))
    assert 0 < min(size() for _ in range(5)) - before <= 32
    assert all(key.startswith(b"refresh:") for key in own_store.client.keys("*"))


def test_a_browsers_name_does_not_double_it(own_store):
    """The hash keeps its compact form, also for the longest user agent."""
    key = key_of(promoted(own_store, client=Client("2001:db8::1", BROWSER * 3)).session_id)
    assert own_store.client.object("ENCODING", key) == b"listpack"


def test_a_session_is_readable(own_store):
    """``hgetall`` shows what the session is."""
    token = promoted(own_store, client=CLIENT)
    found = own_store.client.hgetall(key_of(token.session_id))
    shown = {name.decode(): value.decode() for name, value in found.items()}
    assert (shown["uid"], shown["gen"], shown["addr"], shown["methods"]) == (USER, "1", "203.0.113.9", "pwd")
    assert int(shown["abs"]) - int(shown["created"]) == MAX_AGE
    assert own_store.client.keys("refresh:*") == [key_of(token.session_id).encode()]


def test_deleting_the_key_ends_the_session(own_store):
    """``del`` is a way to end one by hand."""
    token = promoted(own_store, client=CLIENT)
    own_store.client.delete(key_of(token.session_id))
    assert own_store.rotate(token) == [Verdict.UNKNOWN]


def test_the_key_lives_as_long_as_the_session(own_store):
    """Its expiry is the idle limit or the absolute end, whichever comes first."""
    # RF-10
    token = promoted(own_store, client=CLIENT)
    key = key_of(token.session_id)
    assert own_store.client.ttl(key) == IDLE
    own_store.clock.now += MAX_AGE - IDLE - 400
    own_store.restore(token.session_id, own_store.save(token.session_id))
    own_store.client.hset(key, "last", own_store.clock.now)
    own_store.clock.now += 600
    assert own_store.rotate(token) == [Verdict.OK]
    assert own_store.client.ttl(key) == IDLE - 200


def test_a_short_life_is_shorter_than_idling(redis_url):
    """Where the absolute end comes before the idle limit, the first key says so already."""
    # RF-10
    client = connect(redis_url)
    new, _ = fresh()
    RedisSessions(client, idle_seconds=500, max_age_seconds=100).open(new)
    assert client.ttl(key_of(new.session_id)) == 100
    client.close()


@pytest.mark.parametrize("kill", ["end", "reuse"])
def test_a_tombstone_lives_to_the_absolute_end(own_store, kill):
    """It holds nothing but the owner, the reason and the times."""
    token = promoted(own_store, client=CLIENT)
    own_store.clock.now += 100
    if kill == "end":
        own_store.store.end(token.session_id, "reuse")
    else:
        assert own_store.rotate(replace(token, generation=0, digest=bytes(32))) == [Verdict.REUSE]
    key = key_of(token.session_id)
    assert set(own_store.client.hgetall(key)) == {b"uid", b"abs", b"rev", b"at"}
    assert own_store.client.ttl(key) == MAX_AGE - 100


def test_the_servers_time_counts(redis_url):
    """Without a clock of our own, sessions live by the server's."""
    # F-22
    client = connect(redis_url)
    store = RedisSessions(client, **LIFETIMES)
    new, first = fresh()
    (seconds, _) = client.time()
    session = store.open(new)
    assert 0 <= session.created_at - seconds <= 5
    (rotation,) = store.rotate([first])
    assert rotation.life == store.find(new.session_id).life
    store.end(new.session_id, "logout")
    assert store.find(new.session_id) is None
    client.close()


def test_a_key_that_is_gone_is_unknown(redis_url):
    """Redis itself drops what idled too long."""
    # RF-10
    client = connect(redis_url)
    store = RedisSessions(client, idle_seconds=1, max_age_seconds=1)
    new, first = fresh()
    store.open(new)
    until(lambda: client.exists(key_of(first.session_id)) == 0)
    (rotation,) = store.rotate([first])
    assert rotation.verdict is Verdict.UNKNOWN
    client.close()


@pytest.mark.parametrize(
    "refuse", ["-eval -evalsha", "resetkeys ~other:*", "-hset -hmget", "-hgetall", "-ping"]
)
def test_the_check_finds_missing_rights(own_valkey, refuse):
    """What the user may not do is found at start, not at the first refresh."""
    # F-12
    with redis.Redis.from_url(own_valkey.url) as admin:
        rules = [*ACL_RULES.split(), *refuse.split()]
        admin.execute_command("ACL", "SETUSER", "jwt-auth", "on", ">a-password", *rules)
    client = connect(own_valkey.url.replace("//", "//jwt-auth:a-password@"))
    with pytest.raises(StoreUnavailableError, match=r"does not let this user|refuses") as caught:
        RedisSessions(client, **LIFETIMES).check()
    assert "a-password" not in str(caught.value)
    client.close()


def test_a_forgotten_script_is_told_again(own_store):
    """After SCRIPT FLUSH, also between two batches, nobody notices."""
    # F-09, RF-06
    token = promoted(own_store, client=CLIENT)
    own_store.store.end(promoted(own_store, client=CLIENT).session_id, "logout")
    own_store.client.script_flush()
    batch = [token] * 3
    assert own_store.rotate(*batch) == [Verdict.OK] * 3
    own_store.client.script_flush()
    own_store.store.end(token.session_id, "logout")
    own_store.client.script_flush()
    assert own_store.rotate(token) == [Verdict.REVOKED]
    own_store.client.script_flush()
    assert own_store.find(own_store.open()) is not None


def test_scripts_are_flushed_while_batches_run(redis_url, own_store):
    """Whoever empties the script cache all the time disturbs no batch."""
    # F-09
    token, stop = promoted(own_store, client=CLIENT), threading.Event()

    def flush():
        with redis.Redis.from_url(redis_url) as other:
            while not stop.is_set():
                other.script_flush()

    thread = threading.Thread(target=flush)
    thread.start()
    try:
        for _ in range(50):
            assert own_store.rotate(*[token] * 64) == [Verdict.OK] * 64
    finally:
        stop.set()
        thread.join(60)


def test_one_broken_record_spoils_no_other(own_store):
    """A key that somebody overwrote is refused alone, without knowledge of what it was."""
    good, bad = promoted(own_store, client=CLIENT), promoted(own_store, client=CLIENT)
    own_store.client.set(key_of(bad.session_id), "somebody else's")
    assert own_store.rotate(good, bad, good) == [Verdict.OK, Verdict.UNAVAILABLE, Verdict.OK]
    with pytest.raises(StoreUnavailableError, match="refuses a command"):
        own_store.rotate(bad)


def test_without_memory_nothing_changes(own_valkey):
    """A server that is full refuses writes as a whole: no state moves, reads go on."""
    # F-10
    client = connect(own_valkey.url)
    store = RedisSessions(client, **LIFETIMES)
    new, first = fresh()
    store.open(new)
    store.rotate([first])
    before = client.hgetall(key_of(first.session_id))
    client.config_set("maxmemory", "1mb")
    for token in (first, child(first), replace(first, digest=bytes(32), parent=bytes(32))):
        with pytest.raises(StoreUnavailableError, match="out of memory"):
            store.rotate([token])
    for call in (lambda: store.end(first.session_id, "logout"), lambda: store.open(fresh()[0])):
        with pytest.raises(StoreUnavailableError, match="out of memory"):
            call()
    assert client.hgetall(key_of(first.session_id)) == before
    assert store.find(first.session_id) is not None
    client.config_set("maxmemory", "0")
    assert [one.verdict for one in store.rotate([child(first)])] == [Verdict.OK]
    client.close()


def test_the_work_is_constant(own_store):
    """After a thousand refreshes a session is as large as after two (I8)."""
    token = promoted(own_store, client=CLIENT)
    key = key_of(token.session_id)
    size = own_store.client.memory_usage(key, samples=0)
    for _ in range(1000):
        token = child(token)
        assert own_store.rotate(token) == [Verdict.OK]
    assert own_store.client.memory_usage(key, samples=0) - size <= 16
    assert own_store.client.dbsize() == 1


def test_scripts_touch_only_their_key():
    """Each command of each script names the one declared key, or none (I8)."""
    # RED-1
    folder = resources.files("jwt_auth_core.sessions")
    texts = [one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".lua")]
    calls = [CALL.findall(text) for text in texts]
    assert len(texts) == 4
    assert {what for found in calls for command, what in found if command != "TIME"} == {"key"}
    assert all(text.count("KEYS[") == 2 for text in texts)  # in the first comment, and where it is named
