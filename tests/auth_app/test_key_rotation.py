"""Keys rotate under a running application: requests in flight are served, retired keys are not."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core.keys import rotation
from tests.auth_app.suite.client import ADA, LOGIN, ORIGIN
from tests.auth_app.suite.factories import starlette_app
from tests.auth_app.world import World, settings
from tests.keys.made import NOW

REQUESTS = 1000


@pytest.fixture
def world(tmp_path):
    """Return a world that signs with the keys of a directory, at a moment that the test holds."""
    rotation.make(tmp_path, algorithm="EdDSA", now=NOW)
    made = World(settings(JWT_KEYS=str(tmp_path), ACCESS_TOKEN_TTL_SECONDS="3600"), now=NOW)
    yield made
    made.close()


async def login(client):
    """Log Ada in; return the header of her access token."""
    answer = await client.post("/auth/login", json={**LOGIN, "transport": "body"})
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


async def served(world, story):
    """Run a story with a client of the application; Ada is registered."""
    app = BearerMiddleware(starlette_app(world.auth), world.auth)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        await client.post("/auth/register", json=ADA)
        return await story(client)


def in_force(world):
    """Return the names of the keys in force, the signing one first."""
    return [key.key_id for key in world.auth.tokens.keys.keys]


async def until(condition):
    """Wait until a condition holds, at most five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - another thread makes it true
            await asyncio.sleep(0.01)


async def rotated(world, directory):
    """Rotate the keys; return once the application signs with the new one."""
    chosen = rotation.rotate(directory, algorithm="EdDSA", lead_seconds=600, now=world.now)
    await until(lambda: chosen.key_id in in_force(world))
    world.now += 601
    await until(lambda: in_force(world)[0] == chosen.key_id)


@pytest.mark.slow
async def test_a_thousand_requests_in_flight_are_served(world, tmp_path):
    """Old tokens, new tokens, in the middle of two rotations: not one is refused."""
    # JWT-18, F-24

    async def story(client):
        headers = [await login(client)]
        statuses = Counter()

        async def ask(number):
            answer = await client.get("/auth/me", headers=headers[number % len(headers)])
            statuses[answer.status_code] += 1

        async def flood():
            for start in range(0, REQUESTS, 20):
                await asyncio.gather(*map(ask, range(start, start + 20)))

        flooding = asyncio.create_task(flood())
        for _ in range(2):
            await rotated(world, tmp_path)
            headers.append(await login(client))
        await flooding
        await asyncio.gather(*map(ask, range(6)))
        return statuses

    assert await served(world, story) == {200: REQUESTS + 6}
    assert len(in_force(world)) == 3


@pytest.mark.slow
async def test_a_retired_key_is_refused_from_then_on(world, tmp_path):
    """401 for its tokens, at once and for good; whoever logs in again goes on."""
    # JWT-18, F-24

    async def story(client):
        old = in_force(world)[0]
        headers = await login(client)
        await rotated(world, tmp_path)
        before = await client.get("/auth/me", headers=headers)
        rotation.withdraw(tmp_path, old, now=world.now)
        await until(lambda: old not in in_force(world))
        after = [(await client.get("/auth/me", headers=headers)).json()["code"] for _ in range(3)]
        again = await client.get("/auth/me", headers=await login(client))
        return before.status_code, after, again.status_code

    assert await served(world, story) == (200, ["token_invalid"] * 3, 200)
