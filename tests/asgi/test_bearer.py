"""BearerMiddleware on http: who passes, as whom, and how the others are answered."""

import pytest

from jwt_auth_asgi.bearer import CREDENTIAL_PATHS, BearerMiddleware
from jwt_auth_core.errors import SettingsError
from tests.asgi.drive import bearer, get, http_scope, request

INVALID = 'Bearer realm="api", error="invalid_token", error_description="Invalid access token"'
EXPIRED = 'Bearer realm="api", error="invalid_token", error_description="Access token expired"'
TWO = 'Bearer realm="api", error="invalid_request"'


class Bundle:
    """Stands for an Auth: something with tokens."""

    def __init__(self, tokens):
        self.tokens = tokens


def test_a_valid_token_names_the_caller(spy, tokens, token):
    """The application reads subject, scopes, claims and session of the token."""
    assert get(BearerMiddleware(spy, tokens), "/", bearer(token)).status == 200
    user, auth = spy.scope["user"], spy.scope["auth"]
    assert (user.is_authenticated, user.identity, user.display_name) == (True, "42", "42")
    assert auth.scopes == ["topics:read", "topics:write"]
    assert (user.session_id, user.claims.subject) == ("5e55", "42")


def test_without_credentials_the_application_decides(spy, tokens):
    """A request without a token passes as anonymous, with nothing granted."""
    assert get(BearerMiddleware(spy, tokens)).status == 200
    user = spy.scope["user"]
    assert (user.is_authenticated, user.identity, user.display_name) == (False, "", "")
    assert (user.claims, user.session_id, spy.scope["auth"].scopes) == (None, None, [])


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_is_case_insensitive(spy, tokens, token, scheme):
    """Bearer is Bearer in any letters."""
    # ASGI-04
    answer = get(BearerMiddleware(spy, tokens), "/", bearer(token, scheme))
    assert answer.json["identity"] == "42"


@pytest.mark.parametrize(
    "form",
    [
        "Bearer",
        "Bearer ",
        "Bearer  {}",
        "Bearer\t{}",
        "Bearer {} x",
        "Bearer {}=",
        "Bearer {}\x00",
        "Bearer: {}",
        "Bearer={}",
        '"Bearer" {}',
        "Bearer {}\xe9",
        "{}",
    ],
)
def test_a_malformed_header_is_refused(spy, tokens, token, form):
    """Anything but scheme, one space, token is a 401 that names no input."""
    # ASGI-04
    answer = get(BearerMiddleware(spy, tokens), "/", (b"authorization", form.format(token).encode("latin-1")))
    assert (answer.status, answer.challenge, spy.scopes) == (401, INVALID, [])


@pytest.mark.parametrize(
    "form", ["Bearer ,", "Bearer {0},{0}", "Bearer {0}, Bearer {0}", "Basic YTpi, Bearer {0}"]
)
def test_a_list_of_credentials_is_refused(spy, tokens, token, form):
    """Two credentials in one header are a 400 invalid_request."""
    # ASGI-05
    answer = get(BearerMiddleware(spy, tokens), "/", (b"authorization", form.format(token).encode()))
    assert (answer.status, answer.json["code"], spy.scopes) == (400, "invalid_request", [])
    assert answer.challenge.startswith(TWO)


@pytest.mark.parametrize(
    "order", ["good good", "good bad", "bad good", "good basic", "basic good", "bad bad"]
)
def test_two_headers_are_refused(spy, tokens, token, order):
    """Two Authorization headers are a 400 invalid_request, whatever their order."""
    # ASGI-05
    lines = {"good": bearer(token), "bad": bearer("x.y.z"), "basic": (b"authorization", b"Basic YTpi")}
    answer = get(BearerMiddleware(spy, tokens), "/", *(lines[one] for one in order.split()))
    assert (answer.status, answer.json["code"], spy.scopes) == (400, "invalid_request", [])
    assert answer.challenge.startswith(TWO)


@pytest.mark.parametrize(
    "value", [b"Basic YTpi", b"Digest username=a, nonce=b", b"Bearerer x", b"Negotiate abc=="]
)
def test_another_scheme_is_no_bearer_credential(spy, tokens, value):
    """The application may have a scheme of its own: without ours the caller is anonymous."""
    assert get(BearerMiddleware(spy, tokens), "/", (b"authorization", value)).json["identity"] == ""


@pytest.mark.parametrize("value", [b"", b" ", b" \t "])
def test_an_empty_header_is_no_credentials(spy, tokens, value):
    """Credentials have a scheme: without one the caller is anonymous, or is asked for a token."""
    header = (b"authorization", value)
    assert get(BearerMiddleware(spy, tokens), "/", header).json["identity"] == ""
    answer = get(BearerMiddleware(spy, tokens, public=()), "/", header)
    assert (answer.status, answer.json["code"]) == (401, "not_authenticated")
    assert answer.challenge == 'Bearer realm="api"'


def test_an_expired_token_is_refused(spy, tokens, expired):
    """The detail is exactly what clients of the original look for."""
    # ASGI-06
    answer = get(BearerMiddleware(spy, tokens), "/", bearer(expired))
    assert (answer.status, answer.challenge, spy.scopes) == (401, EXPIRED, [])
    assert answer.json["detail"] == "Access token expired"


def test_a_token_that_expires_meanwhile_is_refused(spy, tokens, token, clock):
    """What was verified once is not valid for ever."""
    app = BearerMiddleware(spy, tokens)
    assert get(app, "/", bearer(token)).status == 200
    clock.now += 900
    assert get(app, "/", bearer(token)).challenge == EXPIRED


def test_no_credentials_bring_no_error_code(spy, tokens):
    """Where a token is needed and none offered, the challenge has the realm and nothing more."""
    # ASGI-06
    answer = get(BearerMiddleware(spy, tokens, public=()))
    assert (answer.status, answer.challenge, spy.scopes) == (401, 'Bearer realm="api"', [])
    assert (answer.json["code"], answer.json["detail"]) == ("not_authenticated", "Not authenticated")


def test_the_realm_is_escaped(spy, tokens):
    """Quotes and backslashes in the realm cannot end it."""
    # ASGI-06
    answer = get(BearerMiddleware(spy, tokens, public=(), realm='a "b" \\'))
    assert answer.challenge == r'Bearer realm="a \"b\" \\"'


@pytest.mark.parametrize("realm", ["a\r\nb", "caf\xe9", "\x00"])
def test_an_unprintable_realm_is_refused(spy, tokens, realm):
    """A realm that no header can carry is noticed at the start."""
    with pytest.raises(ValueError, match="realm"):
        BearerMiddleware(spy, tokens, realm=realm)


def test_a_refusal_is_not_cached_or_sniffed(spy, tokens):
    """A refusal is a problem document with the headers of every answer on authentication."""
    # ASGI-15
    headers = get(BearerMiddleware(spy, tokens, public=())).headers
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["vary"] == "Authorization, Cookie"


def test_a_bad_token_is_refused_on_a_public_path(spy, tokens, expired):
    """A bad token is never treated as none."""
    # ASGI-07
    app = BearerMiddleware(spy, tokens, public={"/health"})
    assert get(app, "/health", bearer(expired)).status == 401
    assert get(app, "/health", bearer("forged")).status == 401
    assert get(app, "/health").status == 200


@pytest.mark.parametrize("path", CREDENTIAL_PATHS)
@pytest.mark.parametrize("rules", [{}, {"public": ()}])
def test_credential_routes_do_not_read_the_header(spy, tokens, expired, path, rules):
    """With an Auth, its own credential routes are served whatever token is sent along."""
    app = BearerMiddleware(spy, Bundle(tokens), **rules)
    for headers in ([bearer(expired)], [bearer("x"), bearer("y")], [(b"authorization", b"junk")], []):
        assert get(app, path, *headers).json["identity"] == ""


def test_credential_routes_do_not_read_a_good_header_either(spy, tokens, token):
    """Not reading means not reading: the caller of a login is anonymous."""
    app = BearerMiddleware(spy, Bundle(tokens))
    assert get(app, "/auth/login", bearer(token)).json["identity"] == ""


@pytest.mark.parametrize("path", ["/auth/me", "/auth/login/", "/auth", "/auth/refresh/x", "/AUTH/refresh"])
def test_other_routes_of_the_auth_app_read_the_header(spy, tokens, expired, path):
    """Only the listed routes let an expired token pass."""
    assert get(BearerMiddleware(spy, Bundle(tokens)), path, bearer(expired)).status == 401


def test_access_tokens_alone_exempt_nothing(spy, tokens, expired):
    """Without an Auth there is no auth app whose routes need an exemption."""
    assert get(BearerMiddleware(spy, tokens), "/auth/refresh", bearer(expired)).status == 401


def test_exempt_paths_are_the_users_choice(spy, tokens, expired):
    """What is named replaces the default."""
    app = BearerMiddleware(spy, Bundle(tokens), exempt={"/renew"})
    assert get(app, "/renew", bearer(expired)).status == 200
    assert get(app, "/auth/refresh", bearer(expired)).status == 401


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PURGE", ""]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_covered(spy, tokens, token, method):
    """No method slips past the policy."""
    # ASGI-10
    app = BearerMiddleware(spy, tokens, public=())
    assert get(app, "/", method=method).status == 401
    assert get(app, "/", bearer(token), method=method).status == 200


def test_a_head_request_is_refused_without_content(spy, tokens):
    """The refusal of a HEAD request has the headers of the GET one, and no body."""
    app = BearerMiddleware(spy, tokens, public=())
    head, whole = get(app, "/", method="HEAD"), get(app, "/")
    assert (head.headers, head.body) == (whole.headers, b"")


def test_the_query_and_the_cookie_carry_no_token(spy, tokens, token):
    """A token in the URL or in a cookie is not looked at."""
    # ASGI-03
    app = BearerMiddleware(spy, tokens, public=())
    query = f"access_token={token}&token={token}".encode()
    cookie = (b"cookie", f"access_token={token}; token={token}".encode())
    assert get(app, "/", cookie, query_string=query).status == 401


def test_an_auth_that_is_left_out_comes_from_the_environment(spy, tokens, token, monkeypatch):
    """It is asked for at the first token, not before."""
    made = []
    monkeypatch.setattr("jwt_auth_core.default.default_auth", lambda: made.append(1) or Bundle(tokens))
    app = BearerMiddleware(spy)
    assert (get(app).json["identity"], made) == ("", [])
    assert [get(app, "/", bearer(token)).json["identity"] for _ in range(3)] == ["42"] * 3
    assert made == [1]


def test_an_auth_from_a_bad_environment_is_a_503(spy, token, monkeypatch, caplog):
    """The caller reads that it will pass, the operator's log names the variable."""

    def broken():
        raise SettingsError(["JWT_KEY is required"])

    monkeypatch.setattr("jwt_auth_core.default.default_auth", broken)
    answer = get(BearerMiddleware(spy), "/", bearer(token))
    assert (answer.status, spy.scopes, answer.headers["retry-after"]) == (503, [], "10")
    assert "JWT_KEY" not in answer.body.decode()
    assert "JWT_KEY is required" in caplog.text


@pytest.mark.parametrize("auth", [object(), "secret", 5])
def test_something_that_verifies_nothing_is_no_auth(spy, auth):
    """A wrong argument is noticed at the start, in one sentence."""
    with pytest.raises(TypeError, match="must be an Auth, an AccessTokens or any_of them"):
        BearerMiddleware(spy, auth)


def test_no_token_reaches_a_log(spy, tokens, token, expired, caplog):
    """A refusal is logged for those who look, without what was refused."""
    # LOG-1
    caplog.set_level("DEBUG")
    app = BearerMiddleware(spy, tokens)
    for value in (token + "x", expired, "x y"):
        assert request(app, http_scope("/", [bearer(value)])).status == 401
    assert caplog.text.count("refused") == 3
    assert token not in caplog.text
    assert expired not in caplog.text
