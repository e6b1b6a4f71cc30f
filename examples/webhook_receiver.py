"""A receiver of webhooks: it believes signed messages only, and acts once on each, however often it comes.

    export WEBHOOK_SECRET=whsec_$(openssl rand -base64 32)
    uvicorn examples.webhook_receiver:app --port 9000

and beside it whoever sends, with the same secret:

    WEBHOOK_URL=http://127.0.0.1:9000/ WEBHOOK_ALLOW_PRIVATE=true jwt-auth serve --development

Nothing here is ours: any language has HMAC-SHA-256, and https://www.standardwebhooks.com a library for most.
GET / shows what came.
"""

import base64
import hmac
import json
import os
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOLERANCE_SECONDS = 300
LARGEST_BYTES = 65_536

FILE = os.environ.get("RECEIVED", "received.sqlite3")
SECRETS = [
    base64.b64decode(secret.removeprefix("whsec_"))
    for secret in os.environ["WEBHOOK_SECRET"].replace(",", " ").split()
]


def is_authentic(headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """Tell whether one of our secrets signed this very message, a few minutes ago at most."""
    sent_at = headers.get("webhook-timestamp", "")
    if not sent_at.isdecimal() or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        return False
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    good = [b"v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")) for secret in SECRETS]
    given = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(one, other) for one in given for other in good)


KEEP = """
    INSERT INTO received VALUES (?, 1, ?) ON CONFLICT (id) DO UPDATE SET times = times + 1 RETURNING times
"""


def opened() -> sqlite3.Connection:
    """Return the file of what came; a ``with`` block of it is one transaction."""
    database = sqlite3.connect(FILE, timeout=30)
    database.execute("CREATE TABLE IF NOT EXISTS received (id TEXT PRIMARY KEY, times INTEGER, body TEXT)")
    return database


def act(message_id: str, body: str) -> None:
    """Act on a message, unless that was done: the id and what is done stand in one transaction."""
    with closing(opened()) as database, database:
        (times,) = database.execute(KEEP, (message_id, body)).fetchone()
        if times == 1:
            print(message_id, json.loads(body)["type"])  # here goes what a message is for


async def receive(request: Request) -> Response:
    """Take a message; whatever is not 2xx is sent again."""
    if int(request.headers.get("content-length", "0")) > LARGEST_BYTES:
        return Response(status_code=413)
    body = await request.body()
    if not is_authentic(request.headers, body, now=time.time()):
        return Response(status_code=401)
    act(request.headers["webhook-id"], body.decode())
    return Response(status_code=204)


def show(_request: Request) -> Response:
    """Show what came, and how often."""
    with closing(opened()) as database:
        rows = database.execute("SELECT id, times, body FROM received ORDER BY id").fetchall()
    return JSONResponse([{"id": one, "times": times, "event": json.loads(body)} for one, times, body in rows])


app = Starlette(routes=[Route("/", receive, methods=["POST"]), Route("/", show)])
