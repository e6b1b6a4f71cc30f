"""The routes by which an admin reads the audit, and their OpenAPI operations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import fields
from typing import Final, NamedTuple

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
from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.search import OTHER, Wanted
from jwt_auth_core.events import EventName
from jwt_auth_core.flows.admin.read_audit import MOST, RowPage
from jwt_auth_core.timestamp import timestamp
from jwt_auth_core.tokens.claims import Claims

LINES: Final = "application/x-ndjson"
TABLE: Final = "text/csv"

_TYPES: Final = [name.value for name in EventName]
_EVENTS: Final = object_of({"events": schemas.list_of(schemas.EVENT), "next": schemas.NEXT})
_OUTCOMES: Final = [name for name in OTHER if name is not None]
_TIMES: Final = ("type", "user", "since", "until")
_FILTERS: Final = (*_TIMES, "outcome")
_COLUMNS: Final = tuple(field.name for field in fields(Row))
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_TEXT: Final = {"type": "string", "maxLength": LONGEST}
_PARAMETERS: Final = [
    parameter("type", {"enum": _TYPES}, place="query"),
    parameter("user", {**_TEXT, "description": "Whose they are: an id."}, place="query"),
    parameter(
        "since",
        {**_TEXT, "description": "A date or a time (RFC 3339), in UTC unless it says otherwise."},
        place="query",
    ),
    parameter("until", {**_TEXT, "description": "Likewise; what happened then is left out."}, place="query"),
]
_OUTCOME: Final = parameter("outcome", {"enum": _OUTCOMES}, place="query")
LIST: Final = reading(
    "admin_list_audit",
    "What happened",
    ("Events, the newest first.", _EVENTS),
    {422: INVALID},
    *_PARAMETERS,
    _OUTCOME,
    parameter("cursor", {**_TEXT, "description": "The `next` of the page before."}, place="query"),
    parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}, place="query"),
)
TIMELINE: Final = reading(
    "admin_audit_timeline",
    "How much happened",
    ("How many events succeeded and failed in each of at most 60 parts of a time.", schemas.TIMELINE),
    {422: INVALID},
    *_PARAMETERS,
)
EXPORT: Final = reading(
    "admin_export_audit",
    "All that happened",
    ("One JSON object a line, the oldest first, as `jwt-auth audit export --json` prints it.", schemas.TEXT),
    {422: INVALID},
    *_PARAMETERS,
    _OUTCOME,
    parameter("format", {"enum": ["ndjson", "csv"], "default": "ndjson"}, place="query"),
)
EXPORT["responses"]["200"]["content"] = {kind: {"schema": schemas.TEXT} for kind in (LINES, TABLE)}


class _Format(NamedTuple):
    """How an export is written: its media type, what stands before the rows, and what writes some of them."""

    media_type: str
    head: str
    write: Callable[[Sequence[Row]], str]


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    query = Query(request, (*_FILTERS, "cursor", "limit"))
    wanted, before, limit = _wanted(query), query.id_cursor(), query.limit(MOST)
    query.check()
    newest = service.auth.admin.audit.newest
    page = await service.run(newest, caller.claims, wanted, before=before, limit=limit)
    cursor = None if page.cursor is None else cursor_of(str(page.cursor))
    return json_response(200, {"events": [shown.event(row) for row in page.rows], "next": cursor})


async def _timeline(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    query = Query(request, _TIMES)
    wanted = _wanted(query)
    query.check()
    found = await service.run(service.auth.admin.audit.timeline, caller.claims, wanted)
    body = {
        "since": timestamp(found.parts.since),
        "until": timestamp(found.parts.until),
        "seconds": found.parts.seconds,
        "parts": [shown.part(one) for one in found.counts],
    }
    return json_response(200, body)


async def _export(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    query = Query(request, (*_FILTERS, "format"))
    wanted, kind = _wanted(query), query.choice("format", _FORMATS) or "ndjson"
    query.check()
    # Refused before the first line, or not at all unless the scope goes meanwhile: then the lines break off.
    first = await service.run(service.auth.admin.audit.export, caller.claims, wanted)
    form = _FORMATS[kind]
    lines = _lines(service, caller.claims, wanted, first, form)
    answer = StreamingResponse(lines, media_type=form.media_type)
    named = f'attachment; filename="audit.{kind}"'.encode()
    answer.raw_headers += [*EVERY_ANSWER, (b"content-disposition", named)]
    return answer


async def _lines(
    service: Service, claims: Claims, wanted: Wanted, page: RowPage, form: _Format
) -> AsyncIterator[str]:
    export = service.auth.admin.audit.export
    yield form.head
    while True:
        yield form.write(page.rows)
        if page.cursor is None:
            return
        page = await service.run(export, claims, wanted, after=page.cursor)


def _as_json(rows: Sequence[Row]) -> str:
    return "".join(f"{json.dumps(row.shown())}\n" for row in rows)


def _as_csv(rows: Sequence[Row]) -> str:
    return _csv([[_cell(value) for value in row.shown().values()] for row in rows])


def _csv(rows: Sequence[Sequence[object]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _cell(value: object) -> object:
    """Return what a spreadsheet takes for a text, and for no formula: strangers wrote some of it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_FORMATS: Final[Mapping[str, _Format]] = {
    "ndjson": _Format(LINES, "", _as_json),
    "csv": _Format(TABLE, _csv([_COLUMNS]), _as_csv),
}


def _wanted(query: Query) -> Wanted:
    user, name = query.text("user"), query.choice("type", _TYPES)
    since, until = query.time("since"), query.time("until")
    return Wanted(user, name, since, until, query.choice("outcome", _OUTCOMES))


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_AUDIT, _list, LIST),
    FeatureRoute(paths.ADMIN_TIMELINE, _timeline, TIMELINE),
    FeatureRoute(paths.ADMIN_EXPORT_AUDIT, _export, EXPORT),
)
