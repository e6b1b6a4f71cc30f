"""Starlette: functions of both kinds, an endpoint class, a websocket, an ASGI callable as a route."""

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from jwt_auth_asgi import authorize, authorize_sync, rate_limit, require
from tests.guards.apps.caller import told
from tests.guards.apps.policies import owns, owns_awaited


def open_to_all(_request):
    return PlainTextResponse("open")


@require()
async def me(_request):
    return PlainTextResponse("me")


@require("reports:read")
async def reports(_request):
    return PlainTextResponse("reports")


@require("reports:read")
def sync(_request):
    return PlainTextResponse("sync")


@require("reports:read", max_age=300, amr={"otp"})
async def fresh(_request):
    return PlainTextResponse("fresh")


@require("reports:read", max_age=300, amr={"otp"})
async def fresh_chat(websocket):
    await websocket.accept()
    await websocket.close()


@require("reports:read")
class Reports(HTTPEndpoint):
    async def get(self, _request):
        return PlainTextResponse("class")


@require("reports:read")
async def chat(websocket):
    await websocket.accept()
    await websocket.close()


@require()
async def own(request):
    await authorize(request, owns_awaited, "ada")
    return PlainTextResponse("own")


@require()
def own_sync(request):
    authorize_sync(request, owns, "ada")
    return PlainTextResponse("own")


async def own_open(request):
    await authorize(request, owns, "ada")
    return PlainTextResponse("own")


async def own_chat(websocket):
    await authorize(websocket, owns, "ada")
    await websocket.accept()
    await websocket.close()


@require()
async def who(request):
    return JSONResponse(told(request.user))


@require()
async def who_chat(websocket):
    await websocket.accept()
    await websocket.send_json(told(websocket.user))
    await websocket.receive()


@rate_limit("2/minute")
async def limited(_request):
    return PlainTextResponse("limited")


@rate_limit("2/minute")
class Limited(HTTPEndpoint):
    async def get(self, _request):
        return PlainTextResponse("limited")


@rate_limit("2/minute")
async def limited_chat(websocket):
    await websocket.accept()


app = Starlette(
    routes=[
        Route("/open", open_to_all),
        Route("/me", me),
        Route("/reports", reports),
        Route("/sync", sync),
        Route("/class", Reports),
        Route("/fresh", fresh),
        Route("/own", own),
        Route("/own-sync", own_sync),
        Route("/own-open", own_open),
        WebSocketRoute("/ws-own", own_chat),
        WebSocketRoute("/ws", chat),
        Route("/who", who),
        Route("/limited", limited),
        Route("/limited-sync", Limited),
        WebSocketRoute("/ws-limited", limited_chat),
        WebSocketRoute("/ws-who", who_chat),
        WebSocketRoute("/fresh-ws", fresh_chat),
    ]
)
