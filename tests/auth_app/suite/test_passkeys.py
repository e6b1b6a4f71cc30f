"""The routes that register, list, name and remove passkeys, with an authenticator in software."""

from __future__ import annotations

import pytest

from jwt_auth_core.passwords.hasher import NO_PASSWORD
from tests.auth_app.suite.client import ADA, ORIGIN, Client, fields, problem
from tests.auth_app.suite.passkeys import got, listed, log_in
from tests.auth_app.world import World, settings
from tests.passkeys.authenticator import BE, BS, HAND, Authenticator

STALE = (401, "insufficient_user_authentication")
REFUSED = (401, "passkey_refused")


@pytest.fixture
def world():
    """Return a world whose passkeys are for the page of the tests; three a user."""
    world = World(settings(PUBLIC_URL=ORIGIN, PASSKEYS_PER_USER="3"))
    yield world
    world.close()


def test_a_passkey_is_registered_and_listed(ada, mine, add):
    """What lists call it, what its user does, whether it may be copied and is."""
    answer = add(Authenticator(flags=HAND | BE | BS), name="telephone")
    assert answer.status_code == 201
    shown = answer.json()
    assert listed(ada, mine) == [shown]
    assert shown.pop("id").startswith("pk_")
    assert shown == {
        "name": "telephone",
        "created_at": "2027-01-15T08:00:00Z",
        "last_used_at": None,
        "synced": True,
        "backed_up": True,
        "transports": ["hybrid", "internal"],
        "aaguid": "00000000-0000-0000-0000-000000000000",
    }


def test_whom_authenticators_know_is_chance(ada, mine, world):
    """The same for all passkeys of a user, and nothing of who that is."""
    asked = [ada.post("/auth/passkeys/options", headers=mine).json() for _ in range(2)]
    handles = {one["user"]["id"] for one in asked}
    assert len(handles) == 1
    assert len(handles.pop()) == 43
    assert asked[0]["challenge"] != asked[1]["challenge"]
    assert asked[0]["user"]["name"] == ADA["email"]
    assert world.auth.end_user.find(ADA["email"]).user_id not in str(asked)


def test_a_device_that_has_one_is_told_so(ada, mine, device):
    """It makes no second one."""
    asked = ada.post("/auth/passkeys/options", headers=mine).json()
    assert len(asked["excludeCredentials"]) == 1
    assert device.credential_id


def test_when_it_was_used_is_listed(ada, mine, device, world):
    """And whether it was backed up then."""
    world.now += 60
    ada.cookies.clear()
    log_in(ada, device)
    assert listed(ada, mine)[0]["last_used_at"] == "2027-01-15T08:01:00Z"


def test_a_passkey_has_another_name(ada, mine, device):
    """The answer is the passkey as it is now."""
    (before,) = listed(ada, mine)
    path = f"/auth/passkeys/{before['id']}"
    answer = ada.send("PATCH", path, json={"name": "key ring"}, headers=mine)
    assert answer.json() == {**before, "name": "key ring"} == listed(ada, mine)[0]
    assert fields(ada.send("PATCH", path, json={"name": " "}, headers=mine)) == ["name"]
    assert device


def test_a_passkey_that_was_removed_opens_nothing(ada, mine, device):
    """From that moment."""
    path = f"/auth/passkeys/{listed(ada, mine)[0]['id']}"
    early = got(ada, device)
    assert ada.send("DELETE", path, headers=mine).json() == {"status": "passkey removed"}
    assert problem(ada.post("/auth/login/passkey", json={"passkey": early})) == REFUSED
    assert listed(ada, mine) == []
    assert problem(ada.send("DELETE", path, headers=mine)) == (404, "passkey_not_found")


@pytest.mark.parametrize("passkey_id", ["pk_" + "0" * 24, "options", "x"])
def test_what_is_nobodys_is_not_found(ada, mine, passkey_id):
    """Nor what is no id."""
    for method, asked in (("PATCH", {"json": {"name": "n"}}), ("DELETE", {})):
        answer = ada.send(method, f"/auth/passkeys/{passkey_id}", headers=mine, **asked)
        assert problem(answer) == (404, "passkey_not_found")


def test_the_last_way_in_stays(ada, mine, add, world):
    """Without a password, the last passkey does."""  # PK-3
    user = world.auth.end_user.find(ADA["email"])
    devices = [Authenticator(), Authenticator()]
    paths = [f"/auth/passkeys/{add(device).json()['id']}" for device in devices]
    world.auth.database.query("UPDATE users SET password_hash = %s", (NO_PASSWORD,))
    assert ada.send("DELETE", paths[0], headers=mine).status_code == 200
    assert problem(ada.send("DELETE", paths[1], headers=mine)) == (409, "last_credential")
    assert log_in(ada, devices[1]).json()["user_id"] == user.user_id


def test_a_change_needs_a_fresh_login(ada, mine, device, world):
    """A listing does not."""
    (passkey,) = listed(ada, mine)
    options = ada.post("/auth/passkeys/options", headers=mine).json()
    world.now += 601
    path, asked = f"/auth/passkeys/{passkey['id']}", {"passkey": Authenticator().create(options)}
    answers = [
        ada.post("/auth/passkeys/options", headers=mine),
        ada.post("/auth/passkeys", json=asked, headers=mine),
        ada.send("PATCH", path, json={"name": "n"}, headers=mine),
        ada.send("DELETE", path, headers=mine),
    ]
    assert [problem(answer) for answer in answers] == [STALE] * 4
    assert listed(ada, mine) == [passkey]
    assert device


def test_a_user_has_so_many(ada, mine, add):
    """Also where the options were asked for before."""
    options = [ada.post("/auth/passkeys/options", headers=mine).json() for _ in range(4)]
    made = [{"passkey": Authenticator().create(one)} for one in options]
    answers = [ada.post("/auth/passkeys", json=one, headers=mine) for one in made]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    assert problem(ada.post("/auth/passkeys/options", headers=mine)) == (409, "too_many_passkeys")
    assert add


def test_a_passkey_is_registered_once(ada, mine, device):
    """Whoever brings it again."""  # PK-3
    options = ada.post("/auth/passkeys/options", headers=mine).json()
    asked = {"passkey": device.create(options)}
    assert problem(ada.post("/auth/passkeys", json=asked, headers=mine)) == (409, "passkey_exists")


@pytest.mark.parametrize("path", ["/auth/passkeys", "/auth/login/passkey"])
@pytest.mark.parametrize(("asked", "code"), [({}, "missing"), ({"passkey": "x"}, "wrong_type")])
def test_what_has_no_passkey_is_told_so(ada, mine, path, asked, code):
    """By the name of the field."""
    answer = ada.post(path, json=asked, headers=mine)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert fields(answer) == ["passkey"]


def test_without_a_relying_party_there_are_none(app_factory):
    """The routes say what is missing; an account's list is empty."""
    world = World()
    client = Client(app_factory(world.auth))
    client.register()
    mine = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    paths = ["/auth/passkeys/options", "/auth/login/passkey/options"]
    for path in paths:
        assert problem(client.post(path, headers=mine)) == (501, "passkeys_not_configured")
    for path in ("/auth/passkeys", "/auth/login/passkey"):
        asked = {"passkey": {}}
        assert problem(client.post(path, json=asked, headers=mine)) == (501, "passkeys_not_configured")
    assert listed(client, mine) == []
    world.close()


def test_a_challenge_is_for_its_ceremony_and_its_user(ada, mine, device, world):
    """One of a registration opens no session, nor another user's registration."""  # PK-1
    options = ada.post("/auth/passkeys/options", headers=mine).json()
    answer = device.get({"challenge": options["challenge"]})
    assert problem(ada.post("/auth/login/passkey", json={"passkey": answer})) == REFUSED
    bob = Client(ada.app)
    bob.register(email="bob@example.com")
    token = bob.login(email="bob@example.com").json()["access_token"]
    asked = {"passkey": Authenticator().create(options)}
    headers = {"authorization": f"Bearer {token}"}
    assert problem(bob.post("/auth/passkeys", json=asked, headers=headers)) == (400, "invalid_passkey")
    asked = {"passkey": Authenticator().create({**options, **ada.post("/auth/login/passkey/options").json()})}
    assert problem(ada.post("/auth/passkeys", json=asked, headers=mine)) == (400, "invalid_passkey")
    assert len(world.auth.passkeys.list(world.auth.end_user.find(ADA["email"]).user_id)) == 1
