"""The URL of a Redis: every form, and what is wrong said without a piece of the password."""

import pytest

from jwt_auth_core.database.redis_url import RedisUrl, parse
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.vocabulary import Secret

GOOD = {
    "redis://": RedisUrl("server", tls=False, hosts=(("localhost", 6379),)),
    "redis://example.com": RedisUrl("server", tls=False, hosts=(("example.com", 6379),)),
    "redis://127.0.0.1:7000/3": RedisUrl("server", tls=False, hosts=(("127.0.0.1", 7000),), db=3),
    "redis://h/?db=4": RedisUrl("server", tls=False, hosts=(("h", 6379),), db=4),
    "redis://[::1]:7000/0": RedisUrl("server", tls=False, hosts=(("::1", 7000),)),
    "redis://[::1]": RedisUrl("server", tls=False, hosts=(("::1", 6379),)),
    "redis://:p%40ss%2F%3A@h": RedisUrl("server", tls=False, hosts=(("h", 6379),), password=Secret("p@ss/:")),
    "redis://me:pw@h": RedisUrl(
        "server", tls=False, hosts=(("h", 6379),), username="me", password=Secret("pw")
    ),
    "rediss://h:6380?ssl_ca_certs=/ca.pem&ssl_check_hostname=false&ssl_cert_reqs=none": RedisUrl(
        "server",
        tls=True,
        hosts=(("h", 6380),),
        options={"ssl_ca_certs": "/ca.pem", "ssl_check_hostname": False, "ssl_cert_reqs": "none"},
    ),
    "unix:///run/redis.sock?db=2&username=me&password=pw": RedisUrl(
        "socket", tls=False, path="/run/redis.sock", db=2, username="me", password=Secret("pw")
    ),
    "redis+cluster://a:1,b,c:3": RedisUrl("cluster", tls=False, hosts=(("a", 1), ("b", 6379), ("c", 3))),
    "rediss+cluster://me:pw@a:1/0": RedisUrl(
        "cluster", tls=True, hosts=(("a", 1),), username="me", password=Secret("pw")
    ),
    "redis+sentinel://a:1,b/main/2?sentinel_password=sp&sentinel_username=su": RedisUrl(
        "sentinel",
        tls=False,
        hosts=(("a", 1), ("b", 26379)),
        service="main",
        db=2,
        options={"sentinel_password": Secret("sp"), "sentinel_username": "su"},
    ),
    "rediss+sentinel://a/main": RedisUrl("sentinel", tls=True, hosts=(("a", 26379),), service="main"),
    "redis://h?socket_timeout=2.5&max_connections=7&client_name=web": RedisUrl(
        "server",
        tls=False,
        hosts=(("h", 6379),),
        options={"socket_timeout": 2.5, "max_connections": 7, "client_name": "web"},
    ),
}
BAD = {
    "": "must begin with redis://",
    "http://h": "must begin with redis://",
    "REDIS://h": "must begin with redis://",
    "redis:h": "must begin with redis://",
    "redis://h:port": "must have a port",
    "redis://h:0": "must have a port",
    "redis://h:65536": "must have a port",
    "redis://h:٣": "must have a port",
    "redis://h:6379/zero": "number of a database",
    "redis://h:6379/-1": "number of a database",
    "redis://a:1,b:2": "use redis+cluster",
    "redis+cluster://a:1/1": "only number 0",
    "redis+sentinel://a:1": "must name the service",
    "redis+sentinel://a:1/main/x": "number of a database",
    "redis://h?nonsense=1": "unknown option; known are client_name",
    "redis://h?decode_responses=true": "unknown option",
    "redis://h?max_connections=many": "a value for max_connections",
    "redis://h?db=": "a value for db",
    "rediss://h?ssl_cert_reqs=perhaps": "a value for ssl_cert_reqs",
    "rediss://h?ssl_check_hostname=perhaps": "a value for ssl_check_hostname",
    "redis://[h]:1": "no IPv6 address",
    "redis://[::1:1": "no IPv6 address",
    "redis://:hunter2/x@h": "percent-encoded",
    "redis://:hunter2#x@h": "percent-encoded",
    "redis://:hunter2?x@h": "unknown option",
    "redis://:hunter2?db=@h": "a value for db",
    "redis://:12/hunter2@h": "percent-encoded",
    "redis://hunter2:x:y": "must have a port",
}


@pytest.mark.parametrize("url", GOOD)
def test_each_form_is_understood(url):
    """Server, socket, cluster and sentinels, with and without TLS."""
    assert parse(url) == GOOD[url]


@pytest.mark.parametrize("url", BAD)
def test_what_is_wrong_is_said_without_the_password(url):
    """One sentence names the problem; no piece of the URL is repeated."""
    # F-12
    with pytest.raises(SettingsError, match=BAD[url].replace("+", r"\+")) as caught:
        parse(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_passwords_stay_out_of_sight():
    """A parsed URL shows no password."""
    shown = repr(parse("redis+sentinel://me:hunter2@a/main?sentinel_password=hunter3"))
    assert "hunter" not in shown
