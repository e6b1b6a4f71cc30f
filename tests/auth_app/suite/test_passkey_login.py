"""A login by a passkey, with an authenticator in software."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_core.vocabulary import Client as Caller
from tests.auth_app.suite.client import ADA, COOKIE, ORIGIN, Client, problem
from tests.auth_app.suite.passkeys import got, log_in
from tests.auth_app.suite.scopes import grant_too_many
from tests.auth_app.world import World, settings
from tests.passkeys.authenticator import BE, HAND, UP, Authenticator

REFUSED = (401, "passkey_refused")


@pytest.fixture
def world():
    """Return a world whose passkeys are for the page of the tests; limits that no slow run waits out."""
    limits = {"LIMIT_LOGIN": "30/hour", "LIMIT_LOGIN_FAILURES": "10/hour"}
    world = World(settings(PUBLIC_URL=ORIGIN, **limits))
    yield world
    world.close()


def test_a_token_too_large_for_a_cookie_leaves_no_session(ada, device, world):
    """As at any login: nobody has the tokens of a session that stays open."""
    user_id = ada.login().json()["user_id"]
    grant_too_many(world, user_id)
    assert problem(log_in(ada, device, transport="cookies")) == (501, "token_too_large")
    assert world.auth.list_sessions(user_id) == []  # that of the cookie gave way to it


def test_a_passkey_opens_a_session(ada, device, world):
    """Without a name or a password, as surely as two factors."""
    ada.cookies.clear()
    answer = log_in(ada, device)
    assert answer.status_code == 200
    assert answer.json()["status"] == "logged in"
    assert COOKIE in ada.cookies
    claims = world.auth.tokens.verify(answer.json()["access_token"])
    assert (claims.amr, claims.acr) == ({"hwk", "user"}, "aal2")
    assert ada.refresh().status_code == 200


def test_a_passkey_that_may_be_copied_is_said_to_be_of_software(add, ada, world):
    """In ``amr``; it is as good."""
    device = Authenticator(flags=HAND | BE)
    assert add(device).status_code == 201
    claims = world.auth.tokens.verify(log_in(ada, device).json()["access_token"])
    assert (claims.amr, claims.acr) == ({"swk", "user"}, "aal2")


def test_a_client_that_holds_its_token_is_given_it(ada, device):
    """In the body, with that of the device."""
    ada.cookies.clear()
    answer = log_in(ada, device, transport="body")
    assert {"refresh_token", "device"} <= answer.json().keys()
    assert not ada.cookies
    again = log_in(ada, device, transport="body", device=answer.json()["device"])
    assert again.json()["device"] == answer.json()["device"]


def test_the_session_of_before_ends(ada, device):
    """Its refresh token is of no more use."""  # RF-13
    before = ada.token
    assert log_in(ada, device).status_code == 200
    now, ada.token = ada.token, before
    assert problem(ada.refresh()) == (401, "session_revoked")
    assert now != before


def test_an_answer_is_good_once(ada, device):
    """Whichever process is asked second."""  # PK-1
    asked = {"passkey": got(ada, device)}
    assert ada.post("/auth/login/passkey", json=asked).status_code == 200
    assert problem(ada.post("/auth/login/passkey", json=asked)) == REFUSED


def test_an_answer_has_five_minutes(ada, device, world):
    """To the second."""  # PK-1
    early, late = got(ada, device), got(ada, device)
    world.now += 299
    assert ada.post("/auth/login/passkey", json={"passkey": early}).status_code == 200
    world.now += 1
    assert problem(ada.post("/auth/login/passkey", json={"passkey": late})) == REFUSED


@pytest.mark.parametrize("said", ["another", None])
def test_a_passkey_names_its_user(ada, device, said):
    """Who names another, or nobody, is not let in."""  # PK-3
    answer = got(ada, device)
    answer["response"]["userHandle"] = said
    assert problem(ada.post("/auth/login/passkey", json={"passkey": answer})) == REFUSED


def test_a_passkey_that_did_not_verify_its_user_is_no_first_factor(add, ada):
    """Whoever finds a key has nothing else."""  # PK-2
    device = Authenticator(flags=UP)
    assert add(device).status_code == 201
    assert problem(log_in(ada, device)) == REFUSED


def test_a_copy_is_noticed(add, ada, world):
    """The count of one of the two stands still; only a right signature says so."""  # PK-3
    device = Authenticator(counts=True)
    add(device)
    copy = device.copied()
    assert log_in(ada, device).status_code == 200
    assert problem(log_in(ada, copy)) == REFUSED
    assert [one.reason for one in world.events if one.name == "login_failed"] == ["passkey_copied"]
    assert log_in(ada, device).status_code == 200


def test_a_disabled_user_is_refused_as_any_other(ada, device, world):
    """Nothing is told."""  # ENUM-1
    world.auth.end_user.disable(world.auth.end_user.find(ADA["email"]).user_id)
    refused = log_in(ada, device)
    nobody = log_in(ada, Authenticator(rp_id="app.example"))
    assert problem(refused) == REFUSED
    assert refused.content == nobody.content


def test_a_login_is_told_to_the_audit(ada, device, world):
    """And whose passkey was refused, and why."""
    assert log_in(ada, device).status_code == 200
    device.origin = "https://evil.example"
    log_in(ada, device)
    last, failed = world.events[-2:]
    assert (last.name, failed.name, failed.reason) == ("login_succeeded", "login_failed", "refused")
    assert last.user_id == failed.user_id is not None


def test_another_site_logs_nobody_in(ada, device):
    """Its page could make the browser somebody else's."""  # CK-06
    asked, evil = {"passkey": got(ada, device)}, {"origin": "https://evil.example"}
    assert problem(ada.post("/auth/login/passkey", json=asked, headers=evil)) == (403, "cross_site")


@pytest.mark.limited
def test_nobody_tries_too_often(ada, device):
    """What is not good is counted by address, as wrong passwords are; so are options."""
    for _ in range(10):
        assert problem(ada.post("/auth/login/passkey", json={"passkey": {}})) == REFUSED
    assert problem(log_in(ada, device)) == (429, "rate_limited")
    codes = [ada.post("/auth/login/passkey/options").status_code for _ in range(30)]
    assert codes[-1] == 429


@pytest.mark.limited
def test_good_logins_are_not_counted_as_wrong(ada, device):
    """However many there are."""
    assert [log_in(ada, device).status_code for _ in range(12)] == [200] * 12


@pytest.mark.limited
def test_an_owner_who_is_locked_out_by_guesses_gets_in(ada, device, world):
    """And the password works again from everywhere."""  # RL-4
    user = world.auth.end_user.find(ADA["email"])
    world.auth.database.query("UPDATE auth_accounts SET password_failures = 100")
    ada.cookies.clear()
    assert problem(ada.login()) == (401, "invalid_credentials")
    assert log_in(ada, device).status_code == 200
    assert world.auth.end_user.find(ADA["email"]).password_failures == 0
    assert "password_reopened" in [one.name for one in world.events]
    assert user.password_failures == 0


def test_of_many_logins_with_one_answer_one_is_good(ada, device):
    """Fifty at once."""  # PK-1
    asked = {"passkey": got(ada, device)}

    async def all_at_once():
        async with ada.session() as session:
            answers = (session.post("/auth/login/passkey", json=asked) for _ in range(50))
            return [answer.status_code for answer in await asyncio.gather(*answers)]

    codes = asyncio.run(all_at_once())
    assert codes.count(200) == 1
    assert set(codes) <= {200, 401, 429}


def test_an_unverified_address_is_told_to_its_owner(app_factory):
    """As after a right password."""
    mail = {"MAIL_URL": "memory:", "MAIL_FROM": "a@example.com"}
    world = World(settings(PUBLIC_URL=ORIGIN, EMAIL_VERIFICATION="login", **mail))
    client, device = Client(app_factory(world.auth)), Authenticator()
    user_id = client.register().json()["user_id"]
    register = world.auth.passkeys.register
    asked = {"passkey": device.create(register.options(user_id))}
    register(user_id, register.parse(asked), Caller())
    assert problem(log_in(client, device)) == (403, "email_unverified")
    assert world.events[-1].reason == "email_unverified"
    world.close()
