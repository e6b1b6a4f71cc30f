"""What the routes answer with: JSON, a grant, the problem of an error; each with the headers of all.

No route is known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from jwt_auth_asgi.challenge import DEFAULT_REALM
from jwt_auth_asgi.faults import FaultLog
from jwt_auth_asgi.http.cookies import RefreshCookie
from jwt_auth_asgi.inputs import Transport
from jwt_auth_asgi.problems import EVERY_ANSWER, problem_of
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.grant import Grant

_FAULTS: Final = FaultLog()

_NO_REFERRER: Final = (b"referrer-policy", b"no-referrer")
_EVERY_JSON: Final = ((b"content-type", b"application/json"), *EVERY_ANSWER, _NO_REFERRER)

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def answer(status: int, body: Mapping[str, Any], cookies: Sequence[str] = ()) -> Response:
    """Render a JSON object; ``cookies`` are whole Set-Cookie values."""
    return _json(status, _encode(body).encode("ascii"), cookies)


def granted(grant: Grant, cookie: RefreshCookie, transport: Transport, more: Mapping[str, str]) -> Response:
    """Render new tokens, the refresh token the way the client wants it, and ``more`` members."""
    # Written by hand, since json.dumps makes a new encoder at each call: tokens are base64url and dots, and
    # nothing in them needs escaping.
    members = (
        f'"access_token":"{grant.access_token}","token_type":"bearer","expires_in":{grant.expires_in}'
        f"{',' + _encode(more)[1:-1] if more else ''}"
    )
    if transport is Transport.BODY:
        text = f'{{{members},"refresh_token":"{grant.refresh_token.reveal()}"}}'
        return _json(200, text.encode("ascii"), ())
    line = cookie.set(grant.refresh_token, session_ends_in=grant.session_ends_in)
    return _json(200, f"{{{members}}}".encode("ascii"), [line])


def refusal(
    error: AuthError, *, realm: str = DEFAULT_REALM, cookies: Sequence[str] = (), in_oauth: bool = False
) -> Response:
    """Render an error as its problem, as `problem_of` does; log what is an operator's to mend."""
    problem = problem_of(error, realm=realm, in_oauth=in_oauth)
    if problem.status >= 500:  # noqa: PLR2004 - the fault is the server's
        _FAULTS.note(error)
    return _response(problem.status, problem.body, [*problem.headers, _NO_REFERRER], cookies)


class _Rendered(Response):
    """An answer whose headers are given whole: Starlette's own way looks for each among the others."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code, self.body, self.raw_headers = status, body, headers
        self.background = None


def _json(status: int, content: bytes, cookies: Sequence[str]) -> Response:
    length = (b"content-length", b"%d" % len(content))
    return _response(status, content, [length, *_EVERY_JSON], cookies)


def _response(
    status: int, body: bytes, headers: list[tuple[bytes, bytes]], cookies: Sequence[str]
) -> Response:
    set_cookies = [(b"set-cookie", cookie.encode("latin-1")) for cookie in cookies]
    return _Rendered(status, body, [*headers, *set_cookies])
