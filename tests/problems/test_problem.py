"""Problems: each error's status, headers and document; nothing internal on the wire."""

import pytest

from jwt_auth_asgi import errors as edge
from jwt_auth_asgi.problems.problem import FAULT_DETAIL, problem_of, send_problem
from jwt_auth_asgi.problems.titles import TITLES
from jwt_auth_core import errors as core
from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.vocabulary import Secret
from tests.asgi.drive import Answer

REALM = 'Bearer realm="api"'
TOKEN = REALM + ', error="invalid_token"'

# error, status, the code on the wire, how the challenge begins
TABLE = [
    (core.InvalidCredentialsError(), 401, "invalid_credentials", REALM),
    (core.EmailTakenError(), 409, "email_taken", None),
    (
        core.InvalidInputError([core.FieldError("email", "missing", "is required")]),
        422,
        "invalid_input",
        None,
    ),
    (core.RefreshInvalidError(), 401, "refresh_invalid", REALM),
    (core.RefreshReusedError("5e55"), 401, "refresh_reused", REALM),
    (core.SessionRevokedError("5e55"), 401, "session_revoked", REALM),
    (core.RefreshSupersededError("5e55"), 409, "refresh_superseded", None),
    (core.TokenInvalidError("x"), 401, "token_invalid", TOKEN),
    (core.TokenExpiredError(1), 401, "token_expired", TOKEN),
    (core.UserNotFoundError(), 401, "user_not_found", TOKEN),
    (core.InsufficientScopeError({"b", "a"}), 403, "insufficient_scope", REALM),
    (
        InsufficientAuthenticationError(max_age=300),
        401,
        "insufficient_user_authentication",
        REALM + ', error="insufficient_user_authentication"',
    ),
    (core.QueryError("x"), 503, "query_failed", None),
    (core.UniqueViolationError("x"), 503, "unique_violation", None),
    (core.ConstraintError("x"), 503, "constraint_violation", None),
    (core.InvalidValueError("x"), 422, "invalid_value", None),
    (core.MissingTableError("x"), 503, "missing_table", None),
    (core.UnsafeQueryError("x"), 503, "unsafe_query", None),
    (core.MissingDriverError("x", extra="x"), 503, "missing_driver", None),
    (core.SettingsError(["x"]), 503, "invalid_settings", None),
    (core.WeakKeyError("x"), 503, "weak_key", None),
    (core.UnavailableError("x"), 503, "unavailable", None),
    (core.StoreUnavailableError("redis"), 503, "store_unavailable", None),
    (core.OverloadedError(), 503, "overloaded", None),
    (edge.RequestError("no JSON"), 400, "bad_request", None),
    (edge.NotFoundError(), 404, "not_found", None),
    (edge.MethodNotAllowedError({"POST"}), 405, "method_not_allowed", None),
    (edge.BodyTooLargeError(16384), 413, "too_large", None),
    (edge.UnsupportedMediaTypeError("send application/json"), 415, "unsupported_media_type", None),
    (edge.CrossSiteError(), 403, "cross_site", None),
    (edge.NotAuthenticatedError(), 401, "not_authenticated", REALM),
    (
        edge.SecondFactorRequiredError(Secret("login.abc"), ["totp"], 300),
        401,
        "second_factor_required",
        REALM,
    ),
    (edge.InvalidBearerError("x"), 400, "invalid_request", REALM + ', error="invalid_request"'),
]
MORE = {
    "invalid_input": {"errors"},
    "insufficient_user_authentication": {"max_age"},
    "second_factor_required": {"challenge", "factors", "expires_in"},
}
NAMES = [code for _, _, code, _ in TABLE]
FAULTS = [error for error, status, _, _ in TABLE if status == 503]


def answer(error, **more):
    """Return the problem of an error as a client sees it."""
    problem = problem_of(error, **more)
    return Answer(problem.status, list(problem.headers), problem.body)


@pytest.mark.parametrize(("error", "status", "code", "challenge"), TABLE, ids=NAMES)
def test_an_error_has_status_code_and_challenge(error, status, code, challenge):
    """The table of errors, as HTTP and RFC 6750 see them."""
    # ASGI-06
    seen = answer(error)
    assert (seen.status, seen.json["code"], seen.json["status"]) == (status, code, status)
    assert seen.challenge is None if challenge is None else seen.challenge.startswith(challenge)


@pytest.mark.parametrize(("error", "status", "code"), [row[:3] for row in TABLE], ids=NAMES)
def test_a_problem_has_the_members_of_the_contract(error, status, code):
    """Members: status, title, detail, code; what is said besides belongs to one error each."""
    seen = answer(error).json
    assert set(seen) == {"status", "title", "detail", "code"} | MORE.get(code, set())
    assert seen["title"] == TITLES[status]
    assert seen["detail"]


@pytest.mark.parametrize(("error", "status", "challenge"), [(e, s, c) for e, s, _, c in TABLE], ids=NAMES)
def test_a_problem_has_the_headers_of_every_answer(error, status, challenge):
    """Not cached, not sniffed, its length stated; a 401 has a challenge (RFC 9110 §11.6.1)."""
    # ASGI-15
    seen = answer(error)
    assert seen.headers["content-type"] == "application/problem+json"
    assert seen.headers["cache-control"] == "no-store"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["content-length"] == str(len(seen.body))
    assert ("retry-after" in seen.headers, bool(challenge)) == (status == 503, seen.challenge is not None)


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: error.code)
def test_a_fault_says_nothing_of_its_cause(error):
    """What went wrong behind the application is for its log."""
    assert answer(error).json["detail"] == FAULT_DETAIL


def test_retry_after_is_the_errors_own_figure():
    """Where an error knows when to come back, the header says so."""
    assert answer(core.OverloadedError(retry_after_seconds=7)).headers["retry-after"] == "7"


def test_invalid_input_names_every_field():
    """One entry a field, each with a code and a sentence."""
    fields = [core.FieldError("email", "missing", "is required"), core.FieldError("a\ud800", "b", "c\u20ac")]
    assert answer(core.InvalidInputError(fields)).json["errors"] == [
        {"field": "email", "code": "missing", "message": "is required"},
        {"field": "a\ud800", "code": "b", "message": "c\u20ac"},
    ]


def test_a_missing_scope_is_named():
    """The challenge lists what the resource needs, in order."""
    # ASGI-06
    challenge = answer(core.InsufficientScopeError({"b", "a"})).challenge
    assert challenge == REALM + ', error="insufficient_scope", scope="a b"'


def test_a_challenge_cannot_be_broken_out_of():
    """Quotes, line breaks and letters beyond ASCII in a scope stay inside its quotes."""
    # ASGI-06
    challenge = answer(core.InsufficientScopeError({'a"\r\nX: \u20ac\\'})).challenge
    assert challenge.endswith(r'scope="a\"??X: ?\\"')


def test_a_token_problem_repeats_no_reason():
    """Why a token is invalid is not the caller's to know."""
    # ASGI-06
    seen = answer(core.TokenInvalidError("made of <marquee>"))
    assert (seen.json["detail"], "marquee" in seen.challenge) == ("Invalid access token", False)


def test_an_expired_token_has_its_exact_sentence():
    """Clients compare it."""
    assert answer(core.TokenExpiredError(1)).json["detail"] == "Access token expired"


def test_the_realm_is_the_callers():
    """An application names its own protected space."""
    assert answer(edge.NotAuthenticatedError(), realm="shop").challenge == 'Bearer realm="shop"'


def test_a_method_that_is_not_allowed_names_the_others():
    """RFC 9110 §15.5.6 asks for Allow."""
    assert answer(edge.MethodNotAllowedError({"POST", "GET"})).headers["allow"] == "GET, POST"


def test_an_unknown_error_answers_as_its_ancestor():
    """An error of later make, or of an application's own, is never a 500."""

    class Stranger(core.TokenExpiredError):
        code = "token_strange"

    class Foreign(core.AuthError):
        code = "foreign"

    assert answer(Stranger(1)).status == 401
    assert answer(Foreign()).status == 503


async def test_sending_is_two_messages():
    """A problem goes out through any ASGI send."""
    sent = []

    async def keep(message):
        sent.append(message)

    problem = problem_of(core.EmailTakenError())
    await send_problem(problem, keep)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert (sent[0]["status"], sent[1]["body"]) == (409, problem.body)


@pytest.mark.parametrize("in_oauth", [False, True])
def test_the_same_refusal_of_a_herd_is_made_once(in_oauth):
    """A thousand that find the queue full are told by one answer; another figure or code has its own."""
    first, again = (problem_of(core.OverloadedError(), in_oauth=in_oauth) for _ in range(2))
    assert again is first
    assert problem_of(core.UnavailableError("x"), in_oauth=in_oauth) != first
    assert dict(first.headers)[b"retry-after"] == b"1"
