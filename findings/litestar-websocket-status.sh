#!/usr/bin/env bash
# Litestar closes a websocket with 4500, an internal error, whatever the status of the HTTPException that refuses it.
#
# A guard or a handler that raises NotAuthorizedException (401) or PermissionDeniedException (403) before the websocket
# is accepted looks like a fault of the server to whoever reads the code; only WebSocketException(code=4401) sets one.
# Seen with Litestar 2.25.0 on Python 3.11 (Linux x86-64):
#   a guard's NotAuthorizedException      websocket.close 4500 'no token'
#   a handler's HTTPException(403)        websocket.close 4500 'no scope'
#   a handler's WebSocketException(4403)  websocket.close 4403 'no scope'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet litestar==2.25.0

cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys
from importlib.metadata import version

from litestar import Litestar, WebSocket, websocket
from litestar.exceptions import HTTPException, NotAuthorizedException, WebSocketException


def nobody(_connection, _handler):
    raise NotAuthorizedException(detail="no token")


@websocket("/guard", guards=[nobody])
async def guarded(socket: WebSocket) -> None:
    await socket.accept()


@websocket("/status")
async def by_status(socket: WebSocket) -> None:
    raise HTTPException(detail="no scope", status_code=403)


@websocket("/code")
async def by_code(socket: WebSocket) -> None:
    raise WebSocketException(detail="no scope", code=4403)


app = Litestar([guarded, by_status, by_code], openapi_config=None, logging_config=None)


async def shaken(path):
    waiting, sent = [{"type": "websocket.connect"}], []
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "subprotocols": [],
        "scheme": "ws",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "extensions": {"websocket.http.response": {}},
    }

    async def receive():
        return waiting.pop() if waiting else {"type": "websocket.disconnect", "code": 1005}

    async def send(message):
        sent.append((message["type"], message.get("code"), message.get("reason")))

    await app(scope, receive, send)
    return sent


async def main():
    return [(path, await shaken(path)) for path in ("/guard", "/status", "/code")]


print(f"Litestar {version('litestar')}")
seen = asyncio.run(main())
for path, sent in seen:
    print(path, *sent)
expected = [
    ("/guard", [("websocket.close", 4500, "no token")]),
    ("/status", [("websocket.close", 4500, "no scope")]),
    ("/code", [("websocket.close", 4403, "no scope")]),
]
sys.exit(seen != expected)
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
