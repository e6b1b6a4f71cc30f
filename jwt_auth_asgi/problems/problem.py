"""Errors as HTTP sees them: status, headers and an RFC 9457 problem document.

A `Problem` is data, so that pure ASGI and any framework's routes can answer with it. An error
that is not the client's doing says nothing of its cause here; whoever catches it logs that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from jwt_auth_asgi.asgi import Send
from jwt_auth_asgi.errors import (
    EnrolmentRequiredError,
    InvalidClientError,
    MethodNotAllowedError,
    RequestError,
    SecondFactorRequiredError,
)
from jwt_auth_asgi.problems.challenge import DEFAULT_REALM, challenge
from jwt_auth_asgi.problems.titles import TITLES
from jwt_auth_asgi.telemetry.observers import OBSERVERS
from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import AuthError, InsufficientScopeError, InvalidInputError, UnavailableError
from jwt_auth_core.hooks.refusal import RefusedError
from jwt_auth_core.policies.refusal import PolicyRefusedError
from jwt_auth_core.records import dataclass

Headers = tuple[tuple[bytes, bytes], ...]

STATUS: Final = {
    **dict.fromkeys(("auth_error", "invalid_settings", "missing_driver", "weak_key"), 503),
    **dict.fromkeys(("asyncio_required", "undecipherable", "query_failed", "unique_violation"), 503),
    **dict.fromkeys(("constraint_violation", "missing_table", "lost_transaction"), 503),
    **dict.fromkeys(("pending_migration", "unfit_table", "unsafe_query", "unavailable"), 503),
    **dict.fromkeys(
        ("audit_chain_broken", "session_busy", "hook_failed", "store_unavailable", "overloaded"), 503
    ),
    "token_error": 401,
    "token_invalid": 401,
    "token_expired": 401,
    "insufficient_scope": 403,
    "insufficient_user_authentication": 401,
    "invalid_input": 422,
    "invalid_credentials": 401,
    "invalid_code": 400,
    "email_unverified": 403,
    "challenge_invalid": 401,
    "factor_invalid": 401,
    "factor_not_found": 404,
    "too_many_factors": 409,
    "encryption_not_configured": 501,
    "email_taken": 409,
    "user_not_found": 401,  # an authentic token whose account is gone or disabled
    "session_error": 401,
    "refresh_invalid": 401,
    "refresh_reused": 401,
    "session_revoked": 401,
    "refresh_superseded": 409,
    "session_not_found": 404,
    "role_not_found": 404,
    "policy_refused": 403,
    "refused": 403,
    "message_not_found": 404,
    "api_key_not_found": 404,
    "account_not_found": 404,
    "impersonation_refused": 403,
    **dict.fromkeys(("last_admin", "own_account", "erasure_refused"), 409),
    "client_not_found": 404,
    **dict.fromkeys(("client_exists", "client_has_keys"), 409),
    **dict.fromkeys(("unauthorized_client", "invalid_scope", "invalid_target", "invalid_subject_token"), 400),
    "too_many_api_keys": 409,
    **dict.fromkeys(("passkey_exists", "too_many_passkeys", "last_credential"), 409),
    "passkey_not_found": 404,
    "invalid_passkey": 400,
    "passkey_refused": 401,
    "passkeys_not_configured": 501,
    **dict.fromkeys(("identity_not_found", "provider_not_found"), 404),
    **dict.fromkeys(("identity_taken", "too_many_identities", "account_exists"), 409),
    **dict.fromkeys(("email_not_proven", "no_account", "provider_denied"), 403),
    "provider_refused": 401,
    "provider_unavailable": 503,
    "state_invalid": 400,
    "invalid_value": 422,
    "rate_limited": 429,
    "mail_not_configured": 501,
}

# Where the error's own message is for operators, or might echo input, the client reads these.
DETAILS: Final = {
    "token_error": "Invalid access token",
    "token_invalid": "Invalid access token",
    "user_not_found": "The account of this access token is gone",
    "invalid_value": "a value cannot be stored",
    "rate_limited": "Too many requests; try again later",  # when, a header says
}
FAULT_DETAIL: Final = "temporarily unavailable; try again later"

CHALLENGE_ERRORS: Final = {  # RFC 6750 §3.1; any other 401 challenges without an error code
    "token_error": "invalid_token",
    "token_invalid": "invalid_token",
    "token_expired": "invalid_token",
    "user_not_found": "invalid_token",
    "invalid_request": "invalid_request",
    "insufficient_scope": "insufficient_scope",
    "insufficient_user_authentication": "insufficient_user_authentication",  # RFC 9470 §3
}

OAUTH_ERRORS: Final = {  # RFC 6749 §5.2; any other refusal is an invalid_request, but for passing ones
    **dict.fromkeys(
        ("invalid_credentials", "session_error", "refresh_invalid", "refresh_reused"), "invalid_grant"
    ),
    **dict.fromkeys(
        ("refresh_superseded", "session_revoked", "email_unverified", "enrolment_required"), "invalid_grant"
    ),
    **{word: word for word in ("invalid_client", "unauthorized_client", "invalid_scope", "invalid_target")},
    "refused": "invalid_grant",
    "second_factor_required": "mfa_required",
    "unsupported_grant_type": "unsupported_grant_type",
    "unsupported_token_type": "unsupported_token_type",
}
# A description of OAuth is printable ASCII without quotation marks and backslashes.
_PLAIN: Final = str.maketrans({'"': "'", "\\": "/"})

PASSING: Final = (429, 503)  # the same request may go later
FAULT_RETRY_SECONDS: Final = 10  # for faults that carry no figure of their own

EVERY_ANSWER: Final = (
    (b"cache-control", b"no-store"),
    (b"vary", b"Authorization, Cookie"),
    (b"x-content-type-options", b"nosniff"),
)
ABOUT_THE_BODY: Final = (b"content-type", b"content-length")
EVERY_PROBLEM: Final = ((b"content-type", b"application/problem+json"), *EVERY_ANSWER)


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole answer: ``status``, lower-case ``headers`` with Content-Length, the JSON ``body``."""

    status: int
    headers: Headers
    body: bytes

    @property
    def detail(self) -> str:
        """The sentence of the body."""
        found: str = json.loads(self.body)["detail"]
        return found

    @property
    def own_headers(self) -> dict[str, str]:
        """The headers without those about the body, for a framework that makes a body of its own."""
        return {name.decode(): value.decode() for name, value in self.headers if name not in ABOUT_THE_BODY}

    def without_body(self) -> Problem:
        """Return the answer to a HEAD request: the same headers, no content (RFC 9110 §9.3.2)."""
        return replace(self, body=b"")


def problem_of(error: AuthError, *, realm: str = DEFAULT_REALM, in_oauth: bool = False) -> Problem:
    """Return what HTTP answers for an error; ``realm`` names the protected space in a challenge.

    ``in_oauth`` has it told in the words of RFC 6749 section 5.2 as well: a client of that protocol looks
    for ``error``, and takes a document without it for its tokens. Each refusal comes this way; it is counted.
    """
    OBSERVERS.refusal(error.code)
    status = status_of(error)
    detail = _detail(error, status)
    if status == 503:  # noqa: PLR2004 - a status reads best as itself
        return _passing(error.code, detail, _retry_seconds(error), in_oauth=in_oauth)
    body = _document(error, status, detail, in_oauth=in_oauth)
    length = (b"content-length", b"%d" % len(body))
    return Problem(status, (*EVERY_PROBLEM, *_headers(error, status, detail, realm), length), body)


@lru_cache(maxsize=256)  # under a herd it is the same refusal a thousand times
def _passing(code: str, detail: str, seconds: int, *, in_oauth: bool) -> Problem:
    """Return what a 503 is told by: it names neither the request nor its realm."""
    body = _json(_members(code, 503, detail, in_oauth=in_oauth))
    about = ((b"retry-after", b"%d" % seconds), (b"content-length", b"%d" % len(body)))
    return Problem(503, (*EVERY_PROBLEM, *about), body)


def _retry_seconds(error: AuthError) -> int:
    return error.retry_after_seconds if isinstance(error, UnavailableError) else FAULT_RETRY_SECONDS


async def send_problem(problem: Problem, send: Send) -> None:
    """Answer an http request with the problem."""
    await send({"type": "http.response.start", "status": problem.status, "headers": list(problem.headers)})
    await send({"type": "http.response.body", "body": problem.body})


def status_of(error: AuthError) -> int:
    """Return the status of an error; one that this page does not know has its nearest ancestor's."""
    if isinstance(error, RequestError):
        return error.status
    if error.code in STATUS:
        return STATUS[error.code]
    codes = (getattr(ancestor, "code", "") for ancestor in type(error).__mro__)
    return next(STATUS[code] for code in codes if code in STATUS)


def word_of(code: str, status: int) -> str:
    """Return what a client of OAuth calls an error."""
    fallback = "temporarily_unavailable" if status in PASSING else "invalid_request"
    return OAUTH_ERRORS.get(code, fallback)


def _detail(error: AuthError, status: int) -> str:
    if error.code in DETAILS:
        return DETAILS[error.code]
    return FAULT_DETAIL if status == 503 else str(error)  # noqa: PLR2004 - a status reads best as itself


def _document(error: AuthError, status: int, detail: str, *, in_oauth: bool) -> bytes:
    more = _more(error)
    if not more:
        return _plain_document(error.code, status, detail, in_oauth=in_oauth)
    return _json({**_members(error.code, status, detail, in_oauth=in_oauth), **more})


def _more(error: AuthError) -> dict[str, object]:
    """Return the members that an error has beside those of all."""
    match error:
        case InvalidInputError():
            return {
                "errors": [{"field": e.field, "code": e.code, "message": e.message} for e in error.errors]
            }
        case PolicyRefusedError(policy=name):
            return {"policy": name}
        case RefusedError(reason=word):
            return {"reason": word}
        case SecondFactorRequiredError() | EnrolmentRequiredError():
            return error.members
        case InsufficientAuthenticationError(max_age=age, acr_values=level, amr=amr):
            asked = {"max_age": age, "acr_values": level, "amr": amr or None}
            return {name: value for name, value in asked.items() if value is not None}
        case _:
            return {}


@lru_cache(maxsize=256)  # under a herd it is the same refusal a thousand times
def _plain_document(code: str, status: int, detail: str, *, in_oauth: bool) -> bytes:
    return _json(_members(code, status, detail, in_oauth=in_oauth))


def _members(code: str, status: int, detail: str, *, in_oauth: bool) -> dict[str, object]:
    members: dict[str, object] = {"status": status, "title": TITLES[status], "detail": detail, "code": code}
    if not in_oauth:
        return members
    return {"error": word_of(code, status), "error_description": detail.translate(_PLAIN), **members}


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _headers(error: AuthError, status: int, detail: str, realm: str) -> Iterator[tuple[bytes, bytes]]:
    if status == 401 or error.code in CHALLENGE_ERRORS:  # noqa: PLR2004
        yield b"www-authenticate", _challenge(error, detail, realm)
    if status == 429:  # noqa: PLR2004
        yield from _limit_fields(error)
    if isinstance(error, MethodNotAllowedError):
        yield b"allow", ", ".join(error.allow).encode("ascii")


def _limit_fields(error: AuthError) -> Headers:
    from jwt_auth_asgi.problems import limit_fields  # noqa: PLC0415 - all stores of limits, and most never refuse

    return limit_fields.of_refusal(error)


def _challenge(error: AuthError, detail: str, realm: str) -> bytes:
    if isinstance(error, InvalidClientError):
        return challenge(realm, scheme="Basic")  # RFC 6749 §5.2
    named = CHALLENGE_ERRORS.get(error.code)
    if named is None:
        return challenge(realm)
    if isinstance(error, InsufficientScopeError):
        return challenge(realm, error=named, scope=" ".join(sorted(error.needed)))
    asked: dict[str, str] = {}
    if isinstance(error, InsufficientAuthenticationError):
        known = {"acr_values": error.acr_values, "max_age": error.max_age}
        asked = {name: str(value) for name, value in known.items() if value is not None}
    return challenge(realm, error=named, error_description=detail, **asked)
