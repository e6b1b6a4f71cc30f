"""Devices as clients meet them: a cookie of a year, or ``device`` in the body; on Starlette and FastAPI."""

from __future__ import annotations

from functools import partialmethod

import pytest

from jwt_auth_core.rate_limits import FallbackLimits
from tests.auth_app.suite.client import COOKIE, LOGIN, PASSWORD, PLANTED, fields, problem

pytestmark = pytest.mark.limited

DEVICE = "__Host-device"


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """Let no time pass where limits are counted."""
    for verb in ("take", "give_back"):
        ask = getattr(FallbackLimits, verb)
        monkeypatch.setattr(FallbackLimits, verb, partialmethod(ask, now=1_800_000_000_000_000))


def attacked(client):
    """Guess at Ada's account from elsewhere until it waits."""
    peer, client.peer, own, client.cookies = client.peer, ("203.0.113.9", 1), client.cookies, {}
    statuses = [client.login(password=f"guess number {number}").status_code for number in range(6)]
    assert statuses == [401] * 5 + [429]
    client.peer, client.cookies = peer, own


def test_a_login_leaves_the_cookie_of_the_device(ada):
    """Byte for byte as the contract says, behind the refresh cookie; the same again at the next login."""
    lines = ada.login().headers.get_list("set-cookie")
    token = ada.cookies[DEVICE]
    assert [line.partition("=")[0] for line in lines] == [COOKIE, DEVICE]
    assert lines[1] == f"{DEVICE}={token}; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax"
    assert ada.login().headers.get_list("set-cookie")[1] == lines[1]
    assert "device" not in ada.login().json()


def test_the_owner_gets_in_with_it_while_the_account_waits(ada):
    """Not without it, nor with one that is forged, doubled, quoted or planted."""
    # RL-4, CK-02
    ada.login()
    cookies = {DEVICE: ada.cookies[DEVICE]}
    attacked(ada)
    ada.cookies = {}
    assert problem(ada.login()) == (429, "rate_limited")
    for planted in (f"{DEVICE}={'A' * 43}", *(one.replace(COOKIE, DEVICE) for one in PLANTED)):
        refused = ada.post("/auth/login", json=LOGIN, headers={"cookie": planted})
        assert problem(refused) == (429, "rate_limited")
    twice = f"{DEVICE}={cookies[DEVICE]}; {DEVICE}={cookies[DEVICE]}"
    assert ada.post("/auth/login", json=LOGIN, headers={"cookie": twice}).status_code == 429
    ada.cookies = cookies
    assert ada.login().status_code == 200


def test_the_body_may_bring_it_whatever_the_transport(ada):
    """Whoever keeps the token itself, and takes the refresh token as a cookie, is known as well."""
    ada.login()
    token = ada.cookies[DEVICE]
    attacked(ada)
    ada.cookies = {}
    assert problem(ada.post("/auth/login", json={**LOGIN, "device": None})) == (429, "rate_limited")
    assert ada.post("/auth/login", json={**LOGIN, "device": token}).status_code == 200


def test_it_outlives_the_session(ada):
    """Who logs out has signed in there all the same, and a refresh says nothing of it."""
    ada.login()
    token = ada.cookies[DEVICE]
    assert len(ada.refresh().headers.get_list("set-cookie")) == 1
    ada.logout()
    assert ada.cookies == {DEVICE: token}
    attacked(ada)
    assert ada.login().status_code == 200


def test_a_client_without_cookies_holds_it_itself(ada):
    """It comes as `device` in the answer and goes in the body; a cookie does not count there."""
    answer = ada.login(transport="body")
    device = answer.json()["device"]
    assert (len(device), "set-cookie" in answer.headers) == (43, False)
    attacked(ada)
    ada.cookies = {DEVICE: device}
    assert ada.login(transport="body").status_code == 429
    ada.cookies = {}
    assert ada.login(transport="body", device=device).json()["device"] == device


def test_the_password_forms_take_it_as_well(ada):
    """Login's, and that of the token endpoint, which hands one out."""
    form = {"username": LOGIN["email"], "password": PASSWORD}
    tokens = ada.post("/auth/token", data={"grant_type": "password", **form}).json()
    attacked(ada)
    refused = ada.post("/auth/token", data={"grant_type": "password", **form})
    assert refused.json()["error"] == "temporarily_unavailable"
    form["device"] = tokens["device"]
    assert (
        ada.post("/auth/token", data={"grant_type": "password", **form}).json()["device"] == tokens["device"]
    )
    assert ada.login_form(transport="body", **form).json()["device"] == tokens["device"]


@pytest.mark.parametrize("value", [7, ["a"], {}])
def test_what_is_no_text_is_named(ada, value):
    """As every other field."""
    answer = ada.login(transport="body", device=value)
    assert (problem(answer), fields(answer)) == ((422, "invalid_input"), ["device"])


def test_a_text_that_is_no_device_is_none(ada):
    """Of whatever length and letters; a new one is handed out."""
    for text in ("", "x", "A" * 9000, "é" * 43, "A" * 43):
        assert ada.login(transport="body", device=text).json()["device"] != text


def test_nothing_tells_of_whom_a_device_is(ada):
    """With one of hers: known, unknown and malformed accounts are refused with the same bytes."""
    # ENUM-1, RL-7
    device = ada.login(transport="body").json()["device"]
    ada.register(email="eve@example.com")
    seen = set()
    for at, email in enumerate((LOGIN["email"], "eve@example.com", "nobody@example.com", "no address")):
        ada.peer = (f"203.0.113.{at}", 1)
        for number in range(5):
            wrong = ada.login(email=email, password=f"guess number {number}", transport="body", device=device)
            assert wrong.status_code == 401
        refused = ada.login(email=email, transport="body", device=device)
        seen.add((refused.status_code, refused.content, str(sorted(refused.headers.items()))))
    assert len(seen) == 1
