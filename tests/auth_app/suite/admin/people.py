"""Ada, who is an admin, and Eve, who is not."""

from __future__ import annotations

from tests.auth_app.suite.client import PASSWORD, Client

API = "/auth/admin/api"
USERS = f"{API}/users"
NOBODY = "00000000-0000-4000-8000-000000000000"
EVE = {"email": "eve@example.com", "password": PASSWORD, "first_name": "Eve", "last_name": "Adams"}
ADDRESS = "198.51.100.7"


def bearer(answer):
    """Return the header with the access token of an answer."""
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def log_in(client, **changes):
    """Log Eve in, in a browser of hers."""
    return Client(client.app).login(email=EVE["email"], **changes)


def by_admin(world, name):
    """Return (actor, user, address) of the events of a name."""
    found = [event for event in world.events if event.name == name]
    return [(event.actor, event.user_id, event.client.address) for event in found]
