"""A passkey as the second factor of a login, and as what proves once more who is logged in."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import LOGIN, ORIGIN, Client, fields, problem
from tests.auth_app.suite.passkeys import got
from tests.auth_app.world import World, settings
from tests.factors.words import enrol
from tests.passkeys.authenticator import UP, Authenticator

INVALID = (401, "factor_invalid")
GONE = (401, "challenge_invalid")


@pytest.fixture
def world():
    """Return a world whose passkeys are for the page of the tests."""
    world = World(settings(PUBLIC_URL=ORIGIN))
    yield world
    world.close()


def with_passkey(client, world, device):
    """Have a user of a client with a passkey, who is asked for a second factor from then on."""
    user_id = client.register().json()["user_id"]
    mine = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    options = client.post("/auth/passkeys/options", headers=mine).json()
    asked = {"passkey": device.create(options)}
    assert client.post("/auth/passkeys", json=asked, headers=mine).status_code == 201
    client.cookies.clear()
    enrol(world.auth, user_id)
    return user_id


@pytest.fixture
def device():
    """Return a key that does not verify its user."""
    return Authenticator(flags=UP)


@pytest.fixture
def ada(client, world, device):
    """Return a client of an application where Ada has a passkey and another factor."""
    with_passkey(client, world, device)
    return client


def begun(client, **fields):
    """Return the challenge of a login whose password is right."""
    answer = client.post("/auth/login", json={**LOGIN, **fields})
    assert problem(answer) == (401, "second_factor_required")
    assert answer.json()["factors"] == ["passkey"]
    return answer.json()["challenge"]


def options(client, challenge):
    """Return what a login that has begun asks a browser for."""
    return client.post("/auth/login/passkey/options", json={"challenge": challenge}).json()


def go_on(client, challenge, answer, path="/auth/login/second-factor", **more):
    """Go on with a login by what a device answered."""
    return client.post(path, json={"challenge": challenge, "passkey": answer, **more})


@pytest.mark.parametrize("path", ["/auth/login/second-factor", "/auth/login/passkey"])
def test_a_key_alone_is_enough_beside_the_password(ada, device, world, path):
    """The browser is asked for one of the user's; two factors were shown."""
    challenge = begun(ada)
    asked = options(ada, challenge)
    assert [one["type"] for one in asked["allowCredentials"]] == ["public-key"]
    assert asked["userVerification"] == "preferred"
    answer = go_on(ada, challenge, device.get(asked), path)
    assert answer.status_code == 200
    claims = world.auth.tokens.verify(answer.json()["access_token"])
    assert (claims.amr, claims.acr) == ({"pwd", "hwk", "mfa"}, "aal2")


def test_a_client_without_cookies_goes_on_here_too(ada, device):
    """Its tokens are in the body."""
    challenge = begun(ada)
    answer = device.get(options(ada, challenge))
    done = go_on(ada, challenge, answer, "/auth/login/passkey", transport="body")
    assert {"refresh_token", "device"} < set(done.json())


def test_a_device_may_leave_out_whose_it_is(ada, device):
    """It was asked for by name; another name is wrong."""
    challenge = begun(ada)
    for said, status in (("another", 401), (None, 200)):
        answer = device.get(options(ada, challenge))
        answer["response"]["userHandle"] = said
        assert go_on(ada, challenge, answer).status_code == status


def test_an_answer_is_for_the_login_that_asked(ada, device):
    """Neither for another one, nor for one that names nobody, nor the other way round."""  # PK-1
    one, other = begun(ada), begun(ada)
    assert problem(go_on(ada, one, device.get(options(ada, other)))) == INVALID
    assert problem(go_on(ada, one, got(ada, device))) == INVALID
    bound = device.get(options(ada, one))
    assert problem(ada.post("/auth/login/passkey", json={"passkey": bound})) == (401, "passkey_refused")
    assert go_on(ada, one, device.get(options(ada, one))).status_code == 200


def test_another_users_passkey_is_none(ada, world):
    """Whoever signs by it."""  # PK-3
    theirs = Authenticator()
    bob = Client(ada.app)
    bob.register(email="bob@example.com")
    token = bob.login(email="bob@example.com").json()["access_token"]
    mine = {"authorization": f"Bearer {token}"}
    asked = {"passkey": theirs.create(bob.post("/auth/passkeys/options", headers=mine).json())}
    assert bob.post("/auth/passkeys", json=asked, headers=mine).status_code == 201
    challenge = begun(ada)
    assert problem(go_on(ada, challenge, theirs.get(options(ada, challenge)))) == INVALID
    assert "second_factor_failed" in [event.name for event in world.events]


@pytest.mark.parametrize("challenge", ["challenge.x", "x", "challenge." + "A" * 43])
def test_a_login_that_is_none_has_no_options(ada, challenge):
    """Nor one that is over."""
    answer = ada.post("/auth/login/passkey/options", json={"challenge": challenge})
    assert problem(answer) == GONE


def test_the_challenge_is_a_text(ada):
    """What else it may be is told by field."""
    assert fields(ada.post("/auth/login/passkey/options", json={"challenge": 5})) == ["challenge"]


def test_an_answer_is_an_object(ada):
    """What else it may be is told by field."""
    assert fields(go_on(ada, begun(ada), "x")) == ["passkey"]


def test_a_passkey_does_not_ask_by_itself(client, world, device):
    """Its user has no other factor: the password is enough, as before."""
    user_id = with_passkey(client, world, device)
    world.auth.database.query("UPDATE auth_accounts SET factor_kinds = 0 WHERE user_id = %s", (user_id,))
    assert client.login().status_code == 200


def test_a_passkey_that_verified_its_user_is_asked_for_nothing_more(client, world):
    """It is two factors in one."""
    device = Authenticator()
    with_passkey(client, world, device)
    assert client.post("/auth/login/passkey", json={"passkey": got(client, device)}).status_code == 200


def test_a_passkey_proves_once_more_who_is_logged_in(client, world):
    """The new session is fresh, and as sure as two factors."""
    device = Authenticator()
    with_passkey(client, world, device)
    first = client.post("/auth/login/passkey", json={"passkey": got(client, device)}).json()
    world.now += 700
    asked = {"passkey": got(client, device)}
    mine = {"authorization": f"Bearer {first['access_token']}"}
    answer = client.post("/auth/reauthenticate", json=asked, headers=mine)
    assert answer.status_code == 200
    claims = world.auth.tokens.verify(answer.json()["access_token"])
    assert (claims.auth_time, claims.amr, claims.acr) == (world.now, {"hwk", "user"}, "aal2")
    again = client.post("/auth/reauthenticate", json=asked, headers=mine)
    assert again.status_code == 401


def test_who_logs_in_once_more_verifies_the_user(ada, device, world):
    """A key alone proves that the key is there."""
    challenge = begun(ada)
    first = go_on(ada, challenge, device.get(options(ada, challenge))).json()
    mine = {"authorization": f"Bearer {first['access_token']}"}
    answer = ada.post("/auth/reauthenticate", json={"passkey": got(ada, device)}, headers=mine)
    assert problem(answer) == INVALID
    assert world.events[-1].name == "reauthentication_failed"
