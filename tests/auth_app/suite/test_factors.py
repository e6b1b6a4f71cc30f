"""The routes of second factors: enrol an app, log in by it, look at what there is, take it away."""

import pyotp
import pytest

from tests.auth_app.suite.client import ADA, Client, fields, problem
from tests.auth_app.world import World, settings

ROUTES = [
    ("GET", "/auth/factors"),
    ("POST", "/auth/factors/totp"),
    ("POST", "/auth/factors/totp/confirm"),
    ("DELETE", "/auth/factors/totp"),
    ("DELETE", "/auth/factors/totp/totp_1"),
    ("POST", "/auth/factors/recovery-codes"),
    ("DELETE", "/auth/factors/devices/abc"),
]


@pytest.fixture
def world():
    """Return a world that encrypts."""
    made = World(settings(ENCRYPTION_KEYS="a key that encrypts what the tests of factors keep"))
    yield made
    made.close()


@pytest.fixture
def ada(app_factory, world):
    """Return a client of an application where Ada is registered."""
    client = Client(app_factory(world.auth))
    assert client.register().status_code == 201
    return client


def bearer(answer):
    """Return the headers that an answer gives."""
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def code(world, made):
    """Return what the app of an enrolment shows."""
    return pyotp.TOTP(made.json()["secret"]).at(world.now)


def enrolled(ada, world):
    """Return an app that counts, and the recovery codes."""
    headers = bearer(ada.login())
    made = ada.post("/auth/factors/totp", json={"name": "phone"}, headers=headers)
    assert made.status_code == 201
    body = {"code": code(world, made)}
    return made, ada.post("/auth/factors/totp/confirm", json=body, headers=headers).json()["recovery_codes"]


def log_in(ada, **answer):
    """Log in with the second factor."""
    challenge = ada.login().json()["challenge"]
    return ada.post("/auth/login/second-factor", json={"challenge": challenge, **answer})


def test_an_app_is_set_up_confirmed_and_asked_for(ada, world):
    """The secret is shown once; the codes for a rainy day with it."""
    made, codes = enrolled(ada, world)
    assert set(made.json()) == {"id", "name", "secret", "uri", "qr_svg"}
    assert len(codes) == 10
    world.now += 60
    assert log_in(ada, totp=code(world, made)).status_code == 200
    assert log_in(ada, recovery_code=codes[0]).status_code == 200
    assert problem(log_in(ada, recovery_code=codes[0])) == (401, "factor_invalid")


def test_what_there_is_is_listed(ada, world):
    """No secret among it."""
    made, codes = enrolled(ada, world)
    world.now += 60
    answer = log_in(ada, recovery_code=codes[0], remember_device=True)
    listed = ada.get("/auth/factors", headers=bearer(answer)).json()
    (app,) = listed["totp"]
    assert (app["id"], app["name"], listed["recovery_codes_left"]) == (made.json()["id"], "phone", 9)
    assert len(listed["remembered_devices"]) == 1
    assert made.json()["secret"] not in str(listed)


def test_a_remembered_device_is_forgotten(ada, world):
    """And asked again."""
    _, codes = enrolled(ada, world)
    headers = bearer(log_in(ada, recovery_code=codes[0], remember_device=True))
    (device,) = ada.get("/auth/factors", headers=headers).json()["remembered_devices"]
    path = f"/auth/factors/devices/{device['id']}"
    assert ada.send("DELETE", path, headers=headers).json() == {"status": "device forgotten"}
    assert problem(ada.send("DELETE", path, headers=headers)) == (404, "factor_not_found")
    assert problem(ada.login()) == (401, "second_factor_required")


@pytest.mark.parametrize("all_of_them", [False, True])
def test_an_app_is_removed(ada, world, all_of_them):
    """After a login by a second factor; then the password is enough."""
    made, codes = enrolled(ada, world)
    headers = bearer(log_in(ada, recovery_code=codes[0]))
    path = "/auth/factors/totp" if all_of_them else f"/auth/factors/totp/{made.json()['id']}"
    assert ada.send("DELETE", path, headers=headers).json() == {"status": "second factor removed"}
    assert problem(ada.send("DELETE", path, headers=headers)) == (404, "factor_not_found")
    assert ada.login().status_code == 200


def test_new_recovery_codes_come_for_the_old(ada, world):
    """Ten of them."""
    _, codes = enrolled(ada, world)
    headers = bearer(log_in(ada, recovery_code=codes[0]))
    new = ada.post("/auth/factors/recovery-codes", headers=headers).json()["recovery_codes"]
    assert len(set(new) - set(codes)) == 10


def test_without_a_second_factor_a_login_changes_none(ada, world):
    """The challenge says what is needed."""
    headers = bearer(ada.login())
    made = ada.post("/auth/factors/totp", headers=headers)
    ada.post("/auth/factors/totp/confirm", json={"code": code(world, made)}, headers=headers)
    refused = ada.post("/auth/factors/totp", headers=headers)
    assert problem(refused) == (401, "insufficient_user_authentication")
    assert 'acr_values="aal2"' in refused.headers["www-authenticate"]


def test_without_keys_nothing_is_enrolled(app_factory):
    """501, as long as the operator has set none."""
    bare = World()
    client = Client(app_factory(bare.auth))
    assert client.post("/auth/register", json=ADA).status_code == 201
    answer = client.post("/auth/factors/totp", headers=bearer(client.login()))
    bare.close()
    assert problem(answer) == (501, "encryption_not_configured")


def test_a_wrong_code_confirms_nothing(ada):
    """Nor does one that is none."""
    headers = bearer(ada.login())
    ada.post("/auth/factors/totp", headers=headers)
    answer = ada.post("/auth/factors/totp/confirm", json={"code": "000000"}, headers=headers)
    assert problem(answer) == (400, "invalid_code")
    answer = ada.post("/auth/factors/totp/confirm", json={"code": "12"}, headers=headers)
    assert fields(answer) == ["code"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_each_asks_for_an_access_token(ada, method, path):
    """Without one nothing is done."""
    assert problem(ada.send(method, path)) == (401, "not_authenticated")


def test_the_path_of_the_confirmation_is_no_app(ada):
    """405, with what it takes."""
    answer = ada.send("DELETE", "/auth/factors/totp/confirm")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


@pytest.fixture
def newcomer(app_factory):
    """Return a client where everybody must have a second factor, and its world."""
    key = "a key that encrypts what the tests of factors keep"
    made = World(settings(ENCRYPTION_KEYS=key, SECOND_FACTOR="required"))
    client = Client(app_factory(made.auth))
    assert client.register().status_code == 201
    yield client, made
    made.close()


def test_who_needs_a_factor_enrols_it_at_the_login(newcomer):
    """403 names what for; the code of the new app completes the login."""
    client, world = newcomer
    asked = client.login()
    assert problem(asked) == (403, "enrolment_required")
    token = asked.json()["enrolment_token"]
    made = client.post("/auth/factors/enrol", json={"enrolment_token": token})
    assert made.status_code == 201
    step = {"challenge": token, "totp": code(world, made)}
    answer = client.post("/auth/login/second-factor", json=step)
    assert answer.status_code == 200
    assert client.get("/auth/factors", headers=bearer(answer)).json()["totp"][0]["id"] == made.json()["id"]
    codes = client.post("/auth/factors/recovery-codes", headers=bearer(answer)).json()["recovery_codes"]
    assert len(codes) == 10


def test_what_enrols_is_a_bearer_token_there(newcomer):
    """RFC 6750 section 2.1; the body may then be left out."""
    client, world = newcomer
    token = client.login().json()["enrolment_token"]
    headers = {"authorization": f"Bearer {token}"}
    made = client.post("/auth/factors/enrol", headers=headers, json={"name": "phone"})
    assert (made.status_code, made.json()["name"]) == (201, "phone")
    assert client.send("POST", "/auth/factors/enrol", headers=headers).status_code == 201
    client.post("/auth/login/second-factor", json={"challenge": token, "totp": code(world, made)})


@pytest.mark.parametrize("value", ["Bearer enrolment.x", "Bearer " + "a" * 43, "Bearer a b"])
def test_a_bearer_token_that_enrols_nobody_is_invalid(newcomer, value):
    """With the challenge of RFC 6750 section 3.1; an access token is none of these."""
    client, _ = newcomer
    answer = client.post("/auth/factors/enrol", json={}, headers={"authorization": value})
    assert problem(answer) == (401, "token_invalid")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_what_enrols_comes_once(newcomer):
    """In header and body it is one too many; an access token that comes along is not read."""
    client, _ = newcomer
    token = client.login().json()["enrolment_token"]
    body, send = {"enrolment_token": token}, client.post
    twice = send("/auth/factors/enrol", json=body, headers={"authorization": f"Bearer {token}"})
    assert problem(twice) == (400, "invalid_request")
    other = send("/auth/factors/enrol", json=body, headers={"authorization": "Bearer old"})
    assert other.status_code == 201
    assert problem(send("/auth/factors/enrol", json={})) == (422, "invalid_input")
    basic = send("/auth/factors/enrol", json={}, headers={"authorization": "Basic abc"})
    assert problem(basic) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("method", "path"), [*ROUTES, ("GET", "/auth/me"), ("POST", "/auth/passkeys/options")]
)
def test_what_enrols_is_none_elsewhere(newcomer, method, path):
    """Everywhere else the middleware refuses it."""  # OTP-5
    client, _ = newcomer
    headers = {"authorization": f"Bearer {client.login().json()['enrolment_token']}"}
    assert problem(client.send(method, path, headers=headers)) == (401, "token_invalid")


def test_what_enrols_opens_nothing_else(newcomer):
    """No access token, and no refresh token."""  # OTP-5
    client, _ = newcomer
    token = client.login().json()["enrolment_token"]
    assert problem(client.get("/auth/factors", headers={"authorization": f"Bearer {token}"})) == (
        401,
        "token_invalid",
    )
    assert problem(client.refresh(json={"refresh_token": token})) == (401, "refresh_invalid")
    answer = client.post("/auth/factors/enrol", json={"enrolment_token": "enrolment.x"})
    assert problem(answer) == (401, "challenge_invalid")


def test_a_scope_may_need_a_second_factor(app_factory):
    """The login without one goes without it, and the user is shown what the session grants."""
    key = "a key that encrypts what the tests of factors keep"
    world = World(settings(ENCRYPTION_KEYS=key, SECOND_FACTOR="reports:write"))
    client = Client(app_factory(world.auth))
    user_id = client.register().json()["user_id"]
    world.auth.end_user.set_scopes(user_id, {"topics:read", "reports:write"})
    plain = client.get("/auth/me", headers=bearer(client.login())).json()["scopes"]
    made, _ = enrolled(client, world)
    world.now += 60
    both = bearer(log_in(client, totp=code(world, made)))
    assert plain == ["topics:read"]
    assert client.get("/auth/me", headers=both).json()["scopes"] == ["reports:write", "topics:read"]
    assert client.send("PATCH", "/auth/me", json={"first_name": "A"}, headers=both).json()["scopes"][1:]
    world.close()
