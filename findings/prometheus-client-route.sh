#!/usr/bin/env bash
# prometheus_client's ASGI application answers in a Mount of Starlette's, and not in a Route.
#
# `make_asgi_app()` is documented as "an ASGI app". Starlette takes a function in `Route` for an endpoint that is given a request, and
# anything else for an ASGI application; `make_asgi_app()` returns a function of (scope, receive, send), so `Route("/metrics", ...)`
# calls it with one argument and answers 500. In a `Mount`, where a scrape of /metrics is redirected to /metrics/ first, it works.
# Seen with prometheus_client 0.26.0, Starlette 1.10.0 on Python 3.11 (Linux x86-64):
#   Route: GET /metrics -> 500 TypeError; Mount: GET /metrics -> 307, GET /metrics/ -> 200
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet prometheus-client==0.26.0 starlette==1.10.0 httpx==0.28.1

cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys
from importlib.metadata import version

import httpx
from prometheus_client import make_asgi_app
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route


async def ask(route: BaseRoute, path: str) -> int:
    transport = httpx.ASGITransport(Starlette(routes=[route]), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get(path)).status_code


async def main() -> tuple[int, int, int]:
    routed = await ask(Route("/metrics", make_asgi_app()), "/metrics")
    mount = Mount("/metrics", make_asgi_app())
    return routed, await ask(mount, "/metrics"), await ask(mount, "/metrics/")


routed, bare, mounted = asyncio.run(main())
print(f"prometheus_client {version('prometheus_client')}, Starlette {version('starlette')}")
print(f"Route: GET /metrics -> {routed}; Mount: GET /metrics -> {bare}, GET /metrics/ -> {mounted}")
sys.exit((routed, bare, mounted) != (500, 307, 200))
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
