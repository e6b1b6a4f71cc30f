"""Limits in Redis: what a key takes, and what happens to a request whose answer is lost."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.redis import connect
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.rate_limits import Rule, Take, parse_rates
from jwt_auth_core.rate_limits.redis import ACL_RULES, RedisLimits
from tests.servers.proxy import cutting
from tests.servers.valkey import Valkey

pytestmark = pytest.mark.servers

LOGIN = Rule("login", parse_rates("10/day"), group="login")
DIGEST = "0123456789abcdefABCDEF"


@pytest.fixture
def client(redis_url):
    """Return a client of an empty server."""
    made = connect(redis_url)
    yield made
    made.close()


def test_a_key_is_small(client):
    """At most 150 bytes for a rule and an address, and it goes when the bucket is full again."""
    RedisLimits(client).take([Take(LOGIN, DIGEST)])
    (key,) = client.scan_iter("*")
    assert key == b"limit:login:10/86400:{login}" + DIGEST.encode()
    assert client.memory_usage(key) <= 150
    assert 8_000_000 < client.pttl(key) <= 8_640_000


def test_a_bucket_that_is_full_is_no_key(client):
    """Neither a look nor what was given back leaves one."""
    store = RedisLimits(client)
    store.take([Take(LOGIN, DIGEST, 0)])
    (verdict,) = store.take([Take(LOGIN, DIGEST)])
    store.give_back([verdict.taken])
    assert list(client.scan_iter("*")) == []


def test_an_answer_that_is_lost_counts_once(own_valkey, proxy_to):
    """Nobody sends the request again; who asked is told that nobody knows."""
    proxy = proxy_to(own_valkey.port)
    client = connect(f"redis://127.0.0.1:{proxy.port}/0")
    store = RedisLimits(client)
    assert store.take([Take(LOGIN, DIGEST)])[0].remaining == 9
    proxy.reply = cutting
    with pytest.raises(StoreUnavailableError):
        store.take([Take(LOGIN, DIGEST)])
    proxy.heal()
    assert store.take([Take(LOGIN, DIGEST, 0)])[0].remaining == 8
    client.close()


def test_a_script_that_the_server_forgot_counts_once(client):
    """It is told the script again, once."""
    store = RedisLimits(client)
    for remaining in (9, 8):
        client.script_flush()
        assert store.take([Take(LOGIN, DIGEST)])[0].remaining == remaining


def test_a_killed_server_is_unavailable_and_comes_back(own_valkey):
    """Killed outright in between: the counts come back with its append-only file."""
    client = connect(own_valkey.url)
    store = RedisLimits(client)
    store.take([Take(LOGIN, DIGEST, 10)])
    client.execute_command("CONFIG", "SET", "appendfsync", "always")
    store.take([Take(LOGIN, "another", 10)])
    own_valkey.kill()
    with pytest.raises(StoreUnavailableError):
        store.take([Take(LOGIN, DIGEST)])
    own_valkey.start()
    assert not store.take([Take(LOGIN, "another")])[0].allowed
    client.close()


def test_the_user_needs_no_more_than_is_documented(tmp_path):
    """With the rules of the documentation everything goes, and another's key does not."""
    server = Valkey(tmp_path / "acl").start()
    admin = connect(server.url)
    admin.execute_command(
        "ACL", "SETUSER", "limits", "on", ">secret", "resetchannels", "-@all", *ACL_RULES.split()
    )
    client = connect(server.url.replace("//", "//limits:secret@"))
    store = RedisLimits(client)
    (verdict,) = store.take([Take(LOGIN, DIGEST)])
    store.give_back([verdict.taken])
    store.forget([Take(LOGIN, DIGEST)])
    with pytest.raises(Exception, match="permission"):
        client.get("refresh:1")
    for one in (client, admin):
        one.close()
    server.kill()
