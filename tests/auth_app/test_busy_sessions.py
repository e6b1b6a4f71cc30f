"""A session whose record somebody else holds is asked for again, a moment later; the others go on."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.features import service
from jwt_auth_core.sessions.session import Refused, SessionBusyError, Verdict
from tests.auth_app.suite.client import ADA, LOGIN, Client
from tests.auth_app.suite.factories import FACTORIES


@pytest.fixture
def session(world):
    """Return a client that is logged in."""
    client = Client(FACTORIES["starlette"](world.auth))
    client.post("/auth/register", json=ADA)
    client.post("/auth/login", json=LOGIN)
    return client


@pytest.fixture
def held(world, monkeypatch):
    """Return a list: as many refreshes as it has items find the session in use."""
    items, store = [], type(world.stores.sessions)
    free = store.rotate_at_once

    def rotate(self, presented):
        if not items:
            return free(self, presented)
        items.pop()
        return [Refused(Verdict.BUSY, one.session_id) for one in presented]

    monkeypatch.setattr(store, "rotate_at_once", rotate)
    monkeypatch.setattr(service, "BUSY_PAUSES", (0.0,) * len(service.BUSY_PAUSES))
    return items


@pytest.mark.parametrize("times", [1, 2, len(service.BUSY_PAUSES)])
def test_a_session_that_becomes_free_is_refreshed(session, held, times):
    """Whoever asked waits for moments, and notices nothing else."""
    held.extend([True] * times)
    assert session.refresh().status_code == 200
    assert held == []


def test_a_session_that_stays_held_is_an_outage(session, held):
    """After the last pause, two seconds in all, the client hears that it may try again; its cookie stays."""
    held.extend([True] * (len(service.BUSY_PAUSES) + 1))
    token = session.token
    answer = session.refresh()
    assert (answer.status_code, answer.json()["code"]) == (503, SessionBusyError.code)
    assert (held, session.token) == ([], token)
    assert session.refresh().status_code == 200
