#!/usr/bin/env bash
# daphne's websocket: no `scheme` in the scope, the `reason` of a close is dropped, and so is a message without a character.
#
# The ASGI specification for websockets: `scheme` may be missing (then it is "ws"), `reason` of `websocket.close` is "a
# reason given for the closure", and `text` of `websocket.send` may be any text. daphne 4.2.3 names neither the version of
# that specification, `scheme`, `http_version` nor `extensions`; it closes with the code alone; and it sends no frame
# for `{"type": "websocket.send", "text": ""}`, so that who waits for the empty answer waits for ever.
# Seen with daphne 4.2.3, websockets 15.0.1 on Python 3.11 (Linux x86-64):
#   scope    asgi client headers path query_string raw_path root_path server subprotocols type
#   messages ['before', 'after']
#   close    4000 ''
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet daphne==4.2.3 websockets==15.0.1

cat >"$folder/app.py" <<'PYTHON'
async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    for text in (" ".join(sorted(scope)), "before", "", "after"):
        await send({"type": "websocket.send", "text": text})
    await send({"type": "websocket.close", "code": 4000, "reason": "because"})
PYTHON
cat >"$folder/seen.py" <<'PYTHON'
import sys
import time
from importlib.metadata import version

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import unix_connect


def connected(path):
    """Return a connection to the server, which may be starting."""
    for _ in range(600):
        try:
            return unix_connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.1)
    sys.exit("daphne did not start")


print(f"daphne {version('daphne')}, websockets {version('websockets')}")
messages = []
with connected(sys.argv[1]) as socket:
    try:
        while True:
            messages.append(socket.recv(timeout=30))
    except ConnectionClosed as closed:
        code, reason = closed.rcvd.code, closed.rcvd.reason
scope, *messages = messages
print("scope   ", scope)
print("messages", messages)
print("close   ", code, repr(reason))
missing = {"scheme", "http_version", "extensions"}.isdisjoint(scope.split())
sys.exit(not (missing and messages == ["before", "after"] and (code, reason) == (4000, "")))
PYTHON
(cd "$folder" && exec env/bin/daphne --verbosity 0 --unix-socket "$folder/socket" app:app) &
server=$!
"$folder/env/bin/python" "$folder/seen.py" "$folder/socket"
