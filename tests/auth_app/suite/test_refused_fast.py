"""A herd that a limit refuses: at once, unread, without a thread and without a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.auth_app.suite.client import ADA, LOGIN, Client, problem
from tests.auth_app.world import World, settings

pytestmark = pytest.mark.limited

WRONG = {**LOGIN, "password": "not the right password"}


@pytest.fixture
def world(monkeypatch):
    """Return a world in which no guess comes back, and no refusal is forgotten, before a test is over."""
    monkeypatch.setattr("jwt_auth_asgi.problems.refusals.LONGEST_SECONDS", 1000)
    world = World(settings(LIMIT_LOGIN_FAILURES="10/day", LIMIT_ACCOUNT_FAILURES="off"))
    yield world
    world.close()


class Counted:
    """A use case that counts how often it is asked."""

    def __init__(self, use_case):
        self.use_case, self.executor, self.asked = use_case, use_case.executor, 0

    def __call__(self, *arguments):
        self.asked += 1
        return self.use_case(*arguments)

    def __getattr__(self, name):
        return getattr(self.use_case, name)


FORM = {"grant_type": "password", "username": WRONG["email"], "password": WRONG["password"]}


@pytest.mark.parametrize(
    ("path", "body"), [("/auth/login", {"json": WRONG}), ("/auth/token", {"data": FORM})]
)
def test_only_the_first_refusal_is_asked_for(app_factory, world, path, body):
    """Ten guesses are looked at and the eleventh is judged; the others are refused by that."""  # RL-1
    counted = Counted(world.auth.login)
    client = Client(app_factory(replace(world.auth, login=counted)))
    seen = [client.post(path, **body) for _ in range(100)]
    assert [answer.status_code == 429 for answer in seen] == [False] * 10 + [True] * 90
    assert counted.asked == 11


def test_a_refused_herd_is_not_read(app_factory, world):
    """Whatever is in the bodies: who is refused anyway is refused before."""  # RL-1
    client = Client(app_factory(world.auth))
    for _ in range(11):
        client.post("/auth/login", json=WRONG)
    answer = client.post("/auth/login", content=b"{", headers={"content-type": "application/json"})
    assert problem(answer) == (429, "rate_limited")


def test_guesses_and_registrations_do_not_hide_each_other(app_factory, world):
    """Whoever has guessed too often may still register."""
    client = Client(app_factory(world.auth))
    for _ in range(12):
        client.post("/auth/login", json=WRONG)
    assert client.post("/auth/register", json=ADA).status_code == 201


def test_a_neighbour_is_not_refused(app_factory, world):
    """What is remembered is remembered of one address."""
    client = Client(app_factory(world.auth))
    client.register()
    for _ in range(12):
        client.post("/auth/login", json=WRONG)
    assert client.login().status_code == 429
    client.peer = ("198.51.100.8", 4711)
    assert client.login().status_code == 200


def test_a_herd_that_is_refused_is_counted(app_factory, world):
    """Also those that were refused by what was known of them."""
    # LOG-3
    client = Client(app_factory(world.auth))
    seen = [client.post("/auth/login", json=WRONG).status_code for _ in range(30)]
    world.auth.rate_limits.refusals.flush()
    (row,) = world.stores.database.query("SELECT SUM(count) AS total FROM auth_refusals", fetch="all")
    assert row["total"] == seen.count(429) == 20
