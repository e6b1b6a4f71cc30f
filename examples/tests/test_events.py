"""auth_events: what happened to whom."""

from jwt_auth_core.events import LoggedIn, LoginFailed

ADA = {"email": "ada@example.com", "password": "a long and quiet river"}


def test_a_login_is_an_event(client, auth_events):
    user = client.post("/auth/register", json={**ADA, "first_name": "Ada", "last_name": "Byron"}).json()
    client.post("/auth/login", json={**ADA, "password": "a short and loud one"})
    client.post("/auth/login", json=ADA)
    _, failed, login = auth_events
    assert isinstance(failed, LoginFailed)
    assert isinstance(login, LoggedIn)
    assert login.user_id == user["user_id"]
