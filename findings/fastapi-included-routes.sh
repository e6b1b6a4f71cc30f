#!/usr/bin/env bash
# Since FastAPI 0.137 `app.routes` does not show the routes of a router that is included: whoever walks it misses them silently.
#
# Up to 0.136 `include_router` copied each route into `app.routes`, and tools that list routes (to find one without a guard,
# to name spans, to write a client) read `route.path` and `route.methods` there. Now it holds one object without a path for each
# included router; `fastapi.routing.iter_route_contexts(app.routes)` yields the routes, and `/openapi.json` still lists them.
# Seen on Python 3.11 (Linux x86-64):
#   FastAPI 0.136.0: paths in app.routes ['/notes/{note}']
#   FastAPI 0.165.0: paths in app.routes [None], by iter_route_contexts ['/notes/{note}']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/seen.py" <<'PYTHON'
import sys
from importlib.metadata import version

from fastapi import APIRouter, FastAPI, routing

router = APIRouter(prefix="/notes")


@router.get("/{note}")
def note(note: int):
    return note


app = FastAPI(openapi_url=None)
app.include_router(router)
paths = [getattr(route, "path", None) for route in app.routes]
found = f"FastAPI {version('fastapi')}: paths in app.routes {paths}"
contexts = getattr(routing, "iter_route_contexts", None)
if contexts is not None:
    found += f", by iter_route_contexts {[context.path for context in contexts(app.routes)]}"
print(found)
sys.exit(paths != ([None] if sys.argv[1] == "hidden" else ["/notes/{note}"]))
PYTHON

for pair in 0.136.0:shown 0.165.0:hidden; do
    python3 -m venv "$folder/${pair%:*}"
    "$folder/${pair%:*}/bin/python" -m pip install --quiet "fastapi==${pair%:*}"
    "$folder/${pair%:*}/bin/python" "$folder/seen.py" "${pair#*:}"
done
