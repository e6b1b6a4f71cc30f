"""The receiver of webhooks: it believes what is signed and new, and acts once on each."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode

import httpx
import pytest

from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.signature import Signer

SECRET, OTHER = (Secret("whsec_" + b64encode(bytes(range(a, a + 64, 2))).decode()) for a in (3, 90))
BODY = b'{"type":"user_registered"}'


@pytest.fixture
def receiver(example, monkeypatch):
    """Return the example, which knows one secret."""
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET.reveal())
    return example("webhook_receiver")


def signed(*secrets, message_id="msg_1", at=None, body=BODY):
    """Return the headers of a message."""
    at = int(time.time()) if at is None else at
    signature = Signer(secrets).sign(message_id, at, body)
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}


async def exchange(receiver, *posts):
    """Post messages; return the statuses, and what is shown afterwards."""
    transport = httpx.ASGITransport(receiver.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as client:
        answers = [await client.post("/", content=body, headers=headers) for headers, body in posts]
        shown = (await client.get("/")).json()
    return [answer.status_code for answer in answers], [(one["id"], one["times"]) for one in shown]


def given(receiver, *posts):
    """Post messages from here."""
    return asyncio.run(exchange(receiver, *posts))


def test_a_message_is_acted_on_once(receiver, capsys):
    """However often it comes under its id."""
    posts = [(signed(SECRET, message_id=one), BODY) for one in ("msg_1", "msg_2", "msg_1")]
    assert given(receiver, *posts) == ([204] * 3, [("msg_1", 2), ("msg_2", 1)])
    assert capsys.readouterr().out == "msg_1 user_registered\nmsg_2 user_registered\n"


def test_one_signature_of_several_is_enough(receiver):
    """While the sender exchanges its secret."""
    assert given(receiver, (signed(OTHER, SECRET), BODY))[0] == [204]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(OTHER),
        signed(SECRET, body=BODY + b" "),
        {**signed(SECRET), "webhook-id": "msg_2"},
        {**signed(SECRET), "webhook-signature": ""},
        {**signed(SECRET), "webhook-signature": "v1, é"},
        {**signed(SECRET), "webhook-timestamp": "soon"},
        signed(SECRET, at=10),
        signed(SECRET, at=int(time.time()) + 3600),
    ],
)
def test_what_is_not_signed_now_is_refused(receiver, headers):
    """Nothing of it is kept."""
    encoded = {name: text.encode() for name, text in headers.items()}
    assert given(receiver, (encoded, BODY)) == ([401], [])


def test_a_large_message_is_not_read(receiver):
    """Nobody fills the memory without a signature."""
    body = b" " * (receiver.LARGEST_BYTES + 1)
    assert given(receiver, (signed(SECRET, body=body), body)) == ([413], [])
