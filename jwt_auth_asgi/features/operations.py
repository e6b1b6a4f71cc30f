"""What the operations of the OpenAPI document are made of: answers, problems, headers; data.

Each operation is self-contained, so that another framework's document can take it over whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jwt_auth_asgi.features import schemas
from jwt_auth_asgi.http.bodies import JSON
from jwt_auth_asgi.problems.problem import DETAILS, FAULT_DETAIL, PASSING, word_of

Operation = dict[str, Any]

PASSWORD_FLOW: Final = "OAuth2PasswordBearer"  # what FastAPI calls the same scheme
BEARER: Final = "BearerToken"
COOKIE: Final = "RefreshCookie"
PROBLEM: Final = "application/problem+json"
TAG: Final = "auth"

_TEXT: Final = {"schema": {"type": "string"}}
SET_COOKIES: Final = {
    "description": "The refresh cookie, the device's, and the access cookie; for clients that use them.",
    **_TEXT,
}
SET_COOKIE: Final = {"description": "The next cookies, for clients that use them.", **_TEXT}
CLEAR_COOKIE: Final = {"description": "Takes the cookies away, where they were used.", **_TEXT}
_CHALLENGE: Final = {"description": "RFC 6750 §3: Bearer, and why the token was refused.", **_TEXT}
_RETRY_AFTER: Final = {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}}
_RATE_LIMIT: Final = {"description": "draft-ietf-httpapi-ratelimit-headers-10.", **_TEXT}
_NO_STORE: Final = {"description": "Always no-store.", "schema": {"type": "string", "const": "no-store"}}

UNREADABLE: Final = {"bad_request": "the body is not valid JSON in UTF-8, or names a field twice"}
BODY_PROBLEMS: Final[Mapping[int, Mapping[str, str]]] = {
    400: UNREADABLE,
    408: {"body_timeout": "the body did not arrive in time"},
    413: {"too_large": "the body exceeds 16384 bytes"},
    415: {"unsupported_media_type": "send application/json"},
    422: {"invalid_input": "email: is required", "invalid_value": "a value cannot be stored"},
}
CROSS_SITE: Final = {"cross_site": "cross-site request refused"}
BY_HOOK: Final = {"refused": "refused by the application"}
"""What a route answers that asks a hook, where there is one; `reason` says why."""
TOKEN_PROBLEMS: Final = {
    "not_authenticated": "Not authenticated",
    "token_expired": "Access token expired",
    "token_invalid": "Invalid access token",
    "user_not_found": "The account of this access token is gone",
}
STALE: Final = {
    "insufficient_user_authentication": "a login is needed that is at most 600 seconds old",
}
"""What a route answers that asks for a fresh login."""
CHALLENGED: Final = {"second_factor_required": "a second factor is required"}
"""What a first factor is answered with that is right and not enough."""
UNENROLLED: Final = {"enrolment_required": "enrol a second factor to go on"}
"""What it is answered with where ``SECOND_FACTOR=required`` and there is none."""
RATE_LIMITED: Final[Mapping[int, Mapping[str, str]]] = {429: {"rate_limited": DETAILS["rate_limited"]}}
"""What every route answers that a limit may refuse."""
TOO_LARGE: Final[Mapping[int, Mapping[str, str]]] = {
    501: {"token_too_large": "the access token does not fit into a cookie"}
}
"""What every route answers that hands out access tokens in cookies."""
NO_MAILER: Final[Mapping[int, Mapping[str, str]]] = {
    501: {"mail_not_configured": "no letter can be sent: MAIL_URL is not set"}
}
"""What every route answers that has letters sent, or takes what they bring."""
AUTHENTICATED: Final[list[dict[str, list[str]]]] = [{PASSWORD_FLOW: []}, {BEARER: []}]
REFUSED: Final[Mapping[int, Mapping[str, str]]] = {
    400: {"invalid_request": "send one Authorization header, not several"},
    401: TOKEN_PROBLEMS,
    403: {"user_required": "a user who has logged in may do this; an API key or a client may not"},
}
"""What every route answers that reads the access token."""
_UNAVAILABLE_CODES: Final[tuple[str, ...]] = (
    "overloaded",
    "session_busy",
    "hook_failed",
    "store_unavailable",
    "unavailable",
    "missing_table",
    "query_failed",
    "unique_violation",
    "constraint_violation",
    "unsafe_query",
    "invalid_settings",
    "missing_driver",
    "weak_key",
    "auth_error",
)
_UNAVAILABLE: Final[Mapping[str, str]] = dict.fromkeys(_UNAVAILABLE_CODES, FAULT_DETAIL)


def success(description: str, schema: schemas.Schema, headers: Mapping[str, Any] | None = None) -> Operation:
    """Return an answer that is a JSON object."""
    return {
        "description": description,
        "headers": {"Cache-Control": _NO_STORE, **(headers or {})},
        "content": {JSON: {"schema": schema}},
    }


@cache  # nearly every route says the same of most of them: 2 MiB, once for each route
def _problem(status: int, said: tuple[tuple[str, str], ...], *, in_words: bool, media_type: str) -> Operation:
    codes = dict(said)
    examples = {
        code: {"value": schemas.problem_example(status, code, detail)} for code, detail in codes.items()
    }
    schema = schemas.problem(status, codes)
    if in_words:
        schema = schemas.in_words(schema)
        for code, shown in examples.items():
            shown["value"] |= {"error": word_of(code, status), "error_description": codes[code]}
    headers: dict[str, Any] = {"Cache-Control": _NO_STORE}
    if status == 401:  # noqa: PLR2004 - a status reads best as itself
        headers["WWW-Authenticate"] = _CHALLENGE
    if status in PASSING:
        headers["Retry-After"] = _RETRY_AFTER
    if status == 429:  # noqa: PLR2004
        headers |= {"RateLimit": _RATE_LIMIT, "RateLimit-Policy": _RATE_LIMIT}
    return {
        "description": "; ".join(codes),
        "headers": headers,
        "content": {media_type: {"schema": schema, "examples": examples}},
    }


def responses(
    successes: Mapping[int, Operation],
    problems: Mapping[int, Mapping[str, str]],
    *,
    in_words: bool = False,
    media_type: str = PROBLEM,
) -> Operation:
    """Return all answers: the successes, the problems as ``status -> code -> detail``, and 503.

    ``in_words``: the problems have OAuth's ``error`` and ``error_description``, too.
    """
    failures = {
        status: _problem(status, tuple(codes.items()), in_words=in_words, media_type=media_type)
        for status, codes in {**problems, 503: _UNAVAILABLE}.items()
    }
    return {str(status): answer for status, answer in sorted({**successes, **failures}.items())}
