"""A Redis that keeps silent costs its time-out once: then everybody is refused at once until it is back."""

from __future__ import annotations

import gc
import signal
import time

import pytest

from jwt_auth_core.database.circuits.redis import circuit_of, heard, is_heard
from jwt_auth_core.database.redis import connect, translated
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import RedisRig, WiresRig, promoted
from tests.keys.made import wait_for
from tests.sessions.test_redis_cluster import held_by

pytestmark = pytest.mark.servers
TIMEOUT_SECONDS = 1.0


@pytest.fixture(params=[RedisRig, WiresRig])
def rig(request, own_valkey):
    """Return sessions on a server that a test may stop, by the driver and by wires."""
    made = request.param(f"{own_valkey.url}?socket_timeout={TIMEOUT_SECONDS}")
    yield made
    made.client.close()


def refused(ask):
    """Return how long a refusal takes, in seconds, and its words."""
    began = time.monotonic()
    with pytest.raises(StoreUnavailableError) as caught:
        ask()
    return time.monotonic() - began, str(caught.value)


def test_silence_costs_one_time_out(rig, own_valkey):
    """Of fifty refreshes, look-ups and logins one waits; when the server answers again all go on."""
    # F-04
    token = promoted(rig)
    own_valkey.send(signal.SIGSTOP)
    waits = [refused(lambda: rig.rotate(token))[0]]
    asks = [lambda: rig.rotate(token), lambda: rig.store.find(token.session_id), lambda: promoted(rig)]
    others = [refused(asks[number % 3]) for number in range(49)]
    own_valkey.send(signal.SIGCONT)
    assert waits[0] >= TIMEOUT_SECONDS * 0.9
    assert sum(seconds for seconds, _ in others) < TIMEOUT_SECONDS
    assert {words for _, words in others} == {"redis keeps silent, and is asked until it answers"}
    wait_for(lambda: not circuit_of(rig.client).is_open)
    assert rig.rotate(token) == [Verdict.OK]


def test_a_refusal_at_once_opens_nothing(own_valkey):
    """A server that is not there says so: nobody waits, and nobody has to wait for a thread's look."""
    # F-01
    client = connect(own_valkey.url)
    own_valkey.kill()
    for _ in range(3):
        assert "refused" in refused(lambda: _ping(client))[1]
    assert not circuit_of(client).is_open
    own_valkey.start()
    _ping(client)
    client.close()


def test_a_server_killed_while_it_was_silent_closes_it(own_valkey):
    """From then on the system refuses connections, which costs nothing."""
    client = connect(f"{own_valkey.url}?socket_timeout=0.2")
    _ping(client)
    own_valkey.send(signal.SIGSTOP)
    refused(lambda: _ping(client))
    assert circuit_of(client).is_open
    own_valkey.kill()
    wait_for(lambda: not circuit_of(client).is_open)
    assert "refused" in refused(lambda: _ping(client))[1]
    client.close()


def test_nobody_asks_for_a_client_that_is_gone(own_valkey):
    """The thread ends with whom it serves."""
    client = connect(f"{own_valkey.url}?socket_timeout=0.2")
    own_valkey.send(signal.SIGSTOP)
    refused(lambda: _ping(client))
    circuit = circuit_of(client)
    client.close()
    client = None
    gc.collect()
    wait_for(lambda: not circuit.is_open)
    own_valkey.send(signal.SIGCONT)


def test_a_silent_node_harms_only_its_own(own_cluster):
    """Sessions of the other nodes go on, and wait for nobody after the first."""
    # F-04, F-08
    rig = RedisRig(f"{own_cluster.url}?socket_timeout={TIMEOUT_SECONDS}")
    tokens = [promoted(rig) for _ in range(20)]
    silent = own_cluster.nodes[0]
    lost = held_by(rig, own_cluster, silent, tokens)
    others = [token for token in tokens if token not in lost]
    silent.send(signal.SIGSTOP)
    began = time.monotonic()
    first = rig.rotate(*tokens)
    waited, again = time.monotonic() - began, time.monotonic()
    for _ in range(10):
        assert rig.rotate(*others) == [Verdict.OK] * len(others)
        refused(lambda: rig.rotate(*lost))
    assert time.monotonic() - again < 10 * TIMEOUT_SECONDS
    silent.send(signal.SIGCONT)
    assert waited >= TIMEOUT_SECONDS * 0.9
    assert first == [Verdict.UNAVAILABLE if token in lost else Verdict.OK for token in tokens]
    wait_for(lambda: rig.rotate(*tokens) == [Verdict.OK] * len(tokens))
    rig.client.close()


class Map:
    """The map of a cluster, and whether anybody asked for it."""

    def __init__(self):
        self.asked = 0

    def initialize(self):
        """Ask for it."""
        self.asked += 1


def test_the_map_is_asked_for_while_a_node_is_silent(own_valkey):
    """By the thread, so that another node in its place is found and no caller waits for that."""
    # F-08
    client, cluster = connect(f"{own_valkey.url}?socket_timeout=0.2"), Map()
    cluster.nodes_manager = cluster
    own_valkey.send(signal.SIGSTOP)
    with pytest.raises(Exception, match="Timeout"), heard(client, cluster):
        client.ping()
    wait_for(lambda: cluster.asked)
    cluster = None  # nobody has it any more, and it is asked for nothing
    gc.collect()
    assert circuit_of(client).is_open
    own_valkey.send(signal.SIGCONT)
    wait_for(lambda: not circuit_of(client).is_open)
    client.close()


def _ping(client):
    with translated(client):
        client.ping()


def test_a_pool_that_is_gone_is_not_waited_for():
    """Nobody asks for it any more."""
    assert is_heard(lambda: None, None)


def test_a_cluster_that_is_gone_is_asked_for_no_map(own_valkey):
    """Its node is as silent as before."""
    client = connect(f"{own_valkey.url}?socket_timeout=0.2")
    assert is_heard(lambda: client.connection_pool, None)
    own_valkey.send(signal.SIGSTOP)
    assert not is_heard(lambda: client.connection_pool, lambda: None)
    own_valkey.send(signal.SIGCONT)
    client.close()
