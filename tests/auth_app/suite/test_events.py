"""Events of requests: each says where its request came from, whatever it was."""

from __future__ import annotations

import pytest

from jwt_auth_core.events import Refreshed
from tests.auth_app.world import World, settings

CLIENT = "resource-server"
SECRET = "a secret of the client that is long enough"


@pytest.fixture
def world():
    """Return a world with a client that may revoke tokens."""
    made = World(settings(OAUTH_CLIENTS=f"{CLIENT}:{SECRET}"))
    yield made
    made.close()


def bearer(answer):
    """Return the header with the access token of an answer."""
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def log_out(session, _world):
    """Log out."""
    session.logout()


def log_out_everywhere(session, _world):
    """End all sessions."""
    session.post("/auth/logout-all", headers=bearer(session.login()))


def revoke_session(session, _world):
    """End one's own session by its id."""
    headers = bearer(session.login())
    (listed,) = session.get("/auth/sessions", headers=headers).json()["sessions"]
    session.send("DELETE", f"/auth/sessions/{listed['session_id']}", headers=headers)


def revoke_token(session, _world):
    """Revoke a token as a client."""
    session.post("/auth/revoke", data={"token": session.token}, auth=(CLIENT, SECRET))


def reuse(session, world):
    """Present a refresh token that was replaced long before."""
    first = session.token
    for _ in range(2):
        session.refresh()
    world.now += 60
    session.token = first
    session.refresh()


def refuse(session, world):
    """Refresh a session whose end the session store has not heard of."""
    user = world.auth.end_user.find("ada@example.com")
    world.stores.users.disable(user.user_id, now=world.now)
    session.refresh()


def refresh(session, world):
    """Refresh, where somebody subscribed to that."""
    world.auth.on(Refreshed)(world.events.append)
    session.refresh()


def log_in_again(session, _world):
    """Log in, which ends the session of before."""
    session.login()


HAPPEN = {
    "logged_out": log_out,
    "logged_out_everywhere": log_out_everywhere,
    "session_revoked": revoke_session,
    "token_revoked": revoke_token,
    "refresh_reused": reuse,
    "refresh_refused": refuse,
    "refresh_succeeded": refresh,
    "session_ended": log_in_again,
}


@pytest.mark.parametrize("name", HAPPEN)
def test_an_event_says_where_its_request_came_from(session, world, name):
    """The address and the program, as at a login."""
    HAPPEN[name](session, world)
    found = [event.client for event in world.events if event.name == name]
    assert found
    for client in found:
        assert (client.address, client.user_agent[:12]) == (session.peer[0], "python-httpx")
    assert [event.name for event in world.events if event.client is None] == []


def test_the_other_sessions_of_a_user_end_by_a_request_too(session, world):
    """Each of them says from where."""
    session.token = None
    headers = bearer(session.login())
    assert session.post("/auth/sessions/revoke-others", headers=headers).json()["ended"] == 1
    assert world.events[-1].client.address == session.peer[0]
