#!/usr/bin/env bash
# Litestar hands an application that is mounted each path with a slash at its end, and no `root_path`.
#
# The ASGI specification has `path` as the client sent it, and in `root_path` what a mount takes off. A Starlette application in
# a mount of Starlette's is asked for /in/a; in `asgi("/sub", is_mount=True)` of Litestar it is asked for /in/a/, finds no such
# route, and redirects to a place outside of its mount.
# Seen with Litestar 2.25.0, Starlette 1.10.0 on Python 3.11 (Linux x86-64):
#   GET /sub/in/a -> path '/in/a/', root_path '' -> 307 http://test/in/a
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet litestar==2.25.0 starlette==1.10.0 httpx==0.28.1

cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys
from importlib.metadata import version
from typing import Any

import httpx
from litestar import Litestar, asgi
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

inner = Starlette(routes=[Route("/in/{name}", lambda request: PlainTextResponse("found"))])
seen: list[tuple[str, str]] = []


@asgi("/sub", is_mount=True, copy_scope=True)
async def mounted(scope: Any, receive: Any, send: Any) -> None:
    seen.append((scope["path"], scope["root_path"]))
    await inner(scope, receive, send)


async def ask() -> httpx.Response:
    transport = httpx.ASGITransport(Litestar([mounted], openapi_config=None))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/sub/in/a")


answer = asyncio.run(ask())
((path, root_path),) = seen
print(f"Litestar {version('litestar')}, Starlette {version('starlette')}")
print(f"GET /sub/in/a -> path {path!r}, root_path {root_path!r} -> {answer.status_code} {answer.headers.get('location')}")
sys.exit((path, root_path, answer.status_code) != ("/in/a/", "", 307))
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
