"""Applications under one host, which share a browser's cookies, as browsers keep those: by name and path."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from jwt_auth_asgi import create_app
from tests.auth_app.suite.client import ADA, LOGIN
from tests.auth_app.world import World, settings


async def plant(request):
    """Set a cookie as the query says, as another application does."""
    return Response(headers={"set-cookie": request.url.query})


def browse(worlds, *calls, origin="https://app.example"):
    """Send the calls from one browser to one host, which has each world under its name; return answers."""
    mounts = [Mount(f"/{name}/auth", create_app(world.auth)) for name, world in worlds.items()]
    transport = httpx.ASGITransport(app=Starlette(routes=[*mounts, Route("/plant", plant)]))

    async def session():
        async with httpx.AsyncClient(transport=transport, base_url=origin) as client:
            return [await client.request(*call[:2], **dict(call[2:])) for call in calls]

    return asyncio.run(session())


def logged_in(name):
    """Return the calls that register Ada and log her in."""
    return [
        ("POST", f"/{name}/auth/register", ("json", ADA)),
        ("POST", f"/{name}/auth/login", ("json", LOGIN)),
    ]


def statuses(answers):
    """Return how each was answered."""
    return [answer.status_code for answer in answers]


@pytest.fixture
def make():
    """Return what makes a world of variables."""
    made = []

    def one(**variables):
        made.append(World(settings(**variables)))
        return made[-1]

    yield one
    for world in made:
        world.close()


REFRESHES = [("POST", "/one/auth/refresh"), ("POST", "/two/auth/refresh")]


@pytest.mark.parametrize("secure", ["true", "false"])
def test_two_names_live_side_by_side(make, secure):
    """With a name of its own each application keeps its session, over https and in development."""
    worlds = {name: make(COOKIE_NAME=name, COOKIE_SECURE=secure) for name in ("one", "two")}
    answers = browse(worlds, *logged_in("one"), *logged_in("two"), *REFRESHES)
    assert statuses(answers) == [201, 200, 201, 200, 200, 200]


def test_one_name_for_two_costs_a_login(make):
    """Another application's token is refused and cleared; after a login all is well."""
    worlds = {"one": make(), "two": make(JWT_KEY="a key that only the neighbour's tests know")}
    calls = [
        *logged_in("one"),
        ("POST", "/two/auth/refresh"),
        *logged_in("two"),
        ("POST", "/two/auth/refresh"),
    ]
    answers = browse(worlds, *calls)
    assert statuses(answers) == [201, 200, 401, 201, 200, 200]


@pytest.mark.parametrize("path", ["/one/auth", "/one/auth/", "/one/auth/refresh", "/one"])
def test_a_foreign_cookie_below_a_path_does_not_stay(make, path):
    """What shadows our cookie in development is cleared by the refusal, below whatever path it stands."""
    planted = ("GET", f"/plant?refresh_token=foreign;Path={path}")
    calls = [
        planted,
        *logged_in("one"),
        REFRESHES[0],
        ("POST", "/one/auth/login", ("json", LOGIN)),
        REFRESHES[0],
    ]
    answers = browse({"one": make(COOKIE_SECURE="false")}, *calls, origin="http://app.example")
    assert statuses(answers) == [200, 201, 200, 401, 200, 200]


@pytest.mark.parametrize("planted", ["Refresh_Token=foreign", 'REFRESH_TOKEN="a b"'])
def test_a_cookie_of_another_name_disturbs_nobody(make, planted):
    """Names are compared letter by letter, as browsers do: no refusal of ours could take that one away."""
    # CK-02
    calls = [("GET", f"/plant?{planted};Path=/"), *logged_in("one"), *REFRESHES[:1] * 2]
    answers = browse({"one": make(COOKIE_SECURE="false")}, *calls, origin="http://app.example")
    assert statuses(answers) == [200, 201, 200, 200, 200]


def test_two_names_may_differ_in_case_alone(make):
    """Each application keeps its session."""
    worlds = {"one": make(COOKIE_NAME="shop"), "two": make(COOKIE_NAME="Shop")}
    answers = browse(worlds, *logged_in("one"), *logged_in("two"), *REFRESHES)
    assert statuses(answers) == [201, 200, 201, 200, 200, 200]
