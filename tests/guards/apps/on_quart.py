"""Quart: views without a request, one in a thread, a view class, a websocket."""

from quart import Quart, jsonify, request, websocket
from quart.views import MethodView

from jwt_auth_asgi import authorize, authorize_sync, rate_limit, require
from tests.guards.apps.caller import told
from tests.guards.apps.policies import owns, owns_awaited

app = Quart(__name__)


@app.get("/open")
async def open_to_all():
    return "open"


@app.get("/me")
@require()
async def me():
    return "me"


@app.get("/reports")
@require("reports:read")
async def reports():
    return "reports"


@app.get("/sync")
@require("reports:read")
def sync():
    return "sync"


@require("reports:read")
class Reports(MethodView):
    async def get(self):
        return "class"


app.add_url_rule("/class", view_func=Reports.as_view("reports_class"))


@app.get("/fresh")
@require("reports:read", max_age=300, amr={"otp"})
async def fresh():
    return "fresh"


@app.websocket("/fresh-ws")
@require("reports:read", max_age=300, amr={"otp"})
async def fresh_chat():
    await websocket.accept()
    await websocket.close(1000)


@app.websocket("/ws")
@require("reports:read")
async def chat():
    await websocket.accept()
    await websocket.close(1000)


@app.get("/own")
@require()
async def own():
    await authorize(request, owns_awaited, "ada")
    return "own"


@app.get("/own-sync")
@require()
def own_sync():
    authorize_sync(request, owns, "ada")
    return "own"


@app.get("/own-open")
async def own_open():
    await authorize(request, owns, "ada")
    return "own"


@app.websocket("/ws-own")
async def own_chat():
    await authorize(websocket, owns, "ada")
    await websocket.accept()
    await websocket.close(1000)


@app.get("/who")
@require()
async def who():
    return jsonify(told(request.scope["user"]))


@app.websocket("/ws-who")
@require()
async def who_chat():
    await websocket.send_json(told(websocket.scope["user"]))
    await websocket.receive()


@app.get("/limited")
@rate_limit("2/minute")
async def limited():
    return "limited"


@app.get("/limited-sync")
@rate_limit("2/minute")
def limited_sync():
    return "limited"


@app.websocket("/ws-limited")
@rate_limit("2/minute")
async def limited_chat():
    await websocket.accept()
