"""What the routes answer with: JSON, a grant, the problem of an error; each with the headers of all.

No route is known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from jwt_auth_asgi.challenge import DEFAULT_REALM
from jwt_auth_asgi.cookies import RefreshCookie
from jwt_auth_asgi.faults import FaultLog
from jwt_auth_asgi.inputs import Transport
from jwt_auth_asgi.problems import problem_of
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.grant import Grant

_FAULTS: Final = FaultLog()

_EVERY_ANSWER: Final = {
    "cache-control": "no-store",
    "vary": "Authorization, Cookie",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_NO_REFERRER: Final = (b"referrer-policy", b"no-referrer")  # the others are in every problem


def answer(status: int, body: Mapping[str, Any], cookie: str | None = None) -> Response:
    """Render a JSON object; ``cookie`` is a whole Set-Cookie value."""
    content = json.dumps(body, separators=(",", ":")).encode("ascii")
    headers = {**_EVERY_ANSWER, **({"set-cookie": cookie} if cookie else {})}
    return Response(content, status_code=status, headers=headers, media_type="application/json")


def granted(grant: Grant, cookie: RefreshCookie, transport: Transport, more: Mapping[str, str]) -> Response:
    """Render new tokens, the refresh token the way the client wants it, and ``more`` members."""
    body: dict[str, Any] = {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_in": grant.expires_in,
        **more,
    }
    if transport is Transport.BODY:
        return answer(200, {**body, "refresh_token": grant.refresh_token.reveal()})
    return answer(200, body, cookie.set(grant.refresh_token, session_ends_in=grant.session_ends_in))


def refusal(error: AuthError, *, realm: str = DEFAULT_REALM, cookie: str | None = None) -> Response:
    """Render an error as its problem; log what is an operator's to mend."""
    problem = problem_of(error, realm=realm)
    if problem.status >= 500:  # noqa: PLR2004 - the server's side of the house
        _FAULTS.note(error)
    response = Response(problem.body, status_code=problem.status)
    cookies = ((b"set-cookie", cookie.encode("latin-1")),) if cookie else ()
    response.raw_headers = [*problem.headers, _NO_REFERRER, *cookies]
    return response
