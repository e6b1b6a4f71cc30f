"""GET /auth/me/export: what is kept of the caller."""

from tests.auth_app.suite.client import LOGIN


def bearer(ada):
    """Log in; return the header with the access token."""
    token = ada.post("/auth/login", json=LOGIN).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_a_user_is_handed_what_is_kept(ada):
    """As JSON that nobody stores."""
    answer = ada.get("/auth/me/export", headers=bearer(ada))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    kept = answer.json()
    assert kept["users"][0]["email"] == LOGIN["email"]
    assert [one["name"] for one in kept["auth_audit"]] == [
        "account_exported",
        "login_succeeded",
        "user_registered",
    ]


def test_nobody_is_handed_nothing(ada):
    """Without a token the answer challenges."""
    assert ada.get("/auth/me/export").status_code == 401


def test_an_old_login_is_challenged(ada, world):
    """The client logs in once more."""
    headers = bearer(ada)
    world.now += 601
    answer = ada.get("/auth/me/export", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")
