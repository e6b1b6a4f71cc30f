"""How often a password of one account may be wrong, from wherever; in both worlds, in two processes."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.rate_limits import FallbackLimits
from tests.flows.conftest import PASSWORD, World
from tests.flows.guesses import ADA

pytestmark = pytest.mark.limited

NOBODY = "nobody@example.com"


@pytest.mark.parametrize("email", [ADA, NOBODY, "no address", "ADA@Example.com "])
def test_five_are_wrong_and_then_it_waits(world, guess, email):
    """Whoever tries, and whether or not anybody has the account; the next wait is twice as long."""
    # RL-1, RL-2, RL-4, RL-7
    world.register()
    assert guess.times(world, 8, email=email) == (5, {60})
    guess.seconds += 60
    assert guess.times(world, 3, email=email) == (1, {120})
    guess.seconds += 119
    assert guess.times(world, 3, email=email) == (0, {1})


def test_each_account_has_its_own(world, guess):
    """Whatever its spelling is; the right password of another is not concerned."""
    # RL-2
    for email in (ADA, "eve@example.com"):
        world.register(email)
    spellings = (ADA, "ADA@example.com", " Ada@EXAMPLE.com", ADA, "ada@example.COM")
    assert [guess(world, email=email)[0] for email in spellings] == ["invalid_credentials"] * 5
    assert guess(world, PASSWORD) == ("rate_limited", 60)
    assert guess(world, PASSWORD, email="eve@example.com") == ("logged in", None)


def test_right_passwords_are_no_failures(world, guess):
    """Not even the last that would go, nor one after a wait."""
    world.register()
    assert guess.times(world, 4) == (4, set())
    assert {guess(world, PASSWORD) for _ in range(9)} == {("logged in", None)}
    assert guess.times(world, 2) == (1, {60})
    guess.seconds += 60
    assert {guess(world, PASSWORD) for _ in range(9)} == {("logged in", None)}
    assert guess.times(world, 2) == (1, {120})


def test_of_two_hundred_at_once_five_are_looked_at(world, guess):
    """In ten threads of two processes, from two hundred addresses."""
    # RL-1
    world.register()
    other, found, begin = World(world.settings), [], threading.Barrier(10)

    def work(number):
        begin.wait(60)
        found.extend(guess(other if number % 2 else world)[0] for _ in range(20))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    other.auth.close()
    assert (found.count("invalid_credentials"), found.count("rate_limited")) == (5, 195)


def test_a_refusal_is_one_question_to_the_store(world, guess, monkeypatch):
    """By address and by account in one step; nobody is looked up, nothing is hashed, no event is written."""
    world.register()
    guess.times(world, 5)
    asked, before = [], len(world.events)
    take = FallbackLimits.take
    monkeypatch.setattr(FallbackLimits, "take", lambda *args: asked.append(args) or take(*args))
    monkeypatch.setattr(type(world.stores.users), "find_by_email", _fail)
    monkeypatch.setattr(type(world.auth.login.passwords), "verify", _fail)
    assert guess(world, PASSWORD) == ("rate_limited", 60)
    assert (len(asked), len(world.events)) == (1, before)


def test_a_store_that_is_down_is_never_without_limit(world, guess, monkeypatch):
    """This process counts for itself."""
    # RL-6
    world.register()
    monkeypatch.setattr(type(world.stores.limits), "take", _down)
    monkeypatch.setattr(type(world.stores.limits), "give_back", _down)
    assert guess.times(world, 8) == (5, {60})


def _fail(*_arguments, **_named):
    pytest.fail("it is looked at")


def _down(*_arguments, **_named):
    raise StoreUnavailableError("the store of the limits")
