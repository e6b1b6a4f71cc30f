"""Whatever ends sessions closes their websockets: each event, in both storage worlds, after FLUSHALL too."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import closing

import pytest
import redis

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.vocabulary import Client
from tests.auth_app.world import World, settings
from tests.websockets.peer import Echo, Socket, opened

PASSWORD = "correct tidal lantern"
ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "L"}
CHANGE = {"current_password": PASSWORD, "new_password": PASSWORD + " two"}
EVENTS = {
    "logout": lambda auth, _user, grant: auth.logout(grant.refresh_token.reveal()),
    "revoke": lambda auth, user, grant: auth.revoke_session(user, grant.session_id),
    "logout all": lambda auth, user, _grant: auth.end_user.logout_all(user),
    "disable": lambda auth, user, _grant: auth.end_user.disable(user),
    "delete": lambda auth, user, _grant: auth.end_user.delete(user),
    "password": lambda auth, user, _grant: auth.change_password(user, PasswordChange.parse(CHANGE), Client()),
}
OF_ONE_SESSION = {"logout", "revoke"}


WORLDS = ["embedded", *(pytest.param(name, marks=pytest.mark.servers) for name in ("servers", "flushed"))]


@pytest.fixture(params=WORLDS)
def world(request):
    """Return an `Auth` on embedded stores, or on PostgreSQL and Redis, and what empties the Redis."""
    if request.param == "embedded":
        made = World()
        yield made.auth, lambda: None
    else:
        urls = {name: request.getfixturevalue(f"{name}_url") for name in ("postgres", "redis")}
        with closing(PostgresDatabase(urls["postgres"])) as database:
            migrate(database)
        made = World(settings(DATABASE_URL=urls["postgres"], REDIS_URL=urls["redis"]))
        with redis.Redis.from_url(urls["redis"]) as client:
            yield made.auth, client.flushdb if request.param == "flushed" else lambda: None
    made.close()


def login(auth):
    """Log in; return the grant."""
    return auth.login(LoginAttempt.parse({"email": ADA["email"], "password": PASSWORD}), Client())


@pytest.mark.parametrize("event", EVENTS)
async def test_an_event_closes_what_it_ends(world, event):
    """The websocket of the session, of all sessions where all end; nobody else's."""
    # RF-11
    auth, flush = world
    user = auth.register(auth.register.parse(ADA), Client()).user_id
    grant, other = login(auth), login(auth)
    stranger = auth.tokens.issue(subject="0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e6f", session_id="5e55" * 8)
    app = BearerMiddleware(Echo(), auth)

    sockets = [await opened(app, token) for token in (grant.access_token, other.access_token, stranger)]
    await asyncio.to_thread(flush)
    await asyncio.to_thread(EVENTS[event], auth, user, grant)
    closed = sockets[: 1 if event in OF_ONE_SESSION else 2]
    assert {(await socket.next())["reason"] for socket in closed} == {"session ended"}
    for socket in sockets[len(closed) :]:
        socket.say("still here")
        assert (await socket.next()).get("text") == "still here"


@pytest.mark.servers
@pytest.mark.parametrize("event", EVENTS)
def test_an_older_redis_opens_no_websocket(postgres_url, own_valkey, tmp_path, event):
    """After a restart from an append-only file that knows nothing of the end, here and in a new process."""
    # RF-11, RF-06, F-06
    with closing(PostgresDatabase(postgres_url)) as database:
        migrate(database)
    urls = settings(DATABASE_URL=postgres_url, REDIS_URL=own_valkey.url)
    with closing(World(urls)) as world:
        user = world.auth.register(world.auth.register.parse(ADA), Client()).user_id
        grant = login(world.auth)
        restored = saved(own_valkey, tmp_path / "saved")
        EVENTS[event](world.auth, user, grant)
        restored()
        with closing(World(urls)) as other:
            for auth in (world.auth, other.auth):
                assert asyncio.run(refused(BearerMiddleware(Echo(), auth), grant.access_token))


def saved(server, place):
    """Save what a server knows now; return what brings it back."""
    files = server.directory / "appendonlydir"
    server.kill()
    shutil.copytree(files, place)
    server.start()

    def restore():
        server.kill()
        shutil.rmtree(files)
        shutil.copytree(place, files)
        server.start()

    return restore


async def refused(app, token):
    """Tell whether the handshake is refused before the accept."""
    message = await Socket(app, token).next()
    return (message["type"], message.get("status")) == ("websocket.http.response.start", 401)
