"""Sessions on a real cluster and behind a real sentinel, while they change."""

import pytest
import redis

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import RedisRig, child, key_of, promoted
from tests.servers.cluster import ask, name, until

pytestmark = pytest.mark.servers
OK, GONE = Verdict.OK, Verdict.UNAVAILABLE


@pytest.fixture
def clustered(own_cluster):
    """Return a rig and its cluster."""
    rig = RedisRig(own_cluster.url)
    yield rig, own_cluster
    rig.client.close()


@pytest.fixture
def shared(cluster_server):
    """Return a rig and a cluster that must stay whole."""
    rig = RedisRig(cluster_server.url)
    yield rig, cluster_server
    rig.client.close()


@pytest.fixture
def watched(own_watched):
    """Return a rig, its master, the replica and the sentinel."""
    rig = RedisRig(own_watched.url)
    yield rig, own_watched
    rig.client.close()


def slot_of(rig, token):
    """Return the slot of a token's session."""
    return rig.client.keyslot(key_of(token.session_id))


def keep(rig):
    """Wait until every node has on disk what the rig's own connections wrote."""
    for node in rig.client.get_primaries():
        rig.client.get_redis_connection(node).execute_command("WAITAOF", 1, 0, 5000)


def held_by(rig, cluster, node, tokens):
    """Return the tokens whose sessions a node holds."""
    edges = [number * 16384 // 3 for number in range(4)]
    number = cluster.nodes.index(node)
    return [token for token in tokens if edges[number] <= slot_of(rig, token) < edges[number + 1]]


def test_a_session_is_in_one_slot(shared):
    """The id alone decides; the script runs on every node."""
    # RED-1
    rig, cluster = shared
    tokens = [promoted(rig) for _ in range(40)]
    assert all(held_by(rig, cluster, node, tokens) for node in cluster.nodes)
    for node in cluster.nodes:
        ask(node, "SCRIPT", "FLUSH")
    assert rig.rotate(*tokens) == [OK] * 40


def test_a_node_that_is_down_harms_only_its_own(clustered):
    """The sessions of the other nodes go on; those of the lost one wait for it."""
    # F-08
    rig, cluster = clustered
    tokens = [promoted(rig) for _ in range(40)]
    lost = held_by(rig, cluster, cluster.nodes[0], tokens)
    keep(rig)
    cluster.nodes[0].kill()
    assert rig.rotate(*tokens) == [GONE if token in lost else OK for token in tokens]
    with pytest.raises(StoreUnavailableError):
        rig.rotate(*lost)
    with pytest.raises(StoreUnavailableError):
        rig.store.check()
    with pytest.raises(StoreUnavailableError):
        rig.store.find_all([token.session_id for token in tokens])
    with pytest.raises(StoreUnavailableError):
        rig.store.end(lost[0].session_id, "logout")
    cluster.nodes[0].start()
    cluster.await_agreement()
    until(lambda: rig.rotate(lost[0]) == [OK])
    assert rig.rotate(*map(child, tokens)) == [OK] * 40


def test_a_slot_that_moves_is_followed(shared):
    """While a session's slot moves to another node, and afterwards, every call finds it."""
    # F-08
    rig, cluster = shared
    tokens = [promoted(rig) for _ in range(10)]
    slot, key = slot_of(rig, tokens[0]), key_of(tokens[0].session_id)
    source = cluster.owner(slot)
    target = next(node for node in cluster.nodes if node is not source)
    ask(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", name(source))
    ask(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", name(target))
    assert rig.rotate(*tokens) == [OK] * 10
    ask(source, "MIGRATE", "127.0.0.1", target.port, key, 0, 5000)
    assert rig.rotate(*tokens) == [OK] * 10
    assert rig.find(tokens[0]) is not None
    for node in cluster.nodes:
        ask(node, "CLUSTER", "SETSLOT", slot, "NODE", name(target))
    assert rig.rotate(*tokens) == [OK] * 10
    assert rig.client.get_node_from_key(key).port == target.port


def test_a_target_that_is_gone_is_waited_for_once(clustered):
    """When the way leads to a node that is down, the sessions of that slot wait, the others do not."""
    # F-08
    rig, cluster = clustered
    tokens = [promoted(rig) for _ in range(40)]
    slot, key = slot_of(rig, tokens[0]), key_of(tokens[0].session_id)
    source = cluster.owner(slot)
    target = next(node for node in cluster.nodes if node is not source)
    ask(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", name(source))
    ask(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", name(target))
    ask(source, "MIGRATE", "127.0.0.1", target.port, key, 0, 5000)
    target.kill()
    batch = [tokens[0], *held_by(rig, cluster, source, tokens[1:]), tokens[0]]
    assert rig.rotate(*batch) == [GONE, *[OK] * (len(batch) - 2), GONE]


def test_a_slot_that_nobody_holds(shared):
    """Its sessions wait until somebody holds it; the others do not."""
    # F-08
    rig, cluster = shared
    tokens = [promoted(rig) for _ in range(4)]
    slot = slot_of(rig, tokens[0])
    owner = cluster.owner(slot)
    for node in cluster.nodes:
        ask(node, "CLUSTER", "DELSLOTS", slot)
    for _ in range(3):
        assert rig.rotate(*tokens) == [GONE, OK, OK, OK]
    ask(owner, "CLUSTER", "ADDSLOTS", slot)
    cluster.await_agreement()
    until(lambda: served(rig, tokens[1:]) and GONE not in rig.rotate(*tokens))


def test_a_cluster_without_a_majority_is_down(clustered):
    """What is left of a cluster refuses, and says so."""
    # F-08
    rig, cluster = clustered
    tokens = [promoted(rig) for _ in range(40)]
    keep(rig)
    cluster.nodes[1].kill()
    cluster.nodes[2].kill()
    until(lambda: refusal(rig, tokens) == "redis is a cluster that is down")
    for node in cluster.nodes[1:]:
        node.start()
    cluster.await_agreement()
    until(lambda: GONE not in rig.rotate(*tokens))


def refusal(rig, tokens):
    """Return what the store says of a batch that fails as a whole."""
    try:
        rig.rotate(*held_by_first(rig, tokens))
    except StoreUnavailableError as error:
        return str(error)
    return ""


def held_by_first(rig, tokens):
    """Return the tokens of the first third of the slots."""
    return [token for token in tokens if slot_of(rig, token) < 16384 // 3]


def test_a_new_master_is_found(watched):
    """After the master's death calls fail until the sentinel has another; then everybody goes on."""
    # F-08
    rig, servers = watched
    tokens = [promoted(rig) for _ in range(20)]
    rig.client.wait(1, 5000)
    servers.master.kill()
    with pytest.raises(StoreUnavailableError):
        rig.rotate(*tokens)
    servers.await_failover()
    until(lambda: served(rig, tokens))
    assert rig.rotate(*map(child, tokens)) == [OK] * 20


def served(rig, tokens):
    """Say whether a batch is answered."""
    try:
        return rig.rotate(*tokens) == [OK] * len(tokens)
    except StoreUnavailableError:
        return False


def test_a_demoted_master_is_left(watched):
    """A master that became a replica refuses writes; its connection is given up, nothing is lost."""
    # F-08
    rig, servers = watched
    token = promoted(rig)
    with redis.Redis(port=servers.sentinel.port) as sentinel:
        rig.client.wait(1, 5000)
        sentinel.execute_command("SENTINEL", "FAILOVER", "sessions")
    servers.await_failover()
    until(lambda: served(rig, [token]))
    assert rig.rotate(token, child(token)) == [OK, OK]
