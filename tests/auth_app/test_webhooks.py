"""Who sends webhooks: every process that serves, from its start-up or its first request, and its children."""

from __future__ import annotations

import asyncio
import os
import threading
from base64 import b64encode
from contextlib import closing

import httpx
import pytest

from jwt_auth_asgi import create_app
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_core.auth import Auth
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.settings import WebhookSettings
from tests.cheap import cheap_passwords
from tests.end_to_end.serving import until
from tests.webhooks.receiving import receiver

SECRET = Secret("whsec_" + b64encode(bytes(range(13, 77, 2))).decode())
KEY = Secret("a key that only the tests of webhooks know")


@pytest.fixture
def server():
    """Return a receiver."""
    with receiver() as made:
        yield made


@pytest.fixture
def auth(server, tmp_path):
    """Return an `Auth` that posts there; one message was left by another process."""
    made = Auth.from_settings(
        Settings(
            jwt_key=KEY,
            database_url=Secret(f"sqlite:///{tmp_path}/auth.sqlite3"),
            webhooks=WebhookSettings(
                url=Secret(f"http://127.0.0.1:{server.server_port}/204"),
                secrets=(SECRET,),
                allow_private=True,
            ),
        ),
        passwords=cheap_passwords(),
    )
    with closing(made):
        left(made)
        yield made
    assert threads() == []


def left(auth):
    """Leave a message, as a command line does."""
    facts = dict.fromkeys(("outcome", "user_id", "session", "reason", "address", "user_agent"))
    auth.outbox.add("webhook", "to", {"type": "user_disabled", "at": 1_800_000_000, **facts})


def threads():
    """Return the threads that send."""
    return [one for one in threading.enumerate() if one.name == "jwt-auth-outbox"]


@pytest.mark.parametrize("lifespan", ["running", "hosted"])
async def test_a_start_up_begins_to_send(auth, server, lifespan):
    """Without any request; the shutdown ends it."""
    async with getattr(ServiceSource(auth), lifespan)():
        await asyncio.to_thread(until, lambda: server.seen)
        assert len(threads()) == 1
    assert threads() == []


def ask(app):
    """Make one request."""

    async def exchange():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://auth") as client:
            return await client.get("/me")

    return asyncio.run(exchange()).status_code


def test_a_mounted_app_begins_with_its_first_request(auth, server):
    """It hears of no start-up."""
    app = create_app(auth)
    assert threads() == []
    assert ask(app) == 401
    until(lambda: server.seen)


def _sends(app, auth):
    assert threads() == []
    ask(app)
    left(auth)
    until(lambda: not auth.outbox.store.counts().waiting)
    return len(threads()) == 1


def test_a_forked_worker_sends_by_itself(auth, server):
    """The parent that was preloaded goes on as well."""
    app = create_app(auth)
    ask(app)
    until(lambda: len(server.seen) == 1)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if _sends(app, auth) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert len(server.seen) == 2
    left(auth)
    until(lambda: len(server.seen) == 3)
