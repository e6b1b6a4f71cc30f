"""DELETE /auth/me: the account ends at once and goes in 30 days, unless its user comes back."""

from __future__ import annotations

from tests.auth_app.suite.client import LOGIN, problem
from tests.auth_app.world import down

IN_30_DAYS = "2027-02-14T08:00:00Z"


def test_a_deletion_tells_the_day_and_signs_out(session, mine):
    """Cookie and access token are of no use, and the cookie is cleared."""
    answer = session.send("DELETE", "/auth/me", headers=mine)
    assert (answer.status_code, answer.headers["cache-control"]) == (202, "no-store")
    assert answer.json() == {"status": "deletion scheduled", "deletion_at": IN_30_DAYS}
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert session.get("/auth/me", headers=mine).status_code == 401
    assert session.refresh().status_code == 401


def test_a_login_brings_the_account_back(ada, mine):
    """As it was."""
    assert ada.send("DELETE", "/auth/me", headers=mine).status_code == 202
    token = ada.post("/auth/login", json=LOGIN).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    assert ada.get("/auth/me", headers=headers).json()["email"] == LOGIN["email"]


def test_a_deletion_needs_a_fresh_login(ada, mine, world):
    """Nothing is changed by a session that somebody left open."""
    world.now += 601
    answer = ada.send("DELETE", "/auth/me", headers=mine)
    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")
    assert ada.get("/auth/me", headers=mine).status_code == 200


def test_nobody_deletes_nothing(ada):
    """Without a token the answer challenges."""
    assert ada.send("DELETE", "/auth/me").status_code == 401


def test_an_erased_account_is_unknown(ada, mine, world):
    """Its login is refused as any unknown one, and the address is free."""
    ada.send("DELETE", "/auth/me", headers=mine)
    world.now += 30 * 86_400
    assert world.auth.erase_users() == 1
    assert problem(ada.login()) == (401, "invalid_credentials")
    assert ada.register().status_code == 201


def test_a_store_that_is_down_changes_nothing(ada, mine, world, monkeypatch):
    """503, and the same may be sent again."""
    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.users), "cut_off", down)
        answer = ada.send("DELETE", "/auth/me", headers=mine)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert ada.send("DELETE", "/auth/me", headers=mine).status_code == 202
