"""Many at once, slow clients and clients that leave: the queue is bounded and the loop stays free."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from jwt_auth_core.errors import InvalidCredentialsError
from tests.asgi.drive import http_scope
from tests.auth_app.suite.client import ADA, LOGIN, PASSWORD, Client, problem
from tests.auth_app.world import World, settings
from tests.executors.gate import Gate, LoopClock, has_begun

BODY = json.dumps(LOGIN).encode()
HEADERS = [(b"content-type", b"application/json")]


class HeldLogin:
    """A login flow that waits for the test's word."""

    def __init__(self):
        self.gate = Gate()

    def __call__(self, attempt, _client):
        self.gate.pass_through(attempt)
        raise InvalidCredentialsError


@pytest.fixture
def held():
    held = HeldLogin()
    yield held
    held.gate.open.set()


@pytest.fixture
def narrow(app_factory, held):
    """Return an application with one hash thread and room for four to wait."""
    world = World(settings(HASH_THREADS="1", HASH_QUEUE="4"))
    yield app_factory(replace(world.auth, login=held))
    world.close()


async def test_a_herd_of_logins_is_bounded(narrow, held):
    """One is hashed, four wait, the rest hear at once when to come again."""  # F-20, PW-06
    async with Client(narrow).session() as client:
        first = asyncio.ensure_future(client.post("/auth/login", json=LOGIN))
        await has_begun(held.gate)
        others = [asyncio.ensure_future(client.post("/auth/login", json=LOGIN)) for _ in range(499)]
        done, waiting = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        while len(waiting) > 4:
            more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            done |= more
        held.gate.open.set()
        refused, served = [one.result() for one in done], await asyncio.gather(first, *waiting)
    assert {problem(answer) for answer in refused} == {(503, "overloaded")}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert {answer.status_code for answer in served} == {401}
    assert len(served) == 5


async def test_a_herd_is_refused_unread(narrow, held):
    """Of a hundred that arrive at the same moment, only those that find room are read."""  # F-20
    read, statuses = [], []

    async def request(number):
        waiting = asyncio.Event()

        async def receive():
            if number in read:  # the whole body is there; what else may come is a disconnect
                await waiting.wait()
            read.append(number)
            return {"type": "http.request", "body": BODY, "more_body": False}

        async def send(message):
            statuses.extend([message["status"]] if "status" in message else [])
            if len(statuses) == 95:
                held.gate.open.set()

        await narrow(http_scope("/auth/login", HEADERS, method="POST"), receive, send)

    async with Client(narrow).session():
        await asyncio.gather(*map(request, range(100)))
    assert (len(read), statuses.count(503), statuses.count(401)) == (5, 95, 5)


async def test_who_hurries_is_refused_at_a_pace(app_factory, held, monkeypatch):
    """Refusals beyond any herd's come a moment later, and are the same; who found room is served."""
    # F-20
    monkeypatch.setattr("jwt_auth_asgi.features.address_counts.REFUSALS_AT_ONCE", 1)
    monkeypatch.setattr("jwt_auth_asgi.features.address_counts.REFUSALS_PER_SECOND", 1)
    world = World(settings(HASH_THREADS="1", HASH_QUEUE="0"))
    app = app_factory(replace(world.auth, login=held))

    async with Client(app).session() as client:
        first = asyncio.ensure_future(client.post("/auth/login", json=LOGIN))
        await has_begun(held.gate)
        clock = LoopClock()
        at_once = await client.post("/auth/login", json=LOGIN)
        later = asyncio.ensure_future(client.post("/auth/login", json=LOGIN))
        await clock.move(0.9)
        assert not later.done()
        await clock.move(0.2)
        held.gate.open.set()
        later, first = await later, await first
    assert problem(at_once) == problem(later) == (503, "overloaded")
    assert first.status_code == 401
    world.close()


@pytest.fixture
def proxied(app_factory, held):
    """Return the narrow application behind a proxy, and Ada's access token."""
    world = World(settings(HASH_THREADS="1", HASH_QUEUE="4", TRUSTED_PROXY_COUNT="1"))
    client = Client(app_factory(world.auth))
    assert client.register().status_code == 201
    yield app_factory(replace(world.auth, login=held)), client.login().json()["access_token"]
    world.close()


async def test_every_route_that_hashes_takes_turns(proxied, held):
    """A registration and a change of password out of other networks get places of the herd's logins."""
    # PW-06, F-20
    app, access = proxied
    eve, change = (
        {**ADA, "email": "eve@example.com"},
        {"current_password": PASSWORD, "new_password": "another tidal lantern"},
    )
    elsewhere = [{"x-forwarded-for": f"203.0.{number}.9"} for number in range(2)]

    async with Client(app).session() as client:
        herd = [asyncio.ensure_future(client.post("/auth/login", json=LOGIN)) for _ in range(5)]
        await has_begun(held.gate)
        registering = asyncio.ensure_future(client.post("/auth/register", json=eve, headers=elsewhere[0]))
        bearing = {**elsewhere[1], "authorization": f"Bearer {access}"}
        changing = asyncio.ensure_future(client.post("/auth/password", json=change, headers=bearing))
        waiting = set(herd)
        while len(waiting) > 3:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        held.gate.open.set()
        found = [(await one).status_code for one in (registering, changing, *herd)]
    assert found == [201, 200, 401, 401, 401, 503, 503]


async def test_other_routes_are_served_while_hashes_run(narrow, held):
    """A refresh and a read do not wait behind a password."""  # PW-06, F-20
    async with Client(narrow).session() as client:
        login = asyncio.ensure_future(client.post("/auth/login", json=LOGIN))
        await has_begun(held.gate)
        quick = [await client.post("/auth/refresh"), await client.get("/auth/me")]
        assert not login.done()
        held.gate.open.set()
        await login
        found = [answer.status_code for answer in quick]
    assert found == [401, 401]


async def test_a_login_whose_client_left_is_not_hashed(narrow, held):
    """What waits for a client that went away gives its place up."""  # F-19
    leaving = asyncio.Event()
    messages = iter([{"type": "http.request", "body": BODY, "more_body": False}])

    async def receive():
        if message := next(messages, None):
            return message
        await leaving.wait()
        return {"type": "http.disconnect"}

    async def send(_message):
        pass

    async with Client(narrow).session() as client:
        first = asyncio.ensure_future(client.post("/auth/login", json=LOGIN))
        await has_begun(held.gate)
        gone = asyncio.ensure_future(narrow(http_scope("/auth/login", HEADERS, method="POST"), receive, send))
        asyncio.get_running_loop().call_later(0, leaving.set)
        await gone
        held.gate.open.set()
        await first
        found = (await client.post("/auth/login", json=LOGIN)).status_code
    assert found == 401
    assert len(held.gate.seen) == 2


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/refresh", "/auth/logout"])
async def test_leaving_mid_body_leaves_nothing_behind(client, path):
    """A client that leaves before its body is complete costs no task and no thread."""  # F-19
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive():
        return next(messages, {"type": "http.disconnect"})

    sent = []

    async def send(message):
        sent.append(message)

    await client.app(http_scope(path, HEADERS, method="POST"), receive, send)
    assert (sent[0]["status"], len(asyncio.all_tasks())) == (400, 1)


@pytest.mark.parametrize("error", [OSError("no entropy"), NotImplementedError(), MemoryError()])
def test_a_system_that_fails_is_unavailable(app_factory, world, error):
    """No randomness, no memory: 503, nothing issued, and the cause is not told."""  # F-29

    def fail(*_arguments):
        raise error

    client = Client(app_factory(replace(world.auth, login=fail)))
    answer = client.login()
    assert problem(answer) == (503, "unavailable")
    assert "entropy" not in answer.text
    assert "set-cookie" not in answer.headers


def test_a_slow_body_is_given_up(client, monkeypatch):
    """A body that never ends is answered in time, and no hash is begun."""  # F-31
    monkeypatch.setattr("jwt_auth_asgi.http.bodies.TIMEOUT_SECONDS", 0.02)

    async def trickle():
        yield b"{"
        await asyncio.get_running_loop().create_future()

    answer = client.post("/auth/login", content=trickle(), headers={"content-type": "application/json"})
    assert problem(answer) == (408, "body_timeout")
