"""Many requests with one token at the same moment, through a real server on real stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_core import assemble
from tests.end_to_end.site import Site, serving, settings
from tests.end_to_end.visitor import Visitor, at_once, problem, statuses
from tests.end_to_end.world import HandClock

TABS = 64


@pytest.fixture(
    params=["embedded", *(pytest.param(name, marks=pytest.mark.servers) for name in ("database", "redis"))]
)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Return a site on SQLite, on PostgreSQL alone, or on PostgreSQL and a Redis-protocol server."""
    variables = {}
    if request.param != "embedded":
        variables["DATABASE_URL"] = request.getfixturevalue("migrated_url")
    if request.param == "redis":
        variables["REDIS_URL"] = request.getfixturevalue("redis_url")
    wanted, clock = settings(**variables), HandClock()  # however slow the machine, the grace is not over
    stores = assemble.stores(wanted, clock=clock)
    with serving(wanted, framework="starlette", stores=stores, clock=clock) as running:
        yield running


@pytest.fixture
def ada(site: Site) -> Visitor:
    """Return Ada, logged in."""
    return site.member()


@pytest.fixture
def tabs(ada: Visitor) -> list[str]:
    """Return the tokens that 64 refreshes of one token brought, all at once."""
    answers = at_once(ada.present, [ada.token] * TABS)
    assert statuses(answers) == {200: TABS}
    return [answer.cookies["refresh_token"] for answer in answers]


def test_the_child_that_the_browser_kept_goes_on(site, ada, tabs):
    """Whichever answer the browser took last, its token is good, and the other 63 never are again."""
    # RF-01, RF-03
    assert len(set(tabs)) == TABS
    ada.token = tabs.pop(40)
    assert ada.refresh().status_code == 200
    assert statuses(at_once(ada.present, tabs)) == {409: TABS - 1}
    assert ada.refresh().status_code == 200
    site.settle()


def test_all_children_at_once_leave_one_lineage(site, ada, tabs):
    """One of 64 children is served, and only what came of it goes on."""
    # RF-01
    answers = at_once(ada.present, tabs)
    assert statuses(answers) == {200: 1, 409: TABS - 1}
    (winner,) = (answer for answer in answers if answer.is_success)
    ada.keep(winner)
    assert ada.refresh().status_code == 200
    site.settle()


def test_a_spent_token_among_many_ends_the_session_for_all(ada, tabs):
    """A grandparent is no tab's: once it was presented no request is answered with a token."""
    # RF-04, RF-05
    first, ada.token = tabs[0], tabs[1]
    for _ in range(2):
        assert ada.refresh().status_code == 200
    assert problem(ada.present(first)) == (401, "refresh_reused")
    assert statuses(at_once(ada.present, [*tabs, ada.token])) == {401: TABS + 1}


def test_reuse_and_use_at_the_same_moment(ada, tabs):
    """However a theft and the owner's refresh fall together, nobody is served afterwards."""
    # RF-04
    ada.token = tabs[1]
    for _ in range(2):
        assert ada.refresh().status_code == 200
    at_once(ada.present, [ada.token, tabs[0]] * 8)
    assert problem(ada.present(ada.token)) == (401, "session_revoked")


def test_many_registrations_of_one_address_make_one_user(site):
    """Sixteen at once: one is created, the others hear that it is taken."""
    # F-32
    visitors = [site.visitor() for _ in range(16)]
    assert statuses(at_once(Visitor.register, visitors)) == {201: 1, 409: 15}
    assert visitors[3].login().status_code == 200


def test_every_request_delivered_twice(site, ada):
    """A proxy that repeats what it sends: two sessions, one lineage each, one logout."""
    # F-32
    first, second = at_once(lambda _: ada.http.post("/auth/login", json=ada.credentials), range(2))
    other = site.visitor()
    ada.keep(first)
    other.keep(second)
    for visitor in (ada, other):
        twice = at_once(visitor.present, [visitor.token] * 2)
        assert statuses(twice) == {200: 2}
        visitor.keep(twice[1])
        assert visitor.refresh().status_code == 200
    token = ada.token
    assert statuses(at_once(lambda _: ada.logout(), range(2))) == {200: 2}
    assert problem(ada.present(token)) == (401, "session_revoked")
    assert other.refresh().status_code == 200
