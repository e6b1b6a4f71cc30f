"""The middleware refuses what its rules do not allow, whatever it wraps."""

import pytest

from jwt_auth_asgi import BearerMiddleware
from tests.asgi.drive import bearer, get, refusal, shake

RULES = [("/admin", "admin:use"), ("/reports", {"GET": "reports:read", "*": "reports:write"})]


@pytest.fixture
def app(spy, tokens):
    """Return an application that cannot be edited, behind rules."""
    return BearerMiddleware(spy, tokens, rules=RULES, public={"/reports"}, exempt={"/admin/login"})


@pytest.fixture
def token_of(tokens):
    """Return a maker of the header with scopes."""
    return lambda *scopes: bearer(tokens.issue(subject="42", scopes=scopes))


def test_a_token_with_the_scope_passes(app, token_of):
    """A wildcard covers whole segments."""
    assert get(app, "/admin/users", token_of("admin:*")).status == 200
    assert get(app, "/reports/7", token_of("reports:read")).status == 200


def test_a_token_without_the_scope_is_refused(app, spy, token_of):
    """403, and the challenge names what is missing; the application never hears of it."""
    answer = get(app, "/admin/users", token_of("reports:read"))
    assert (answer.status, spy.scopes) == (403, [])
    assert 'error="insufficient_scope", scope="admin:use"' in answer.challenge


def test_nobody_is_refused(app, spy):
    """Without a token it is a 401 without an error code, on a path that would be public otherwise too."""
    answer = get(app, "/reports")
    assert (answer.status, answer.json["code"], spy.scopes) == (401, "not_authenticated", [])


def test_the_middlewares_own_exemptions_stay(app):
    """A path where no token is read cannot need one."""
    assert get(app, "/admin/login").status == 200


def test_a_websocket_is_refused_before_it_is_accepted(app, spy, token_of):
    """It has a method of its own, here every other one."""
    refused = refusal(shake(app, "/reports", token_of("reports:read")))
    assert (refused.status, spy.scopes) == (403, [])
    assert shake(app, "/reports", token_of("reports:write")) == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    "path",
    [
        "http://h/admin",
        "HTTP://u@h:1/admin/users",
        "http:/admin",
        "http:admin",
        "http://[/admin",
        "http:\\\\h\\admin",
        "http://h/ad\tmin",
        " http://h/admin",
        "http%3A//h/admin",
        "http://h/admin?x",
        "http://h/admin#x",
        "//h/admin",
        "admin",
    ],
)
def test_a_target_that_is_a_whole_address_is_its_path(spy, tokens, path):
    """Some servers hand it on as it is, some applications take the path out of it."""
    # ASGI-08
    app = BearerMiddleware(spy, tokens, rules=RULES)
    assert (get(app, path).status, spy.scopes) == (401, [])
    assert refusal(shake(app, path)).status == 401


@pytest.mark.parametrize(
    ("root", "path"),
    [
        ("/api", "/api/admin"),
        ("/api", "/admin"),
        ("/api", "/x/api/admin"),
        ("/api", "/x/api/api/../admin"),
        ("/api", "/apiadmin"),
        ("/api", "/api/../admin"),
        ("/api", "/api/../api/admin"),
        ("/api", "/api/ADMIN"),
        ("/api", "/API/admin"),
        ("/Api", "/api/admin"),
        ("/api", "http://h/api/admin"),
        ("/api", "http://api/api/admin"),
        ("/api", "/apihttp://h/admin"),
        ("/api/v1", "/api/v1/x/../admin"),
        ("/api/", "/api//admin"),
        ("/api/", "/api/admin"),
        ("/api//", "/api///admin"),
        ("/", "//admin"),
        ("/", "/admin"),
        ("/admin", "/admin/users"),
    ],
)
def test_a_root_path_hides_nothing(spy, tokens, root, path):
    """Applications take it off in different ways: every one of them is judged."""
    # ASGI-08
    app = BearerMiddleware(spy, tokens, rules=RULES)
    get(app, path)  # what was found without it is not what is found with it
    spy.scopes.clear()
    assert (get(app, path, root_path=root).status, spy.scopes) == (401, [])
    assert refusal(shake(app, path, root_path=root)).status == 401


@pytest.mark.parametrize(
    "path", ["/api/topics", "/topics", "/api/topics/Report 1.pdf", "/api", "/api/topics/"]
)
def test_below_a_root_path_a_rule_for_everything_has_exceptions(spy, tokens, path):
    """The whole path, which the exception does not name, is not one more reading of an ordinary path."""
    rules = [("/", "authenticated"), ("/topics", None)]
    app = BearerMiddleware(spy, tokens, rules=rules)
    expected = 401 if path == "/api" else 200
    assert get(app, path, root_path="/api").status == expected
