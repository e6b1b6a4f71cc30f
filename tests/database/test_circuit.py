"""Circuits: a server that keeps silent is asked in the background, and by nobody else until it answers."""

from __future__ import annotations

import logging
import threading

import pytest

from jwt_auth_core.background import Repeating
from jwt_auth_core.database.circuits.circuit import Circuit
from tests.keys.made import wait_for
from tests.processes import in_children


class Server:
    """Keeps silent until it is told to answer; each time that it was asked is announced."""

    def __init__(self):
        self.answers = False
        self.asked = threading.Semaphore(0)

    def reach(self):
        """Tell whether it answers."""
        self.asked.release()
        return self.answers


@pytest.fixture
def server():
    """Return a silent server."""
    server = Server()
    yield server
    server.answers = True
    wait_for(lambda: not asking())


@pytest.fixture
def circuit(server):
    """Return its circuit."""
    return Circuit("redis", server.reach)


def asking():
    """Return the threads that ask a server."""
    return [one for one in threading.enumerate() if one.name == "jwt-auth-circuit"]


def test_it_is_open_until_the_server_answers(circuit, server):
    """A thread asks again and again, and is gone with the silence."""
    # F-04
    assert not circuit.is_open
    circuit.trip()
    assert circuit.is_open
    for _ in range(3):
        assert server.asked.acquire(timeout=20)
    assert circuit.is_open
    server.answers = True
    wait_for(lambda: not circuit.is_open)
    wait_for(lambda: not asking())


def test_it_opens_again(circuit, server):
    """At the next silence, as at the first."""
    circuit.trip()
    server.answers = True
    wait_for(lambda: not circuit.is_open)
    server.answers = False
    circuit.trip()
    assert circuit.is_open


def test_many_who_hear_nothing_open_it_once(circuit, server, caplog):
    """One thread asks, one line says so, and one that it is over."""
    for _ in range(20):
        circuit.trip()
    assert len(asking()) == 1
    server.answers = True
    wait_for(lambda: not asking())
    lines = [(one.levelno, one.getMessage()) for one in caplog.records if one.name == "jwt_auth.circuit"]
    assert [level for level, _ in lines] == [logging.ERROR, logging.WARNING]
    assert "refused at once until it answers" in lines[0][1]
    assert "redis answers again, after " in lines[1][1]


def test_without_a_thread_it_stays_closed(circuit, monkeypatch):
    """Nobody could close it: everybody waits, as before."""
    monkeypatch.setattr(Repeating, "start", lambda _: False)
    circuit.trip()
    assert not circuit.is_open


def test_a_child_begins_closed(circuit, server):
    """It has no thread that asks, until it hears nothing itself."""
    # F-28
    circuit.trip()

    def work(_number):
        assert not circuit.is_open

    assert in_children(1, work) == [0]
    server.answers = True
    wait_for(lambda: not asking())
    circuit.after_fork()  # which a child is told
    server.answers = False
    circuit.trip()
    assert circuit.is_open
