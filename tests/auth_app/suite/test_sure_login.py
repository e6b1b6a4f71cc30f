"""Where an account has a second factor, credentials, the address and the export ask for it."""

from __future__ import annotations

import pyotp
import pytest

from tests.auth_app.suite.client import PASSWORD, problem
from tests.auth_app.world import World, settings

ASKED = [
    ("POST", "/auth/api-keys", {"name": "build"}, 201),
    ("POST", "/auth/email", {"new_email": "ada@example.org"}, 202),
    ("GET", "/auth/me/export", None, 200),
    ("POST", "/auth/password", {"new_password": "another tidal lantern"}, 200),
    ("POST", "/auth/factors/recovery-codes", None, 200),
]


@pytest.fixture
def world():
    """Return a world that encrypts and writes letters."""
    made = World(
        settings(
            ENCRYPTION_KEYS="a key that encrypts what the tests of factors keep",
            MAIL_URL="memory:",
            MAIL_FROM="shop@example.com",
            PUBLIC_URL="https://app.example",
        )
    )
    yield made
    made.close()


@pytest.fixture
def app_of(ada, world):
    """Return what Ada's authenticator app shows at the moment; her browser is remembered."""
    headers = bearer(ada.login())
    secret = ada.post("/auth/factors/totp", json={"name": "phone"}, headers=headers).json()["secret"]

    def code():
        world.now += 60
        return pyotp.TOTP(secret).at(world.now)

    body = {"code": pyotp.TOTP(secret).at(world.now)}
    assert ada.post("/auth/factors/totp/confirm", json=body, headers=headers).status_code == 200
    answer = {"challenge": ada.login().json()["challenge"], "totp": code(), "remember_device": True}
    assert ada.post("/auth/login/second-factor", json=answer).status_code == 200
    return code


def bearer(answer):
    """Return the header with the access token of an answer."""
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.mark.parametrize("asked", ASKED, ids=[one[1] for one in ASKED])
def test_a_fresh_login_without_the_factor_is_not_enough(ada, app_of, asked):
    """A remembered browser logs in by the password alone: it is asked for ``aal2``, and goes on with that."""
    method, path, body, status = asked
    headers = bearer(ada.login())
    refused = ada.send(method, path, json=body, headers=headers)
    assert problem(refused) == (401, "insufficient_user_authentication")
    assert refused.json()["acr_values"] == "aal2"
    assert 'acr_values="aal2"' in refused.headers["www-authenticate"]
    proof = {"password": PASSWORD, "totp": app_of()}
    sure = ada.post("/auth/reauthenticate", json=proof, headers=headers)
    assert ada.send(method, path, json=body, headers=bearer(sure)).status_code == status
