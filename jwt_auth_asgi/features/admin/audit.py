"""The routes by which an admin reads the audit, and their OpenAPI operations."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas, shown
from jwt_auth_asgi.features.admin.operations import INVALID, parameter, reading
from jwt_auth_asgi.features.admin.queries import LONGEST, Query, cursor_of
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.schemas import object_of
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.problem import EVERY_ANSWER
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.audit.search import Wanted
from jwt_auth_core.events import EventName
from jwt_auth_core.flows.admin.read_audit import MOST, RowPage
from jwt_auth_core.tokens.claims import Claims

LINES: Final = "application/x-ndjson"

_TYPES: Final = [name.value for name in EventName]
_EVENTS: Final = object_of({"events": schemas.list_of(schemas.EVENT), "next": schemas.NEXT})
_FILTERS: Final = ("type", "user", "since")
_TEXT: Final = {"type": "string", "maxLength": LONGEST}
_PARAMETERS: Final = (
    parameter("type", {"enum": _TYPES}, place="query"),
    parameter("user", {**_TEXT, "description": "Whose they are: an id."}, place="query"),
    parameter(
        "since",
        {**_TEXT, "description": "A date or a time (RFC 3339), in UTC unless it says otherwise."},
        place="query",
    ),
)
LIST: Final = reading(
    "admin_list_audit",
    "What happened",
    ("Events, the newest first.", _EVENTS),
    {422: INVALID},
    *_PARAMETERS,
    parameter("cursor", {**_TEXT, "description": "The `next` of the page before."}, place="query"),
    parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}, place="query"),
)
EXPORT: Final = reading(
    "admin_export_audit",
    "All that happened",
    ("One JSON object a line, the oldest first, as `jwt-auth audit export --json` prints it.", schemas.TEXT),
    {422: INVALID},
    *_PARAMETERS,
)
EXPORT["responses"]["200"]["content"] = {LINES: {"schema": schemas.TEXT}}


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    query = Query(request, (*_FILTERS, "cursor", "limit"))
    wanted, before, limit = _wanted(query), query.id_cursor(), query.limit(MOST)
    query.check()
    newest = service.auth.admin.audit.newest
    page = await service.run(newest, caller.claims, wanted, before=before, limit=limit)
    cursor = None if page.cursor is None else cursor_of(str(page.cursor))
    return json_response(200, {"events": [shown.event(row) for row in page.rows], "next": cursor})


async def _export(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    query = Query(request, _FILTERS)
    wanted = _wanted(query)
    query.check()
    # Refused before the first line, or not at all unless the scope goes meanwhile: then the lines break off.
    first = await service.run(service.auth.admin.audit.export, caller.claims, wanted)
    answer = StreamingResponse(_lines(service, caller.claims, wanted, first), media_type=LINES)
    answer.raw_headers += [*EVERY_ANSWER, (b"content-disposition", b'attachment; filename="audit.ndjson"')]
    return answer


async def _lines(service: Service, claims: Claims, wanted: Wanted, page: RowPage) -> AsyncIterator[str]:
    export = service.auth.admin.audit.export
    while True:
        yield "".join(f"{json.dumps(row.shown())}\n" for row in page.rows)
        if page.cursor is None:
            return
        page = await service.run(export, claims, wanted, after=page.cursor)


def _wanted(query: Query) -> Wanted:
    return Wanted(query.text("user"), query.choice("type", _TYPES), query.time("since"))


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_AUDIT, _list, LIST),
    FeatureRoute(paths.ADMIN_EXPORT_AUDIT, _export, EXPORT),
)
