"""Hooks over HTTP: what they refuse, what they add, and what becomes of a login where one fails."""

import asyncio
import threading
from functools import partial

import pytest

from jwt_auth_asgi.executors.hook_runner import HookRunner
from jwt_auth_core.hooks.refusal import HookFailedError, RefusedError
from tests.auth_app.suite.client import ADA, LOGIN, ORIGIN

BODY = {**LOGIN, "transport": "body"}


@pytest.fixture
def impatient(monkeypatch):
    """Have hooks answer within a twentieth of a second."""
    monkeypatch.setattr("jwt_auth_asgi.features.hooked.HookRunner", partial(HookRunner, seconds=0.05))


def refuse(*_given):
    """Refuse in words."""
    raise RefusedError("no_seats", "Your plan has no seats left")


async def refuse_later(*_given):
    """Refuse in words, on the loop."""
    raise RefusedError("no_seats", "Your plan has no seats left")


def fail(*_given):
    """Be a hook with a fault."""
    raise KeyError("a fault of the application")


def refused(answer):
    """Tell whether an answer is the refusal of the hook."""
    told = answer.json()
    return (answer.status_code, told["code"], told.get("reason"), told["detail"]) == (
        403,
        "refused",
        "no_seats",
        "Your plan has no seats left",
    )


def claims(world, answer):
    """Return what the access token of an answer says beside the registered claims."""
    return dict(world.auth.claims_of(answer.json()["access_token"]).extra)


@pytest.mark.parametrize("hook", [refuse, refuse_later])
def test_a_registration_is_refused(client, world, hook):
    """Nothing is stored."""
    world.auth.hooks.before_register(hook)
    assert refused(client.register())
    assert world.events == []


def test_a_registration_is_told_without_its_password(client, world):
    """The hook reads who wants an account, and from where."""
    told = []
    world.auth.hooks.before_register(told.append)
    assert client.register().status_code == 201
    (registration,) = told
    assert (registration.email, registration.first_name) == (ADA["email"], ADA["first_name"])
    assert registration.client.address == "198.51.100.7"
    assert ADA["password"] not in repr(registration)


@pytest.mark.parametrize("hook", [refuse, refuse_later])
def test_a_login_is_refused(ada, world, hook):
    """No password was looked at."""
    world.auth.hooks.before_login(hook)
    assert refused(ada.login())
    assert [event.name for event in world.events] == ["user_registered"]


def test_the_token_endpoint_is_asked_alike(ada, world):
    """In the words of OAuth."""
    world.auth.hooks.before_login(refuse)
    form = {"grant_type": "password", "username": LOGIN["email"], "password": LOGIN["password"]}
    answer = ada.post("/auth/token", data=form)
    assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (
        400,
        "invalid_grant",
        "refused",
    )


def test_a_login_is_told_its_method(ada, world):
    """The hook reads the address, in its canonical form, and by what."""
    told = []
    world.auth.hooks.before_login(told.append)
    assert ada.login(email="ADA@Example.com").status_code == 200
    assert [(one.email, one.method) for one in told] == [("ada@example.com", "pwd")]


@pytest.mark.parametrize("place", ["before_register", "before_login", "claims_for"])
def test_a_hook_with_a_fault_is_503(ada, world, place, caplog):
    """The client may come again, and learns nothing of it; the log has it."""
    getattr(world.auth.hooks, place)(fail)
    answer = ada.register(email="b@example.com") if place == "before_register" else ada.login()
    assert (answer.status_code, answer.json()["code"]) == (503, "hook_failed")
    assert "set-cookie" not in answer.headers
    assert f"the hook {place} failed" in caplog.messages


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("place", ["before_register", "before_login", "claims_for"])
def test_a_hook_that_hangs_stops_nobody_else(ada, world, place):
    """Who asks it gets 503 in time; who does not goes on."""
    over = threading.Event()
    token = ada.post("/auth/login", json=BODY).json()["access_token"]
    getattr(world.auth.hooks, place)(lambda *_: over.wait())
    answer = ada.register(email="b@example.com") if place == "before_register" else ada.login()
    assert answer.json()["code"] == "hook_failed"
    assert ada.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    over.set()


def test_extra_claims_are_in_every_token(ada, world):
    """At login, and at each refresh, whose batch is asked anew."""
    plans = iter(["free", "pro"])
    world.auth.hooks.claims_for(lambda users: [{"plan": next(plans)} for _ in users])
    login = ada.post("/auth/login", json=BODY)
    assert claims(world, login) == {"plan": "free"}
    held = {"refresh_token": login.json()["refresh_token"]}
    assert claims(world, ada.post("/auth/refresh", json=held)) == {"plan": "pro"}


def test_a_new_session_has_them_too(session, world):
    """Who logs in once more, or changes the password, loses none."""
    world.auth.hooks.claims_for(lambda users: [{"who": user.first_name} for user in users])
    token = session.post("/auth/login", json=BODY).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    again = session.post("/auth/reauthenticate", json={"password": LOGIN["password"]}, headers=bearer)
    assert claims(world, again) == {"who": "Ada"}


@pytest.mark.parametrize("extra", [None, {}])
def test_no_extra_claims_are_none(ada, world, extra):
    """A user may have nothing to say."""
    world.auth.hooks.claims_for(lambda _: [extra])
    assert claims(world, ada.login()) == {}


UNFIT = {
    "sub": [{"sub": "root"}],
    "scope": [{"scope": "admin"}],
    "roles": [{"roles": ["admin"]}],
    "amr": [{"amr": ["mfa"]}],
    "act": [{"act": {"sub": "root"}}],
    "no JSON": [{"x": object()}],
    "too large": [{"x": "y" * 9000}],
    "none": [],
    "two": [{}, {}],
    "nothing": None,
    "a text": "x",
    "a list of lists": [["x"]],
    "a list of texts": ["x"],
    "a mapping": {"x": "y"},
}


@pytest.mark.parametrize("answers", UNFIT.values(), ids=UNFIT)
def test_what_no_token_may_say_issues_none(ada, world, answers):
    """A registered claim, no JSON, too much of it, or another number of answers: 503, and no session."""
    world.auth.hooks.claims_for(lambda _: answers)
    answer = ada.login()
    assert (answer.status_code, answer.json()["code"]) == (503, "hook_failed")
    assert ada.cookies == {}


@pytest.mark.parametrize("hook", [fail, lambda _: [RefusedError("banned")]], ids=["fault", "refusal"])
def test_a_login_without_claims_is_taken_back(ada, world, hook):
    """No session is left behind, and the audit tells both."""
    world.auth.hooks.claims_for(hook)
    assert ada.login().status_code in {403, 503}
    names = [(event.name, event.reason) for event in world.events]
    assert names[-2:] == [("login_succeeded", None), ("session_ended", "not_granted")]
    assert world.auth.list_sessions(world.stores.users.find_by_email(LOGIN["email"]).user_id) == []


def test_a_login_that_cannot_be_taken_back_is_refused_alike(ada, world, monkeypatch, caplog):
    """Nobody has its tokens."""
    world.auth.hooks.claims_for(fail)
    monkeypatch.setattr(type(world.auth.take_back), "__call__", no_store)
    assert ada.login().json()["code"] == "hook_failed"
    assert "a session without tokens was not ended" in caplog.text


def no_store(*_given):
    """Be a store that does not answer."""
    raise HookFailedError("store")


def test_a_refresh_without_claims_loses_nothing(ada, world):
    """The refresh token at hand goes on once the hook answers again."""  # RF-02
    held = {"refresh_token": ada.post("/auth/login", json=BODY).json()["refresh_token"]}
    answers = iter([KeyError, [{"plan": "pro"}]])
    world.auth.hooks.claims_for(lambda _: next(answers))
    assert ada.post("/auth/refresh", json=held).json()["code"] == "hook_failed"
    assert claims(world, ada.post("/auth/refresh", json=held)) == {"plan": "pro"}


def test_one_user_of_a_batch_is_refused(ada, world):
    """A refusal that is returned is for that one alone."""
    held = ada.post("/auth/login", json=BODY).json()["refresh_token"]
    world.auth.hooks.claims_for(lambda _: [RefusedError("no_seats", "Your plan has no seats left")])
    assert refused(ada.post("/auth/refresh", json={"refresh_token": held}))


async def test_a_batch_is_asked_once(ada, world):
    """All who come in one turn of the loop, in their order; each gets the own claims."""
    asked = []
    people = [f"{name}@example.com" for name in "abc"]
    held = [await _held(ada, email) for email in people]
    world.auth.hooks.claims_for(
        lambda users: asked.append(len(users)) or [{"e": user.email} for user in users]
    )
    async with ada.session() as http:
        sent = [http.post("/auth/refresh", json={"refresh_token": one}) for one in held]
        answers = await asyncio.gather(*sent)
    assert [claims(world, answer) for answer in answers] == [{"e": email} for email in people]
    assert sum(asked) == len(people)
    assert len(asked) <= 2  # the first may leave alone


async def _held(client, email):
    async with client.session() as http:
        person = {**ADA, "email": email}
        assert (await http.post(f"{ORIGIN}/auth/register", json=person)).status_code == 201
        return (await http.post("/auth/login", json={**BODY, "email": email})).json()["refresh_token"]


@pytest.mark.parametrize("value", [10**309, 10**5000], ids=["no float", "no text"])
def test_a_number_that_no_token_can_hold_is_answered_for(ada, world, value):
    """At once, and whoever comes along in the batch is, too."""
    world.auth.hooks.claims_for(lambda users: [{"x": value} for _ in users])
    answer = ada.login()
    assert (answer.status_code, answer.json()["code"]) == (503, "hook_failed")


def test_without_hooks_nothing_is_called(ada, monkeypatch):
    """A login and a refresh of who registers none go past them."""
    monkeypatch.setattr(HookRunner, "__call__", fail)
    held = ada.post("/auth/login", json=BODY).json()["refresh_token"]
    assert ada.post("/auth/refresh", json={"refresh_token": held}).status_code == 200
