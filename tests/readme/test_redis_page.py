"""``docs/redis.md``: what it gives to a server or the parser, on Valkey and the oldest supported Redis."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest
import redis

from jwt_auth_core.database.checks.redis import check
from jwt_auth_core.database.redis import connect
from jwt_auth_core.database.redis_url import parse
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.one_time.redis import ACL_RULES as TICKET_RULES
from jwt_auth_core.one_time.redis import RedisCodes
from jwt_auth_core.rate_limits.redis import ACL_RULES as LIMIT_RULES
from jwt_auth_core.revocations.redis import ACL_RULES as FEED_RULES
from jwt_auth_core.revocations.redis import RedisFeed
from jwt_auth_core.revocations.revocation import EndedSession, Recorded
from jwt_auth_core.revocations.sql import SqlLedger
from jwt_auth_core.sessions.redis import ACL_RULES as SESSION_RULES
from jwt_auth_core.sessions.redis import RedisSessions
from jwt_auth_core.sessions.session import Verdict
from jwt_auth_core.vocabulary import Client
from tests.contracts.rigs import LIFETIMES, child, fresh, key_of
from tests.house.sources import ROOT
from tests.servers.authority import Authority
from tests.servers.valkey import Valkey, redis_binary

PAGE = (ROOT / "docs" / "redis.md").read_text("utf-8")
USER, NAMED = (line for line in PAGE.splitlines() if line.startswith("ACL SETUSER "))
"""The user, and the right to tell the driver's name."""
URLS = re.findall(r"`((?:redis|rediss|unix)(?:\+\w+)?://[^`]+)`", PAGE)
OPTIONS = re.findall(r"`(\w+)[^`]*`", PAGE[PAGE.index("Options follow") : PAGE.index("With TLS the")])
VALUES = {"max_connections": "7", "socket_timeout": "2.5", "socket_connect_timeout": "2.5"}
VALUES |= {"ssl_cert_reqs": "none", "ssl_check_hostname": "no"}
BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
DESCRIBES = ("created", "auth", "methods", "addr", "agent", "agent2", "agent3", "agent4")
"""What the page's size is told without."""


@pytest.fixture(scope="module", params=["valkey", "redis"])
def server(request, tmp_path_factory) -> Iterator[Valkey]:
    """Return a server of each kind."""
    program = redis_binary() if request.param == "redis" else None
    if request.param == "redis" and program is None:
        pytest.skip("no redis-server is installed")
    chosen = {"program": program} if program else {}
    running = Valkey(tmp_path_factory.mktemp(request.param), **chosen).start()
    yield running
    running.kill()


@pytest.fixture
def admin(server) -> Iterator[redis.Redis]:
    """Return who may do everything; the page's user is made by its first line alone."""
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
        client.execute_command("ACL", "DELUSER", "jwt-auth")
        client.execute_command(*USER.split())
        yield client


@pytest.fixture
def client(admin):
    """Return what connects as the page's user, with options of the URL."""
    port = admin.connection_pool.connection_kwargs["port"]
    with ExitStack() as stack:

        def connected(options=""):
            url = f"redis://jwt-auth:password@127.0.0.1:{port}{options}"
            return stack.enter_context(closing(connect(url)))

        yield connected


@pytest.mark.parametrize("url", URLS)
def test_every_url_of_the_page_is_read(url):
    """Each form is taken as it stands, with and without TLS."""
    assert parse(url).tls is url.startswith("rediss")


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_of_the_page_is_taken(option):
    """Each has its name in the URL, and the driver takes it under it."""
    read = parse(f"rediss://h?{option}={VALUES.get(option, 'text')}")
    assert option in read.options
    form = "redis+sentinel://h/main" if option.startswith("sentinel") else "rediss://h"
    connect(f"{form}?{option}={VALUES.get(option, 'text')}").close()


def test_the_timeouts_of_the_page():
    """Both are a second unless the URL says otherwise."""
    assert "(seconds, 1 by default)" in PAGE
    for option in ("socket_timeout", "socket_connect_timeout"):
        for url, seconds in (("redis://h", 1), (f"redis://h?{option}=2.5", 2.5)):
            with closing(connect(url)) as client:
                assert client.connection_pool.connection_kwargs[option] == seconds


@pytest.mark.servers
@pytest.mark.parametrize(
    ("options", "is_let_in"),
    [
        ("", False),
        ("?ssl_ca_certs={0}/authority.pem", False),
        ("?ssl_ca_certs={0}/authority.pem&ssl_check_hostname=no", True),
        ("?ssl_check_hostname=no", False),
        ("?ssl_cert_reqs=none", True),
    ],
)
def test_what_tls_verifies(redis_server, proxy_to, tmp_path, options, is_let_in):
    """The certificate and the host's name, unless the options say otherwise."""
    port = parse(redis_server).hosts[0][1]
    proxy = proxy_to(port, tls=Authority(tmp_path).server("redis.example"))
    with closing(connect(f"rediss://127.0.0.1:{proxy.port}{options.format(tmp_path)}")) as client:
        if is_let_in:
            check(client)
            return
        with pytest.raises(StoreUnavailableError, match="its certificate is not trusted"):
            check(client)


@pytest.mark.servers
def test_a_certificate_of_our_own_is_shown(redis_server, proxy_to, tmp_path):
    """A server that asks for one gets that of `ssl_certfile` and `ssl_keyfile`."""
    authority = Authority(tmp_path)
    authority.server("client")
    context = authority.server("localhost")
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    proxy = proxy_to(parse(redis_server).hosts[0][1], tls=context)
    url = f"rediss://localhost:{proxy.port}?ssl_ca_certs={authority.path}"
    own = f"&ssl_certfile={tmp_path}/client.pem&ssl_keyfile={tmp_path}/client.pem"
    with closing(connect(url)) as nobody, pytest.raises(StoreUnavailableError, match="cannot be reached"):
        check(nobody)
    with closing(connect(url + own)) as client:
        check(client)


def test_the_page_gives_every_right():
    """What the parts say that they need is in the user's line, and nothing else is."""
    # RED-1
    parts = (SESSION_RULES, FEED_RULES, TICKET_RULES, LIMIT_RULES)
    needed = {word for rules in parts for word in rules.split()}
    assert needed == {*USER.split()} - {"ACL", "SETUSER", "jwt-auth", "on", ">password"}


@pytest.mark.servers
def test_the_user_of_the_page_keeps_sessions(client):
    """It is checked, opens, exchanges, finds and ends; a batch with a double among them, too."""
    # RED-1
    store = RedisSessions(client(), **LIFETIMES)
    check(client())
    store.check()
    new, first = fresh()
    store.open(new)
    newer = child(first)
    found = [rotation.verdict for rotation in store.rotate([first, newer, first])]
    assert found[:2] == [Verdict.OK, Verdict.OK]
    assert store.find(first.session_id) is not None
    store.end(first.session_id, "logout")
    assert [rotation.verdict for rotation in store.rotate([newer])] == [Verdict.REVOKED]


@pytest.mark.servers
def test_the_user_of_the_page_keeps_tickets(admin, client):
    """A ticket is under its documented key for 30 seconds, and redeemed once."""
    tickets = RedisCodes(client())
    tickets.keep("digest", "kept", seconds=30)
    assert admin.ttl("ticket:digest") == 30
    assert [tickets.redeem(["digest"]), tickets.redeem(["digest"])] == [["kept"], [None]]
    assert tickets.redeem([]) == []


@pytest.mark.servers
def test_the_user_of_the_page_announces_revocations(client):
    """What one process publishes the reader of another gets."""
    ended = EndedSession(fresh()[1].session_id)
    with closing(SqliteDatabase(":memory:")) as database:
        migrate(database)
        ledger = SqlLedger(database, keep_seconds=60)
        feed = RedisFeed(client(), waiting=client(), ledger=ledger, keep_seconds=60)
        place = feed.begin()
        feed.publish(Recorded(ended, at=int(time.time())))
        feed.wait(place, ended=threading.Event())
        found = feed.read(place)
    assert found is not None
    assert list(found.revocations) == [ended]


@pytest.mark.servers
def test_the_user_of_the_page_may_nothing_else(client):
    """Other keys, other commands and other channels are refused."""
    for words in ("GET x", "HGETALL other", "FLUSHALL", "KEYS *", "CONFIG GET *", "PUBLISH x y", "ACL LIST"):
        with pytest.raises(redis.exceptions.NoPermissionError):
            client().execute_command(*words.split())


@pytest.mark.servers
def test_a_name_of_the_client_needs_its_right(admin, client):
    """`client_name` is refused until `+client|setname` is given, as the page says."""
    with pytest.raises(StoreUnavailableError):
        check(client("?client_name=shop"))
    admin.execute_command("ACL", "SETUSER", "jwt-auth", "+client|setname")
    check(client("?client_name=shop"))


@pytest.mark.servers
def test_the_drivers_name_needs_its_right(admin, client):
    """The page's second line ends the entries in `ACL LOG`; Redis 7.0 refuses it, and makes none."""
    admin.execute_command("ACL", "LOG", "RESET")
    check(client())
    knows = any(entry["object"] == "client|setinfo" for entry in admin.acl_log())
    assert knows == ("lib-name" in admin.client_info())
    if not knows:
        with pytest.raises(redis.exceptions.ResponseError, match="Unknown command"):
            admin.execute_command(*NAMED.split())
        return
    admin.execute_command(*NAMED.split())
    admin.execute_command("ACL", "LOG", "RESET")
    check(client())
    assert admin.acl_log() == []


@pytest.mark.servers
def test_the_fields_of_the_page(admin, client):
    """Its table holds what a session's hash holds, living and ended."""
    cells = re.findall(r"^\| (`.*?) \|", PAGE[PAGE.index("| field |") :], re.MULTILINE)
    documented = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    store, key = browsed(client())
    living = {name.decode() for name in admin.hgetall(key)}
    store.end(key.removeprefix("refresh:{").removesuffix("}"), "logout")
    ended = {name.decode() for name in admin.hgetall(key)}
    assert {re.sub(r"^agent[3-9]$", "agent2", name) for name in living | ended} == documented
    assert ended == {"uid", "abs", "rev", "at"}


@pytest.mark.servers
def test_the_sizes_of_the_page(admin, client):
    """A session takes what the page says, without what describes the client and with it."""
    is_valkey = "valkey_version" in admin.info("server")
    form = r"(\d+) bytes in Valkey 9 [^()]* about (\d+) " if is_valkey else r"(\d+) and (\d+) in Redis 7\.0"
    ((bare, whole),) = re.findall(form, PAGE)
    # The least of five: of fifty sessions the allocator gives one or two the next larger size, by chance.
    found = min(sizes(admin, client()) for _ in range(5))
    assert found == (pytest.approx(int(whole), rel=0.05), pytest.approx(int(bare), rel=0.05))


@pytest.mark.servers
def test_how_the_page_runs_it(admin, caplog):
    """Both kinds take its settings; with them nothing is warned of."""
    for words in ("maxmemory-policy noeviction", "appendonly yes"):
        assert f"* `{words}`" in PAGE
        admin.config_set(*words.split())
    assert "`appendfsync everysec`" in PAGE
    admin.config_set("appendfsync", "everysec")
    check(admin)
    assert [one for one in caplog.records if one.name == "jwt_auth.redis"] == []


def sizes(admin, client):
    """Return what the server says that a session takes, and what it takes without its description."""
    _, key = browsed(client)
    whole = admin.memory_usage(key, samples=0)
    admin.hdel(key, *DESCRIBES)
    return whole, admin.memory_usage(key, samples=0)


def browsed(client):
    """Return a store and the key of a session in mid-life that a browser opened."""
    store = RedisSessions(client, **LIFETIMES)
    new, first = fresh()
    store.open(replace(new, client=Client("203.0.113.9", BROWSER)))
    newer = child(first)
    store.rotate([first])
    store.rotate([newer])
    return store, key_of(first.session_id)
