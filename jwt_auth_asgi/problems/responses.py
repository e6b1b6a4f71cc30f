"""What the routes answer with: JSON, or the problem of an error; each with the headers of all.

No route is known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from jwt_auth_asgi.problems.challenge import DEFAULT_REALM
from jwt_auth_asgi.problems.problem import EVERY_ANSWER, problem_of
from jwt_auth_asgi.problems.rate_limited_log import RateLimitedLog
from jwt_auth_core.errors import AuthError

_FAULTS: Final = RateLimitedLog()

_NO_REFERRER: Final = (b"referrer-policy", b"no-referrer")
_EVERY_JSON: Final = ((b"content-type", b"application/json"), *EVERY_ANSWER, _NO_REFERRER)

encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def json_response(status: int, body: Mapping[str, Any], cookies: Sequence[str] = ()) -> Response:
    """Render a JSON object; ``cookies`` are whole Set-Cookie values."""
    return encoded_response(status, encode(body).encode("ascii"), cookies)


def encoded_response(status: int, content: bytes, cookies: Sequence[str]) -> Response:
    """Render a JSON object that is text already."""
    length = (b"content-length", b"%d" % len(content))
    return _response(status, content, [length, *_EVERY_JSON], cookies)


def problem_response(
    error: AuthError, *, realm: str = DEFAULT_REALM, cookies: Sequence[str] = (), in_oauth: bool = False
) -> Response:
    """Render an error as its problem, as `problem_of` does; log what is an operator's to mend."""
    problem = problem_of(error, realm=realm, in_oauth=in_oauth)
    if problem.status >= 500:  # noqa: PLR2004 - the fault is the server's
        _FAULTS.note(error)
    answer = _response(problem.status, problem.body, [*problem.headers, _NO_REFERRER], cookies)
    answer.error_type = error.code
    return answer


def error_type(answer: Response) -> str | None:
    """Return the code of the error that an answer of ours tells, None for all others."""
    return answer.error_type if isinstance(answer, ProblemResponse) else None


class ProblemResponse(Response):
    """An answer that knows which error it may tell."""

    error_type: str | None = None


class _Rendered(ProblemResponse):
    """An answer whose headers are given whole: Starlette's own way looks for each among the others."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code, self.body, self.raw_headers = status, body, headers
        self.background = None


def _response(
    status: int, body: bytes, headers: list[tuple[bytes, bytes]], cookies: Sequence[str]
) -> _Rendered:
    set_cookies = [(b"set-cookie", cookie.encode("latin-1")) for cookie in cookies]
    return _Rendered(status, body, [*headers, *set_cookies])
