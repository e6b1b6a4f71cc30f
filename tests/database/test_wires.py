"""Wires: whole batches on an open connection, and everything unusual left to the driver."""

from __future__ import annotations

import os
import socket
import ssl

import pytest

from jwt_auth_core.database.circuits.circuit import Circuit
from jwt_auth_core.database.wires import LOST, Wires
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.steps import WaitFd, run

OK = b"$2\r\nok\r\n"


class Connection:
    """A connection of the driver's, with the server's end in the test's hand."""

    def __init__(self):
        self.ours, self.server = socket.socketpair()
        self.ours.settimeout(1.0)
        self._sock = self.ours

    def disconnect(self):
        self.ours.close()


class Pool:
    """Hands out new connections and notes what comes back."""

    def __init__(self):
        self.made, self.released = [], []

    def get_connection(self):
        self.made.append(Connection())
        return self.made[-1]

    def release(self, connection):
        self.released.append(connection)


@pytest.fixture
def pool():
    pool = Pool()
    yield pool
    for connection in pool.made:
        connection.ours.close()
        connection.server.close()


@pytest.fixture
def wires(pool):
    """One wire, laid."""
    wires = Wires(pool, store="redis", timeout_seconds=1.0, circuit=Circuit("redis", bool))
    wires.lay()
    return wires


@pytest.fixture
def server(pool):
    """The server's end of the first wire, which the test asks for before."""
    return pool.made[0].server


def through(steps, *answers):
    """Answer each wait in turn, whatever the sockets say; return the result."""
    step = next(steps)
    try:
        for answer in answers:
            assert isinstance(step, WaitFd)
            step = steps.send(answer)
    except StopIteration as done:
        return done.value
    raise AssertionError("it still waits")


def test_without_a_wire_the_driver_does_it(pool):
    """Nothing is opened where it could block."""
    assert (
        run(Wires(pool, store="redis", timeout_seconds=1.0, circuit=Circuit("redis", bool)).exchange([b"x"]))
        is None
    )
    assert pool.made == []


def test_a_batch_goes_out_and_its_replies_come_in(wires, server):
    """All commands in one piece, all replies in their order; the wire is used again."""
    for _ in range(2):
        steps = wires.exchange([b"one", b"two"])
        wait = next(steps)
        assert server.recv(99) == b"onetwo"
        assert not wait.is_writing
        assert 0 < wait.seconds <= 1
        server.send(OK + b"$3\r\nyes\r\n")
        with pytest.raises(StopIteration) as done:
            steps.send(True)
        assert done.value.value == [b"ok", b"yes"]


def test_replies_may_come_in_pieces(wires, server):
    """Half a reply is waited for again; a wake-up without anything to read is harmless."""
    steps = wires.exchange([b"x"])
    next(steps)
    server.send(OK[:3])
    steps.send(True)
    steps.send(True)
    server.send(OK[3:])
    with pytest.raises(StopIteration) as done:
        steps.send(True)
    assert done.value.value == [b"ok"]


def test_a_batch_larger_than_the_sockets_buffer_is_written_in_parts(wires, server):
    """While there is no room the rest waits; nothing blocks."""
    size = 4_000_000
    steps = wires.exchange([b"x" * size])
    step, taken = next(steps), 0
    for _ in range(3):  # woken without any room
        step = steps.send(True)
    while step.is_writing:
        taken += len(server.recv(1_000_000))
        step = steps.send(True)
    while taken < size:
        taken += len(server.recv(1_000_000))
    server.send(OK)
    with pytest.raises(StopIteration) as done:
        steps.send(True)
    assert done.value.value == [b"ok"]


@pytest.mark.parametrize("octets", [b"-NOSCRIPT no such script\r\n", b"", OK + OK])
def test_what_is_unusual_is_the_drivers(wires, pool, server, octets):
    """An error, a goodbye, or one reply too many: the wire is given up, the driver asks again."""
    steps = wires.exchange([b"x"])
    next(steps)
    assert server.recv(9) == b"x"
    server.send(octets)
    if not octets:
        server.close()
    with pytest.raises(StopIteration) as done:
        steps.send(True)
    assert done.value.value is (None if octets else LOST)  # then what was asked may have been done
    assert pool.released == pool.made
    assert run(wires.exchange([b"x"])) is None


def test_a_silent_server_is_unavailable(wires, pool):
    """No answer in time is our error, and the wire is given up: the answer may come late."""  # F-04
    steps = wires.exchange([b"x"])
    with pytest.raises(StoreUnavailableError, match="in time"):
        through(steps, False)
    assert pool.released == pool.made


def test_who_stops_in_the_middle_gives_the_wire_up(wires, pool):
    """Replies that are still under way meet nobody else."""  # RED-3
    steps = wires.exchange([b"x"])
    next(steps)
    steps.close()
    assert pool.released == pool.made


@pytest.mark.parametrize("octets", [b"late", None])
def test_a_wire_that_is_not_quiet_is_not_used(wires, pool, octets):
    """A late reply, or a goodbye, means another wire."""  # RED-3
    wires.lay()
    first, second = pool.made[1], pool.made[0]
    if octets is None:
        first.server.close()
    else:
        first.server.send(octets)
    steps = wires.exchange([b"x"])
    next(steps)
    assert second.server.recv(9) == b"x"
    assert pool.released == [first]
    steps.close()


def test_a_lost_connection_is_not_used(wires, pool):
    """One that the driver closed in the meantime is given back, however it closed it."""
    pool.made[0]._sock = None
    wires.lay()
    pool.made[1].ours.close()
    assert run(wires.exchange([b"x"])) is None
    assert pool.released == [pool.made[1], pool.made[0]]


def test_a_forked_child_leaves_the_parents_wires_alone(wires, pool, monkeypatch):
    """Neither used nor closed: the parent's replies are the parent's."""  # F-28
    parent = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: parent + 1)
    assert run(wires.exchange([b"x"])) is None
    assert pool.released == []


def test_a_few_wires_are_enough(wires, pool):
    """However often one is laid, four are kept."""
    for _ in range(9):
        wires.lay()
    assert len(pool.made) == 4


def test_an_encrypted_connection_is_no_wire(pool, monkeypatch):
    """Where octets do not go as they are, everything is the driver's."""
    wires = Wires(pool, store="redis", timeout_seconds=1.0, circuit=Circuit("redis", bool))
    monkeypatch.setattr(ssl, "SSLSocket", socket.socket)
    wires.lay()
    assert pool.released == pool.made
    assert run(wires.exchange([b"x"])) is None


def test_a_blocking_connection_is_no_wire(pool, monkeypatch):
    """A connection without a time-out would block."""
    monkeypatch.setattr(socket.socket, "gettimeout", lambda _self: None)
    Wires(pool, store="redis", timeout_seconds=1.0, circuit=Circuit("redis", bool)).lay()
    assert pool.released == pool.made
