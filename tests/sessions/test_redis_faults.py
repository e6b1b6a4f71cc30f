"""Redis at its worst: nobody is logged out, nobody gets a token that is not theirs."""

import signal
import threading
import time

import pytest
from redis.connection import Connection

from jwt_auth_core.database.circuits.redis import circuit_of
from jwt_auth_core.database.redis import connect
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.rate_limits.rate import parse_rates
from jwt_auth_core.rate_limits.record_limit import RecordLimit
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.sessions.redis import RedisSessions
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import LIFETIMES, RedisRig, WiresRig, child, fresh, promoted
from tests.faults.proxy import Cut, proxied
from tests.keys.made import wait_for
from tests.servers.proxy import cutting, halving

pytestmark = pytest.mark.servers
TIMEOUT_SECONDS = 1.0
FAKES = [
    "LOADING Redis is loading the dataset in memory",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "CLUSTERDOWN Hash slot not served",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "READONLY You can't write against a read only replica.",
    "MISCONF Valkey is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    "BUSY Valkey is busy running a script.",
    "NOREPLICAS Not enough good replicas to write.",
    "NOAUTH Authentication required.",
    "ERR unknown command",
    "NOSCRIPT No matching script.",
]


@pytest.fixture
def faulty(own_valkey, proxy_to):
    """Return a rig whose server is behind a proxy, the proxy, and the server."""
    proxy = proxy_to(own_valkey.port)
    rig = RedisRig(f"redis://127.0.0.1:{proxy.port}?socket_timeout={TIMEOUT_SECONDS}")
    yield rig, proxy, own_valkey
    rig.client.close()


def unavailable(rig, *tokens):
    """Say that a batch fails as a whole."""
    with pytest.raises(StoreUnavailableError):
        rig.rotate(*tokens)


def heard_again(rig):
    """Wait until a server that kept silent is asked again."""
    wait_for(lambda: not circuit_of(rig.client).is_open)


@pytest.mark.parametrize("half", [cutting, halving], ids=["before", "half way"])
def test_a_request_that_never_arrives(faulty, half):
    """Cut before the script was sent whole: the same token works afterwards (I10)."""
    # F-01
    rig, proxy, _ = faulty
    token = promoted(rig)
    before = rig.lineage(token.session_id)
    proxy.request = half
    unavailable(rig, child(token))
    proxy.heal()
    assert rig.lineage(token.session_id) == before
    assert rig.rotate(token) == [Verdict.OK]


@pytest.mark.parametrize("half", [cutting, halving], ids=["whole", "half"])
def test_a_reply_that_is_lost(faulty, half):
    """Cut after the script ran: the retry of the same token is ok, and changes nothing more."""
    # F-02, RF-02
    rig, proxy, _ = faulty
    token = child(promoted(rig))
    proxy.reply = half
    unavailable(rig, token, token)
    proxy.heal()
    once = rig.lineage(token.session_id)
    assert once.current == token.digest
    assert rig.rotate(token) == [Verdict.OK]
    assert rig.lineage(token.session_id) == once


def test_a_lost_reply_to_a_login(faulty):
    """Opening again after a lost reply gives the same session."""
    # F-02
    rig, proxy, _ = faulty
    new, first = fresh()
    rig.rotate(first)
    proxy.reply = cutting
    with pytest.raises(StoreUnavailableError):
        rig.store.open(new)
    proxy.heal()
    assert rig.store.open(new) == rig.find(first)


@pytest.mark.parametrize("method", ["find", "end", "check"])
def test_every_call_says_that_it_failed(faulty, method):
    """No call of the store raises anything of the driver's."""
    rig, proxy, _ = faulty
    arguments = {"find": [promoted(rig).session_id], "end": [promoted(rig).session_id, "logout"], "check": []}
    proxy.reply = cutting
    with pytest.raises(StoreUnavailableError):
        getattr(rig.store, method)(*arguments[method])


def test_a_late_reply_is_read_by_nobody(faulty):
    """A reply that comes after the timeout is thrown away with its connection."""
    # F-03, RED-3
    rig, proxy, _ = faulty
    mine, yours = promoted(rig, user_id="me"), promoted(rig, user_id="you")
    late = threading.Event()
    proxy.reply = lambda data: data * late.wait(10)
    unavailable(rig, mine)
    proxy.heal()
    late.set()
    heard_again(rig)
    for _ in range(5):
        assert rig.one(yours).user_id == "you"
    assert proxy.connections >= 2  # the thread that looked for the server may have had another one


class Cancelled(BaseException):
    """What a signal or a killed thread raises in the midst of anything."""


@pytest.mark.parametrize("place", ["valkey", "sentinel"])
def test_a_thousand_cancelled_calls(place, request, monkeypatch):
    """Whichever reply a cancelled call had not read, nobody else ever reads it."""
    # RED-3
    url = (
        request.getfixturevalue("redis_url")
        if place == "valkey"
        else request.getfixturevalue("sentinel_server").url
    )
    rig = RedisRig(url)
    tokens = [promoted(rig, user_id=f"user-{number}") for number in range(5)]
    countdown = [0]
    read = Connection.read_response

    def reading(connection, *arguments, **named):
        countdown[0] -= 1
        if countdown[0] == 0:
            raise Cancelled
        return read(connection, *arguments, **named)

    monkeypatch.setattr(Connection, "read_response", reading)
    for turn in range(1000):
        countdown[0] = 1 + turn % 5
        with pytest.raises(Cancelled):
            rig.rotate(*tokens)
        order = tokens[turn % 5 :] + tokens[: turn % 5]
        told = [rotation.user_id for rotation in rig.store.rotate(order)]
        assert told == [f"user-{(turn + i) % 5}" for i in range(5)]
    rig.client.close()


@pytest.mark.parametrize("line", FAKES)
def test_a_server_that_cannot_now(faulty, line):
    """Whatever error a server answers with, it is unavailable and nothing is lost."""
    # F-08, F-10
    rig, proxy, _ = faulty
    token = promoted(rig)
    proxy.reply = lambda _: f"-{line}\r\n".encode()
    unavailable(rig, token)
    proxy.heal()
    assert rig.rotate(token) == [Verdict.OK]


def test_nonsense_instead_of_a_reply(faulty):
    """What is no reply at all is no reply."""
    rig, proxy, _ = faulty
    token = promoted(rig)
    proxy.reply = lambda _: b"HTTP/1.1 200 OK\r\n\r\n"
    unavailable(rig, token)
    proxy.heal()
    assert rig.rotate(token) == [Verdict.OK]


def test_a_stopped_server_is_waited_for_once(faulty):
    """A server that hangs costs one timeout a batch, not one a session."""
    # F-04
    rig, _, server = faulty
    tokens = [promoted(rig) for _ in range(20)]
    server.send(signal.SIGSTOP)
    with Stopwatch() as watch:
        unavailable(rig, *tokens)
    server.send(signal.SIGCONT)
    assert watch.seconds < len(tokens) * TIMEOUT_SECONDS
    heard_again(rig)
    assert rig.rotate(*tokens) == [Verdict.OK] * 20


class Stopwatch:
    """Measures how long its block took."""

    def __enter__(self):
        self.begin = time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.begin


def test_killed_and_restarted(own_valkey):
    """After kill -9 and a restart all fifty clients go on, and what was revoked stays revoked."""
    # F-01, F-05, RF-06
    rig = RedisRig(own_valkey.url)
    clients, revoked = [promoted(rig) for _ in range(50)], promoted(rig)
    rig.rotate(*clients)
    rig.store.end(revoked.session_id, "logout")
    rig.client.execute_command("WAITAOF", 1, 0, 5000)  # else a busy disk may hold back two seconds
    own_valkey.kill()
    unavailable(rig, *clients)
    own_valkey.start()
    assert rig.rotate(*map(child, clients)) == [Verdict.OK] * 50
    assert rig.rotate(revoked, child(revoked)) == [Verdict.REVOKED] * 2
    rig.client.close()


def test_a_server_that_forgot_everything(own_store):
    """Every session is unknown, once, and new ones can be opened."""
    # F-07
    tokens = [promoted(own_store) for _ in range(3)]
    own_store.client.flushall()
    assert own_store.rotate(*tokens) == [Verdict.UNKNOWN] * 3
    assert own_store.rotate(own_store.open()) == [Verdict.OK]


def test_a_demoted_server_is_left(faulty):
    """READONLY ends the connection, so that the name is looked up anew; nothing is lost."""
    # F-08
    rig, proxy, _ = faulty
    token = promoted(rig)
    rig.client.execute_command("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(StoreUnavailableError, match="takes no writes"):
        rig.rotate(token)
    rig.client.execute_command("REPLICAOF", "NO", "ONE")
    assert rig.rotate(token) == [Verdict.OK]
    assert proxy.connections == 2


def test_connections_do_not_leak(faulty):
    """A hundred failures leave no connection behind."""
    rig, proxy, server = faulty
    token = promoted(rig)
    for _ in range(100):
        proxy.reply = cutting
        unavailable(rig, token)
        proxy.heal()
    store = RedisSessions(connect(server.url), **LIFETIMES)
    store.check()
    assert rig.rotate(token) == [Verdict.OK]
    assert len(rig.client.client_list()) <= 3


def test_a_reply_that_is_lost_counts_once(redis_url):
    """What the driver asks again, because a wire broke after the script ran, is not counted again."""
    limit = RecordLimit(Rule("refresh", parse_rates("5/day")))
    with proxied(redis_url) as proxy:
        rig = WiresRig(proxy.url)
        rig.store = rig.made(limit)
        token = rig.open()
        assert rig.rotate(token) == rig.rotate(token) == [Verdict.OK]  # the first lays a wire
        proxy.cut(Cut.AFTER, b"EVALSHA")
        assert rig.rotate(token) == [Verdict.OK]
        assert rig.rotate(*[token] * 3) == [Verdict.OK] * 2 + [Verdict.LIMITED]
        rig.client.close()
