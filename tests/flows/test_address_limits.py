"""How often an address may log in and register, and a user be wrong; in both worlds, in two processes."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import replace
from functools import partialmethod

import pytest

from jwt_auth_core.errors import InvalidCredentialsError, StoreUnavailableError
from jwt_auth_core.events import RateLimited
from jwt_auth_core.flows.address_limits import is_proxy_noted, note_proxy
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.rate_limits import FallbackLimits, RateLimitedError
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import PASSWORD, World

pytestmark = pytest.mark.limited

HERE = Client("192.0.2.1", limit_key="192.0.2.1")
THERE = Client("192.0.2.2", limit_key="192.0.2.2")
NOW = 1_800_000_000_000_000  # microseconds
WRONG = "not the right password"


@pytest.fixture
def variables():
    """Let an account be guessed at as often as the addresses may."""
    return {"LIMIT_ACCOUNT_FAILURES": "off"}


def attempt(world, password=WRONG, client=HERE, email="ada@example.com"):
    """Log in, and return what came of it."""
    try:
        world.auth.login(LoginAttempt.parse({"email": email, "password": password}), client)
    except (InvalidCredentialsError, RateLimitedError) as error:
        return error.code
    return "logged in"


def outcomes(world, times, **more):
    """Return the outcomes of so many attempts, each once, with how often it came."""
    found = [attempt(world, **more) for _ in range(times)]
    return {one: found.count(one) for one in found}


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """Let no time pass where limits are counted."""
    for verb in ("take", "give_back"):
        ask = getattr(FallbackLimits, verb)
        monkeypatch.setattr(FallbackLimits, verb, partialmethod(ask, now=NOW))


@pytest.fixture
def looked_at(world, monkeypatch):
    """Return the passwords that Argon2 saw, in whichever process."""
    seen = []
    kind = type(world.auth.login.passwords)
    verify = kind.verify

    def noted(self, password, stored):
        seen.append(password)
        return verify(self, password, stored)

    monkeypatch.setattr(kind, "verify", noted)
    return seen


def test_of_two_hundred_guesses_at_once_ten_are_looked_at(world, looked_at):
    """In ten threads of two processes: Argon2 runs ten times, and ten answers say that it was wrong."""
    # RL-1
    world.register()
    other, found, begin = World(world.settings), [], threading.Barrier(10)

    def guess(number):
        begin.wait(60)
        found.extend(attempt(other if number % 2 else world) for _ in range(20))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    other.auth.close()
    assert (found.count("invalid_credentials"), found.count("rate_limited")) == (10, 190)
    assert len(looked_at) == 10


def test_right_passwords_are_no_failures(world):
    """Thirty logins a minute, though only ten may be wrong; then it is too often, right or wrong."""
    world.register()
    assert outcomes(world, 29, password=PASSWORD) == {"logged in": 29}
    assert attempt(world) == "invalid_credentials"
    assert outcomes(world, 2, password=PASSWORD) == {"rate_limited": 2}


def test_known_and_unknown_are_refused_alike(world, looked_at):
    """Before anything is looked at: the same error, whoever it is about, and no event."""
    # RL-7, ENUM-1
    world.register()
    outcomes(world, 10)
    before = len(looked_at), len(world.events)
    for email in ("ada@example.com", "nobody@example.com", "no address"):
        assert attempt(world, PASSWORD, email=email) == "rate_limited"
    assert (len(looked_at), len(world.events)) == before


def test_another_address_is_not_concerned(world):
    """The owner signs in from elsewhere; nor is a caller in this process limited by any address."""
    world.register()
    assert outcomes(world, 20) == {"invalid_credentials": 10, "rate_limited": 10}
    assert attempt(world, PASSWORD, THERE) == "logged in"
    assert outcomes(world, 40, client=Client()) == {"invalid_credentials": 40}


def test_a_crowd_has_as_much_as_its_members(world):
    """A proxy that nobody configured stands for twenty."""
    # RL-3
    proxy = Client("10.0.0.1", limit_key="10.0.0.1", crowd=20)
    assert outcomes(world, 201, client=proxy) == {"invalid_credentials": 200, "rate_limited": 1}


def test_what_nobody_looked_at_was_no_failure(world, monkeypatch):
    """The database is down: the guesses were not looked at, and are not counted as wrong."""
    world.register()
    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.users), "find_by_email", _down)
        for _ in range(15):
            with pytest.raises(StoreUnavailableError):
                attempt(world, PASSWORD)
    assert outcomes(world, 11) == {"invalid_credentials": 10, "rate_limited": 1}


def test_what_was_wrong_stays_counted(world, monkeypatch):
    """Also where it cannot be written down: the answer is 503, and ten of them are all there are."""
    world.register()
    with monkeypatch.context() as patch:
        patch.setattr(type(world.auth.login.open_session.parts.journal), "__call__", _down)
        for _ in range(10):
            with pytest.raises(StoreUnavailableError):
                attempt(world)
    assert attempt(world, PASSWORD) == "rate_limited"


def _down(*_):
    raise StoreUnavailableError("database")


def test_an_address_registers_twenty(world):
    """The next one is refused before its password is hashed."""

    def register(number):
        values = {
            "email": f"a{number}@example.com",
            "password": PASSWORD,
            "first_name": "A",
            "last_name": "B",
        }
        world.auth.register(world.auth.register.parse(values), HERE)

    for number in range(20):
        register(number)
    with pytest.raises(RateLimitedError):
        register(20)


def test_who_took_a_token_guesses_no_password(world, looked_at):
    """Five wrong current passwords in five minutes, from whatever address; the right one is no guess."""
    # RL-5
    user = world.register()

    def change(current, new, client=HERE):
        asked = PasswordChange.parse({"current_password": current, "new_password": new})
        try:
            world.auth.change_password(user.user_id, asked, client)
        except (InvalidCredentialsError, RateLimitedError) as error:
            return error.code
        return "changed"

    assert change(PASSWORD, "another tidal lantern") == "changed"
    wrong = [change(WRONG, PASSWORD, client) for client in (HERE, THERE, Client()) * 2]
    assert wrong == [*["invalid_credentials"] * 5, "rate_limited"]
    before = len(looked_at)
    assert change("another tidal lantern", PASSWORD) == "rate_limited"
    assert len(looked_at) == before


def test_what_is_refused_is_one_event(world):
    """With the address and how often, told, stored and counted when the window is over."""
    # LOG-3
    outcomes(world, 14, password=WRONG)
    world.now += 120
    refusals = world.auth.rate_limits.refusals
    refusals.flush()
    refusals.end_windows()
    (event,) = [one for one in world.events if isinstance(one, RateLimited)]
    assert (event.reason, event.count, event.client.address) == ("login_failures", 4, "192.0.2.1")
    (row,) = [one for one in world.auth.audit.rows() if one.name == "rate_limited"]
    assert json.loads(row.facts)["count"] == 4


def test_a_user_who_is_refused_is_named(world):
    """Whose current password is guessed at hears of it by id."""
    user = world.register()
    change = PasswordChange.parse({"current_password": WRONG, "new_password": PASSWORD + " more"})
    for _ in range(6):
        with suppress(InvalidCredentialsError, RateLimitedError):
            world.auth.change_password(user.user_id, change, HERE)
    world.now += 400
    world.auth.rate_limits.refusals.end_windows()
    (event,) = [one for one in world.events if isinstance(one, RateLimited)]
    assert (event.reason, event.count, event.user_id) == ("codes", 1, user.user_id)


def test_a_proxy_that_nobody_configured_is_remembered_for_a_day(world):
    """By all processes, once; it limits nobody."""
    limits = world.auth.rate_limits
    assert not is_proxy_noted(limits)
    for _ in range(2):
        note_proxy(limits)
    assert is_proxy_noted(limits)
    assert attempt(world) == "invalid_credentials"


def test_where_nothing_is_limited_no_proxy_is_remembered(world):
    """Nobody shares anything there."""
    limits = replace(world.auth.rate_limits, is_on=False)
    note_proxy(limits)
    assert not is_proxy_noted(limits)
