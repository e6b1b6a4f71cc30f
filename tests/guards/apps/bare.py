"""ASGI callables: a function, a method, an object; no framework."""

import json

from jwt_auth_asgi import authorize, rate_limit, require
from tests.asgi.drive import respond
from tests.guards.apps.caller import told
from tests.guards.apps.policies import owns, owns_awaited


async def open_to_all(scope, receive, send):
    await respond(scope, receive, send)


@require()
async def me(scope, receive, send):
    await respond(scope, receive, send)


@require("reports:read")
async def reports(scope, receive, send):
    await respond(scope, receive, send)


@require("reports:read")
class Reports:
    async def __call__(self, scope, receive, send):
        await respond(scope, receive, send)


@require("reports:read", max_age=300, amr={"otp"})
async def fresh(scope, receive, send):
    await respond(scope, receive, send)


@require()
async def own(scope, receive, send):
    await authorize(scope, owns_awaited, "ada")
    await respond(scope, receive, send)


@require()
class OwnSync:
    async def __call__(self, scope, receive, send):
        await authorize(scope, owns, "ada")
        await respond(scope, receive, send)


@require()
async def who(scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(told(scope["user"])).encode()})


@require()
async def who_chat(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": json.dumps(told(scope["user"]))})
    await receive()


@rate_limit("2/minute")
async def limited(scope, receive, send):
    await respond(scope, receive, send)


@rate_limit("2/minute")
class Limited:
    async def __call__(self, scope, receive, send):
        await respond(scope, receive, send)


class Several:
    @require("reports:read")
    async def reports(self, scope, receive, send):
        await respond(scope, receive, send)


PLACES = {
    "/open": open_to_all,
    "/me": me,
    "/reports": reports,
    "/sync": require("reports:read")(Reports()),
    "/class": Several().reports,
    "/ws": reports,
    "/own": own,
    "/own-sync": OwnSync(),
    "/own-open": own,
    "/ws-own": own,
    "/fresh": fresh,
    "/fresh-ws": fresh,
    "/who": who,
    "/limited": limited,
    "/limited-sync": Limited(),
    "/ws-limited": limited,
    "/ws-who": who_chat,
}


async def app(scope, receive, send):
    await PLACES[scope["path"]](scope, receive, send)
