"""API keys in another process on the same stores: what was revoked here is refused there."""

import asyncio

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.identity import api_keys
from jwt_auth_core.vocabulary import Client
from tests.asgi.drive import bearer, get, respond
from tests.flows.parts import process
from tests.websockets.peer import Echo, opened

FOREVER = 10.0**6


@pytest.fixture
def made(world):
    """Return a key of a new user's."""
    user, create = world.register(), world.auth.api_keys.create
    return create(user.user_id, create.parse({"name": "build"}), Client())


def is_let_in(app, made):
    """Tell whether a request with the key comes through."""
    status = get(app, "/", bearer(made.key.reveal())).status
    assert status in {200, 401}
    return status == 200


def until_refused(app, made):
    """Ask again until the key is refused, which may take as long as a slow machine likes."""
    while is_let_in(app, made):
        pass


def test_a_key_that_was_revoked_elsewhere_is_refused(world, made, monkeypatch):
    """The feed alone says so: memory would believe it for days."""
    monkeypatch.setattr(api_keys, "FRESH_SECONDS", FOREVER)
    with process(world) as other:
        app = BearerMiddleware(respond, other)
        assert is_let_in(app, made)
        world.auth.api_keys.revoke.of_anybody(made.stored.key_id)
        until_refused(app, made)


def test_a_key_is_refused_elsewhere_without_a_feed(world, made):
    """Nobody follows one: then it is the second that ends."""
    with process(world, revocation_check="off") as other:
        app = BearerMiddleware(respond, other)
        assert is_let_in(app, made)
        world.auth.api_keys.revoke.of_anybody(made.stored.key_id)
        until_refused(app, made)


@pytest.mark.parametrize("end", ["disable", "delete"])
def test_the_end_of_an_owner_is_heard_elsewhere(world, made, monkeypatch, end):
    """The feed names the user, not the key: the store is asked, and knows."""
    monkeypatch.setattr(api_keys, "FRESH_SECONDS", FOREVER)
    with process(world) as other:
        app = BearerMiddleware(respond, other)
        assert is_let_in(app, made)
        getattr(world.auth.end_user, end)(made.stored.user_id)
        until_refused(app, made)


def test_a_role_that_was_taken_away_elsewhere_is_lost(world, made, monkeypatch):
    """The feed names the owner: the store is asked, and the key goes on with what is left."""
    monkeypatch.setattr(api_keys, "FRESH_SECONDS", FOREVER)
    world.auth.roles.define("reader", ["reports:read"])
    world.auth.roles.grant(made.stored.user_id, "reader")
    create = world.auth.api_keys.create
    narrow = create(made.stored.user_id, create.parse({"name": "n", "scopes": ["reports:read"]}), Client())
    with process(world) as other:
        app = BearerMiddleware(respond, other, rules=[("/", "reports:read")])
        header = bearer(narrow.key.reveal())
        assert get(app, "/", header).status == 200
        world.auth.roles.revoke(made.stored.user_id, "reader")
        while (status := get(app, "/", header).status) == 200:
            pass
        assert status == 403


def test_a_log_out_elsewhere_leaves_the_key(world, made, monkeypatch):
    """The feed names its owner: the store is asked, and the key goes on without a refusal."""
    monkeypatch.setattr(api_keys, "FRESH_SECONDS", FOREVER)
    app = BearerMiddleware(respond, world.auth)
    assert is_let_in(app, made)
    world.auth.end_user.logout_all(made.stored.user_id)
    assert [is_let_in(app, made) for _ in range(3)] == [True, True, True]


async def test_an_open_websocket_ends_with_its_key(world, made):
    """Wherever it was opened."""
    with process(world) as other:
        echo = Echo()
        socket = await opened(BearerMiddleware(echo, other), made.key.reveal())
        await asyncio.to_thread(world.auth.api_keys.revoke.of_anybody, made.stored.key_id)
        assert (await socket.next())["type"] == "websocket.close"
        await socket.over()
