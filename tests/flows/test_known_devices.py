"""Where a user has signed in before, no stranger's guesses keep her out; in both worlds."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidCredentialsError, InvalidInputError, StoreUnavailableError
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.rate_limits import FallbackLimits, RateLimitedError
from jwt_auth_core.vocabulary import Client, Secret
from tests.flows.conftest import KEY, PASSWORD, World
from tests.flows.guesses import ADA, NOW
from tests.flows.parts import between, process

pytestmark = pytest.mark.limited

EVE = "eve@example.com"
FORGED = Secret("A" * 43)


@pytest.fixture
def own(world, guess):
    """Return the token of the device at which Ada has signed in; Eve is registered, too."""
    for email in (ADA, EVE):
        world.register(email)
    return guess.login(world, PASSWORD).device


def test_a_known_device_does_not_wait_for_the_account(world, guess, own):
    """Strangers have used it up: the owner gets in where she has been, and nowhere else."""
    # RL-4
    assert guess.times(world, 7) == (5, {60})
    assert guess(world, PASSWORD) == ("rate_limited", 60)
    grant = guess.login(world, PASSWORD, device=own)
    assert grant.device == own
    assert guess(world, PASSWORD) == ("rate_limited", 60)


@pytest.mark.parametrize("device", [None, FORGED, Secret(""), Secret("é" * 43), Secret("A" * 5000)])
def test_what_is_no_device_is_nothing(world, guess, own, device):
    """Forged or foreign, it neither helps nor is it kept: who signs in with it gets a new one."""
    assert guess.login(world, PASSWORD, device=device).device not in {device, own}
    assert guess.times(world, 7, device=device) == (5, {60})
    assert guess(world, PASSWORD, device=device) == ("rate_limited", 60)


def test_a_device_of_another_user_is_nothing(world, guess, own):
    """It counts as none, until that one signs in there as well; then the token is a new one."""
    guess.times(world, 3, email=EVE)
    assert guess.times(world, 4, email=EVE, device=own) == (2, {60})
    guess.seconds += 60
    both = guess.login(world, PASSWORD, email=EVE, device=own).device
    assert both != own
    guess.times(world, 9)
    guess.times(world, 9, email=EVE)
    assert [guess(world, PASSWORD, email, both)[0] for email in (ADA, EVE)] == ["logged in"] * 2
    assert guess(world, PASSWORD, device=own) == ("rate_limited", 60)


def test_a_known_device_has_a_budget_of_its_own(world, guess, own):
    """Five wrong passwords in five minutes, which are not counted to the account, nor the other way round."""
    assert guess.times(world, 7, device=own) == (5, {60})
    assert guess(world, PASSWORD, device=own) == ("rate_limited", 60)
    assert guess.times(world, 7) == (5, {60})
    guess.seconds += 60
    assert guess(world, PASSWORD, device=own) == ("logged in", None)


def twenty_wrong(world, guess, device):
    """Use a known device up."""
    for _ in range(20):
        guess.seconds += 60
        assert guess(world, device=device)[0] == "invalid_credentials"
    guess.seconds += 300


def test_twenty_wrong_passwords_make_it_unknown(world, guess, own):
    """Then it waits with the account, until the user signs in there again."""
    # RL-4
    twenty_wrong(world, guess, own)
    guess.times(world, 5)
    assert guess(world, PASSWORD, device=own) == ("rate_limited", 60)
    guess.seconds += 60
    again = guess.login(world, PASSWORD, device=own).device
    guess.times(world, 5)
    assert guess(world, PASSWORD, device=again) == ("logged in", None)


def test_a_right_password_begins_the_twenty_anew(world, guess, own):
    """Who mistypes now and then loses nothing."""
    for _ in range(3):
        for _ in range(15):
            guess.seconds += 60
            guess(world, device=own)
        guess.seconds += 60
        assert guess(world, PASSWORD, device=own) == ("logged in", None)


def test_one_that_was_used_up_meanwhile_is_refused(world, guess, own, monkeypatch):
    """Whoever else guesses with it at the same time: of the twenty-first nobody is told that it was right."""
    users = world.auth.login.users
    devices, digest = world.auth.login.limits.devices, world.auth.login.limits.devices.of_user
    user_id = users.find_by_email(ADA).user_id

    def use_up():
        for _ in range(20):
            devices.count_failure(digest(user_id)[0], user_id)

    between(monkeypatch, type(users), "find_settled", use_up)
    assert guess(world, PASSWORD, device=own)[0] == "invalid_credentials"
    assert world.auth.list_sessions(user_id)[1:] == []


def test_it_is_looked_up_once(world, guess, own, monkeypatch):
    """Known or not: one question to the store of the limits, and one to the table; without one, none."""
    asked = []
    take, is_known = FallbackLimits.take, type(world.auth.login.limits.devices).is_known
    monkeypatch.setattr(FallbackLimits, "take", lambda *args: asked.append("take") or take(*args))
    monkeypatch.setattr(
        type(world.auth.login.limits.devices),
        "is_known",
        lambda *args, **named: asked.append("known") or is_known(*args, **named),
    )
    guess.login(world, PASSWORD, device=own)
    guess.login(world, PASSWORD)
    assert asked == ["take", "known", "take"]


def test_unknown_accounts_are_asked_about_alike(world, guess, own, monkeypatch):
    """With the device of somebody: the same questions, so that nothing tells who exists."""
    # ENUM-1, RL-7
    asked = []
    query = type(world.stores.database).query

    def noted(self, sql, *rest, **named):
        if "auth_devices" in sql or "password_failures = password_failures" in sql:
            asked.append(sql)
        return query(self, sql, *rest, **named)

    monkeypatch.setattr(type(world.stores.database), "query", noted)
    questions = []
    for email in (EVE, "nobody@example.com"):
        guess.times(world, 3, email=email, device=own)
        questions.append(list(asked))
        asked.clear()
    assert questions[0] == questions[1] != []


def test_a_login_that_asks_for_more_makes_nothing_known(world, guess, own):
    """Whoever has the password alone, where a second factor is asked for, has not signed in."""
    del own
    challenge = Challenge(Secret("x"), ("totp",), 300)
    object.__setattr__(world.auth.login.open_session, "second_factor", lambda *_: challenge)
    devices = world.auth.login.limits.devices
    before = devices.of_user(world.auth.login.users.find_by_email(ADA).user_id)
    assert guess.login(world, PASSWORD) == challenge
    assert devices.of_user(world.auth.login.users.find_by_email(ADA).user_id) == before


def test_a_device_that_cannot_be_noted_is_no_login(world, guess, own, monkeypatch):
    """The database is down: 503, and nothing is handed out."""
    del own

    def down(*_arguments, **_named):
        raise StoreUnavailableError("database")

    monkeypatch.setattr(type(world.auth.login.limits.devices), "add", down)
    with pytest.raises(StoreUnavailableError):
        guess.login(world, PASSWORD)
    assert world.names().count("login_succeeded") == 1


def test_other_processes_know_it(world, guess, own):
    """It is in the database."""
    with process(world) as other:
        guess.times(world, 7)
        attempt = LoginAttempt.parse({"email": ADA, "password": PASSWORD, "device": own.reveal()})
        assert other.login(attempt, Client(limit_key="192.0.2.200")).device == own


def test_the_device_of_a_disabled_or_deleted_user_is_nothing(world, guess, own):
    """The password is refused as any wrong one, and with the user the device is gone."""
    user_id = world.auth.login.users.find_by_email(ADA).user_id
    world.auth.end_user.disable(user_id)
    assert guess(world, PASSWORD, device=own)[0] == "invalid_credentials"
    world.auth.end_user.enable(user_id)
    assert guess(world, PASSWORD, device=own) == ("logged in", None)
    world.auth.end_user.delete(user_id)
    assert world.auth.login.limits.devices.of_user(user_id) == []
    assert guess(world, PASSWORD, device=own)[0] == "invalid_credentials"


@pytest.mark.parametrize("value", [1, ["x"], {}])
def test_a_device_is_a_text(value):
    """Anything else is named."""
    with pytest.raises(InvalidInputError) as caught:
        LoginAttempt.parse({"email": ADA, "password": PASSWORD, "device": value})
    assert [error.field for error in caught.value.errors] == ["device"]
    assert LoginAttempt.parse({"email": ADA, "password": PASSWORD, "device": None}).device is None


def test_without_limits_a_device_is_known_all_the_same(tmp_path):
    """So that it is, when they are turned on."""
    from jwt_auth_core.settings import Settings  # noqa: PLC0415 - of this test alone

    urls = {"DATABASE_URL": f"sqlite:///{tmp_path}/auth.sqlite3", "LIMITS": "off"}
    world = World(Settings.from_env({"JWT_KEY": KEY, **urls}))
    world.register()
    first = world.login().device
    attempt = LoginAttempt.parse({"email": ADA, "password": PASSWORD, "device": first.reveal()})
    assert world.auth.login(attempt, Client()).device == first
    wrong = LoginAttempt.parse({"email": ADA, "password": "x", "device": first.reveal()})
    for _ in range(25):
        with pytest.raises(InvalidCredentialsError):
            world.auth.login(wrong, Client())
    assert world.auth.login(attempt, Client()).device == first
    world.auth.close()


def test_a_device_that_guesses_waits_like_any_other(world, guess, own):
    """What it is told is what everybody is told, whoever it is of."""
    # RL-7
    answers = []
    for email in (ADA, EVE):
        guess.times(world, 5, email=email, device=own)
        with pytest.raises(RateLimitedError) as caught:
            guess.login(world, email=email, device=own)
        answers.append([(one.rule.name, one.retry_after) for one in caught.value.verdicts if not one.allowed])
    assert answers[0] == answers[1]
    assert guess.seconds == NOW
