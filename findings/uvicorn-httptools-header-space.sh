#!/usr/bin/env bash
# uvicorn with httptools hands white space behind a header's value to the application; with h11 it does not.
#
# RFC 9112 (section 5): `field-line = field-name ":" OWS field-value OWS`, and a parser excludes that white space from the
# value. So `Authorization: Bearer abc<space><tab><space>` reaches one ASGI application in two forms, by what is installed.
# Seen with uvicorn 0.54.0, httptools 0.9.0, h11 0.16.0 on Python 3.11 (Linux x86-64):
#   httptools b'Bearer abc \t '
#   h11       b'Bearer abc'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet uvicorn==0.54.0 httptools==0.9.0 h11==0.16.0

cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys
from importlib.metadata import version

import uvicorn

EXPECTED = {"httptools": b"Bearer abc \t ", "h11": b"Bearer abc"}


async def app(scope, receive, send):
    value = dict(scope["headers"])[b"authorization"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(value))]})
    await send({"type": "http.response.body", "body": value})


async def seen(parser):
    """Return what the application sees of the header."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=parser, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer abc \t \r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    server.should_exit = True
    await serving
    return answer.partition(b"\r\n\r\n")[2]


print(*(f"{name} {version(name)}" for name in ("uvicorn", "httptools", "h11")), sep=", ")
found = {parser: asyncio.run(seen(parser)) for parser in EXPECTED}
for parser, value in found.items():
    print(f"{parser:<9} {value!r}")
sys.exit(found != EXPECTED)
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
