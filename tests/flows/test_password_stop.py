"""A hundred wrong passwords in a row, the same one again, and how it ends; in both worlds."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidCredentialsError
from tests.flows.conftest import PASSWORD
from tests.flows.guesses import ADA
from tests.flows.parts import between

pytestmark = pytest.mark.limited


@pytest.fixture
def variables():
    """Let no account wait: it is the row that is counted."""
    return {"LIMIT_ACCOUNT_FAILURES": "1000000/second", "LIMIT_ACCOUNT_BACKOFF": "off"}


@pytest.fixture
def own(world, guess):
    """Return the token of the device at which Ada has signed in."""
    world.register()
    return guess.login(world, PASSWORD).device


def ada(world):
    """Return Ada as stored."""
    return world.auth.login.users.find_by_email(ADA)


def test_after_a_hundred_in_a_row_the_password_is_good_at_known_devices_alone(world, guess, own):
    """The hundredth stops it, which one event says; elsewhere the right one is refused like any."""
    # RL-4
    assert guess.times(world, 99) == (99, set())
    assert "password_stopped" not in world.names()
    guess(world)
    assert guess(world, PASSWORD) == guess(world) == ("invalid_credentials", None)
    assert world.names().count("password_stopped") == 1
    assert ada(world).password_failures == 100
    assert guess(world, PASSWORD, device=own) == ("logged in", None)
    assert guess(world, PASSWORD) == ("invalid_credentials", None)


def test_elsewhere_the_right_one_begins_anew(world, guess, own):
    """A hundred in a row are meant; at a known device nothing of the others' guesses is forgotten."""
    guess.times(world, 99)
    assert guess(world, PASSWORD, device=own) == ("logged in", None)
    assert ada(world).password_failures == 99
    assert guess(world, PASSWORD) == ("logged in", None)
    assert ada(world).password_failures == 0


def test_what_a_known_device_mistypes_stops_nothing(world, guess, own):
    """It has a budget of its own."""
    guess(world, device=own)
    assert ada(world).password_failures == 0


def test_the_same_work_is_done_when_it_is_stopped(world, guess, own, monkeypatch):
    """One hash, of nobody's password: nothing tells that it was right."""
    # ENUM-1
    del own
    guess.times(world, 100)
    looked = []
    kind = type(world.auth.login.passwords)
    verify = kind.verify
    monkeypatch.setattr(kind, "verify", lambda *args: looked.append(args[2]) or verify(*args))
    guess(world, PASSWORD)
    assert looked == [None]


def test_one_that_was_stopped_meanwhile_is_refused(world, guess, own, monkeypatch):
    """Of a hundred and one at once nobody is told that the last one was right, and no session is left."""
    del own
    user = ada(world)

    def stop():
        for _ in range(100):
            world.auth.login.limits.failures.count(user.user_id, most=100)

    between(monkeypatch, type(world.auth.login.users), "find_settled", stop)
    assert guess(world, PASSWORD)[0] == "invalid_credentials"
    assert len(world.auth.list_sessions(user.user_id)) == 1


def test_the_same_typo_again_counts_once(world, guess, own):
    """For minutes, and for the account only; another one in between changes nothing."""
    del own
    for password in ("Typo", "Typo", "another", "Typo", "another"):
        guess(world, password)
    assert ada(world).password_failures == 2
    guess.seconds += 301
    guess(world, "Typo")
    assert ada(world).password_failures == 3


def test_of_a_known_device_it_counts_once_as_well(world, guess, own):
    """An application that goes on with an old password uses nothing up."""
    for _ in range(30):
        guess(world, "an old password", device=own)
    assert guess.times(world, 4, device=own) == (4, set())


def test_nobody_stores_what_was_typed(world, guess, own):
    """But for keyed digests; they are gone after minutes."""
    # LOG-1
    del own
    guess(world, "Typo of a password")
    database = world.stores.database
    rows = [tuple(row) for row in database.query("SELECT * FROM auth_rate_limits", fetch="all")]
    assert "Typo" not in str(rows)


def test_an_operator_reopens_it(world, guess, own):
    """In whatever spelling of the address: the password works again, and the events say so, once."""
    guess.times(world, 100)
    assert world.auth.account_limits.standing("ADA@example.com").is_stopped
    assert world.auth.account_limits.reset(" Ada@Example.com") == ADA
    assert guess(world, PASSWORD) == ("logged in", None)
    world.auth.account_limits.reset(ADA)
    assert world.names().count("password_reopened") == 1
    assert guess(world, PASSWORD, device=own) == ("logged in", None)


def test_another_proof_reopens_it(world, guess, own):
    """Whoever has shown to be the owner by mail or otherwise."""
    del own
    guess.times(world, 100)
    world.auth.account_limits.reopen(ada(world))
    assert guess(world, PASSWORD) == ("logged in", None)


def test_a_device_begins_anew_with_its_account(world, guess, own):
    """Its budget, and the twenty."""
    for _ in range(4):
        guess.times(world, 5, device=own)
        guess.seconds += 300
    guess.times(world, 100)
    assert guess(world, PASSWORD, device=own) == ("invalid_credentials", None)
    world.auth.account_limits.reset(ADA)
    guess.times(world, 5, device=own)
    world.auth.account_limits.reset(ADA)
    assert guess(world, PASSWORD, device=own) == ("logged in", None)


def test_of_nobody_there_is_nothing_to_reset(world, guess):
    """And nothing tells so."""
    guess.times(world, 3, email="nobody@example.com")
    assert world.auth.account_limits.reset("nobody@example.com") == "nobody@example.com"
    standing = world.auth.account_limits.standing("nobody@example.com")
    assert (standing.in_a_row, standing.is_stopped) == (0, False)


def test_a_disabled_rule_stops_nothing(world, guess, own, monkeypatch):
    """`LIMIT_ACCOUNT_FAILURES=off` has no stop either."""
    del own
    monkeypatch.setattr(type(world.auth.rate_limits), "limits", lambda *_: ())
    guess.times(world, 101)
    assert ada(world).password_failures == 0
    with pytest.raises(InvalidCredentialsError):
        guess.login(world)
