"""A private Valkey cluster: three masters on loopback that share the 16384 slots."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import redis

from tests.servers.valkey import Valkey, free_port

SLOTS = 16384


class Cluster:
    """Three nodes; ``url`` names them all."""

    def __init__(self, directory: Path, *, nodes: int = 3) -> None:
        self.nodes = [_node(directory / f"node{number}") for number in range(nodes)]

    @property
    def url(self) -> str:
        """Return the cluster's URL."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def start(self) -> Cluster:
        """Start the nodes, share out the slots, and wait until all agree."""
        edges = [number * SLOTS // len(self.nodes) for number in range(len(self.nodes) + 1)]
        for node, first, end in zip(self.nodes, edges, edges[1:], strict=False):
            node.start()
            ask(node, "CLUSTER", "ADDSLOTSRANGE", first, end - 1)
        for node in self.nodes[1:]:
            ask(
                node,
                "CLUSTER",
                "MEET",
                "127.0.0.1",
                self.nodes[0].port,
                self.nodes[0].options["cluster-port"],
            )
        self.await_agreement()
        return self

    def await_agreement(self) -> None:
        """Wait until every node knows every slot."""
        until(lambda: all(_knows_all(node) for node in self.nodes))

    def owner(self, slot: int) -> Valkey:
        """Return the node that holds a slot."""
        return next(node for node in self.nodes if _owns(node, slot))

    def kill(self) -> None:
        """End every node at once."""
        for node in self.nodes:
            node.kill()


def ask(node: Valkey, *words: object) -> object:
    """Run one administrative command on one node."""
    with redis.Redis(port=node.port, socket_timeout=5) as client:
        return client.execute_command(*words)


def name(node: Valkey) -> str:
    """Return the id by which the cluster knows a node."""
    found = ask(node, "CLUSTER", "MYID")
    assert isinstance(found, bytes)
    return found.decode()


def until(condition: Callable[[], bool], *, within_seconds: float = 60) -> None:
    """Wait for something that only servers' own clocks bring about."""
    deadline = time.monotonic() + within_seconds
    while True:
        with contextlib.suppress(redis.RedisError):
            if condition():
                return
        assert time.monotonic() < deadline, "the servers did not get there in time"
        time.sleep(0.02)


def _node(directory: Path) -> Valkey:
    options = {
        "cluster-enabled": "yes",
        "cluster-config-file": "nodes.conf",
        "cluster-node-timeout": "1000",
        "cluster-require-full-coverage": "no",
        "cluster-port": str(free_port()),
        "appendonly": "yes",
    }
    return Valkey(directory, options=options)


def _knows_all(node: Valkey) -> bool:
    info = ask(node, "CLUSTER INFO")
    return isinstance(info, dict) and (info["cluster_state"], info["cluster_slots_ok"]) == ("ok", str(SLOTS))


def _owns(node: Valkey, slot: int) -> bool:
    with redis.Redis(port=node.port, socket_timeout=5) as client:
        nodes = client.execute_command("CLUSTER NODES")
    mine = next(facts for facts in nodes.values() if "myself" in facts["flags"])
    ranges = [[int(edge) for edge in edges] for edges in mine["slots"] if edges[0].isdigit()]
    return any(edges[0] <= slot <= edges[-1] for edges in ranges)
