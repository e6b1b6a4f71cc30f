"""What changes second factors or passkeys ends the other sessions of the account (RF-11)."""

from __future__ import annotations

import pyotp
import pytest

from tests.auth_app.suite.client import ORIGIN, Client, problem
from tests.auth_app.suite.passkeys import listed
from tests.auth_app.world import World, down, settings
from tests.passkeys.authenticator import Authenticator

KEY = "a key that encrypts what the tests of factors keep"


@pytest.fixture
def world():
    """Return a world that has second factors and passkeys."""
    made = World(settings(ENCRYPTION_KEYS=KEY, PUBLIC_URL=ORIGIN))
    yield made
    made.close()


class Elsewhere:
    """A browser of Ada's that does nothing: her other session."""

    def __init__(self, ada):
        self.client = Client(ada.app)
        self.headers = bearer(self.client.login())

    def is_signed_in(self):
        """Tell whether its access token and its cookie are good; both or neither."""
        token = self.client.get("/auth/me", headers=self.headers).status_code == 200
        cookie = self.client.refresh().status_code == 200
        assert token == cookie
        return token


def bearer(answer):
    """Return the headers that an answer gives."""
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
def elsewhere(ada):
    """Return the other session, which is open beside the one of ``mine``."""
    return Elsewhere(ada)


def begun(ada, mine, world):
    """Return the code that confirms a new app."""
    made = ada.post("/auth/factors/totp", headers=mine)
    return {"code": pyotp.TOTP(made.json()["secret"]).at(world.now)}


def by_code(ada, code):
    """Return the headers of a login with a recovery code."""
    step = {"challenge": ada.login().json()["challenge"], "recovery_code": code}
    return bearer(ada.post("/auth/login/second-factor", json=step))


@pytest.fixture
def codes(ada, mine, world):
    """Return the recovery codes of Ada, who has an app."""
    confirmed = ada.post("/auth/factors/totp/confirm", json=begun(ada, mine, world), headers=mine)
    return confirmed.json()["recovery_codes"]


def test_a_confirmed_app_ends_the_others(ada, mine, world, elsewhere):
    """An enrolment that is only begun, or confirmed by a wrong code, ends none."""  # RF-11
    code = begun(ada, mine, world)
    ada.post("/auth/factors/totp/confirm", json={"code": "000000"}, headers=mine)
    assert elsewhere.is_signed_in()
    assert ada.post("/auth/factors/totp/confirm", json=code, headers=mine).status_code == 200
    assert not elsewhere.is_signed_in()
    assert ada.get("/auth/me", headers=mine).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/auth/factors/totp"), ("POST", "/auth/factors/recovery-codes")]
)
def test_a_change_of_factors_ends_the_others(ada, codes, method, path):
    """An app that is removed, codes that are renewed."""  # RF-11
    first, second = by_code(ada, codes[0]), by_code(Client(ada.app), codes[1])
    assert ada.get("/auth/me", headers=first).status_code == 200
    assert ada.send(method, path, headers=second).status_code == 200
    assert problem(ada.get("/auth/me", headers=first)) == (401, "token_invalid")
    assert ada.get("/auth/me", headers=second).status_code == 200


def test_a_passkey_that_comes_ends_the_others(elsewhere, ada, mine, add):
    """The one that added it goes on."""  # RF-11
    assert add(Authenticator()).status_code == 201
    assert not elsewhere.is_signed_in()
    assert len(listed(ada, mine)) == 1


def test_a_passkey_that_goes_ends_the_others(ada, mine, device):
    """The one that removed it goes on."""  # RF-11
    elsewhere = Elsewhere(ada)
    (shown,) = listed(ada, mine)
    assert device.credential_id
    assert ada.send("DELETE", f"/auth/passkeys/{shown['id']}", headers=mine).status_code == 200
    assert not elsewhere.is_signed_in()
    assert listed(ada, mine) == []


def test_an_operators_reset_ends_all(ada, mine, codes, world):
    """And a second one, which finds no factor, ends none."""  # RF-11
    assert len(codes) == 10
    user_id = ada.get("/auth/me", headers=mine).json()["user_id"]
    assert world.auth.factors.reset(user_id)
    assert problem(ada.get("/auth/me", headers=mine)) == (401, "token_invalid")
    again = bearer(ada.login())
    assert not world.auth.factors.reset(user_id)
    assert ada.get("/auth/me", headers=again).status_code == 200


def test_where_the_sessions_cannot_end_nothing_has_changed(ada, mine, world, elsewhere, monkeypatch):
    """503; the app waits for its code still, and no recovery codes were lost."""  # RF-11
    code = begun(ada, mine, world)
    with monkeypatch.context() as patch:
        patch.setattr(type(world.auth.revoke_session.parts.sessions), "end", down)
        answer = ada.post("/auth/factors/totp/confirm", json=code, headers=mine)
    assert answer.status_code == 503
    answer = ada.post("/auth/factors/totp/confirm", json=code, headers=mine)
    assert len(answer.json()["recovery_codes"]) == 10
    assert not elsewhere.is_signed_in()
