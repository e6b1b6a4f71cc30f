"""How often a client may refresh: 429 and nothing lost; a session by itself, whatever has none by address."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import FORM, Client, problem
from tests.auth_app.world import World, settings

pytestmark = pytest.mark.limited

DAY = 86_400
TOKEN_FORM = {"content": "grant_type=refresh_token&refresh_token=x", "headers": {"content-type": FORM}}


@pytest.fixture
def world():
    """Return a world in which three of anything go at once."""
    world = World(settings(LIMIT_REFRESH="3/day"))
    yield world
    world.close()


def statuses(client, times, **request):
    """Refresh that often; return the statuses."""
    return [client.refresh(**request).status_code for _ in range(times)]


def test_a_session_is_told_to_wait(session, world):
    """Its cookie is left alone, and goes as soon as one more may."""
    assert statuses(session, 3) == [200] * 3
    held = session.token
    answer = session.refresh()
    assert problem(answer) == (429, "rate_limited")
    assert answer.headers["retry-after"] == "28800"
    assert answer.headers["ratelimit-policy"] == f'"refresh";q=3;w={DAY}'
    assert answer.headers["ratelimit"] == '"refresh";r=0;t=28800'
    assert (session.token, "set-cookie" in answer.headers) == (held, False)
    world.now += 28_800
    assert session.refresh().status_code == 200


def test_two_tabs_still_work(session):
    """The second of them is told to wait, and the newer token goes on from the next day on."""
    held = session.token
    assert statuses(session, 2) == [200] * 2
    newer, session.token = session.token, held
    assert session.refresh().status_code == 409  # counted, too
    session.token = newer
    assert problem(session.refresh()) == (429, "rate_limited")


def test_another_session_goes_on(session):
    """At the same address, of the same user."""
    statuses(session, 4)
    session.cookies = {}
    session.login()
    assert statuses(session, 4) == [200] * 3 + [429]


@pytest.mark.parametrize(
    "request_", [{}, {"json": {"refresh_token": "x" * 156}}], ids=["no token", "garbage"]
)
def test_what_belongs_to_no_session_counts_by_address(ada, request_):
    """The fourth is told to wait; a neighbour and whoever has a session are not."""
    assert statuses(ada, 5, **request_) == [401] * 3 + [429] * 2
    answer = ada.refresh(**request_)
    assert (problem(answer), answer.headers["ratelimit-policy"]) == (
        (429, "rate_limited"),
        f'"refresh";q=3;w={DAY}',
    )
    ada.login()
    assert ada.refresh().status_code == 200
    ada.cookies, ada.peer = {}, ("203.0.113.9", 4711)
    assert statuses(ada, 1, **request_) == [401]


def test_a_session_that_is_gone_counts_by_address(session, world):
    """What the store knows nothing of is nobody's."""
    world.stores.database.query("DELETE FROM auth_sessions")
    held, found = session.token, []
    for _ in range(4):
        session.token = held
        found.append(session.refresh().status_code)
    assert found == [401] * 3 + [429]


def test_a_session_that_was_ended_counts_by_itself(session):
    """From whatever address; others there are not shut out by it."""
    held, found = session.token, []
    session.logout()
    for number in range(4):
        session.token, session.peer = held, (f"203.0.113.{number}", 4711)
        found.append(session.refresh().status_code)
    assert found == [401] * 3 + [429]
    session.cookies = {}
    assert session.refresh().status_code == 401


def test_the_token_endpoint_counts_with_it(ada):
    """Whichever door it comes to; OAuth has its own word for it."""
    statuses(ada, 2)
    answers = [ada.post("/auth/token", **TOKEN_FORM) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [400, 429]
    assert (answers[1].json()["error"], answers[1].json()["code"]) == (
        "temporarily_unavailable",
        "rate_limited",
    )


def test_whoever_was_just_refused_asks_no_store(ada, world, monkeypatch):
    """A herd without tokens costs one look at the limits, not one each."""
    monkeypatch.setattr("jwt_auth_asgi.problems.refusals.LONGEST_SECONDS", 1000)
    statuses(ada, 4)
    monkeypatch.setattr(type(world.auth.rate_limits), "check_all", None)
    assert statuses(ada, 20) == [429] * 20


@pytest.mark.parametrize("variables", [{"LIMIT_REFRESH": "off"}, {"LIMITS": "off", "LIMIT_REFRESH": "1/day"}])
def test_it_can_be_off(app_factory, variables):
    """By its own variable, and with all others."""
    world = World(settings(**variables))
    client = Client(app_factory(world.auth))
    client.register()
    client.login()
    assert statuses(client, 3) == [200] * 3
    client.cookies = {}
    assert statuses(client, 3) == [401] * 3
    world.close()
