"""Public paths: listed letter by letter or not at all."""

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.http.paths import exact_paths, route_path
from tests.asgi.drive import get, http_scope

OTHERS = [
    "//login",
    "/login/",
    "/LOGIN",
    "/login/../admin",
    "/login;x",
    "/login\\..\\admin",
    "/admin/login-history",
    "/files/login",
    "/login\x00",
    "/login?",
    "/login#",
    "/login ",
    " /login",
    "/./login",
    "/login%2f..%2fadmin",
    "login",
    "",
    "*",
    "http://testserver/login",
    "/api/login",
    "/log\u0131n",
]


@pytest.fixture
def app(spy, tokens):
    """Return an application of which only /login is public."""
    return BearerMiddleware(spy, tokens, public={"/login"})


def test_a_listed_path_is_public(app):
    """It needs no token."""
    assert get(app, "/login").status == 200


@pytest.mark.parametrize("path", OTHERS)
def test_another_spelling_is_not_public(app, spy, path):
    """Whatever an application might make of it, it is not what was listed."""
    # ASGI-08
    assert (get(app, path).status, spy.scopes) == (401, [])


def test_the_raw_path_decides_nothing(app):
    """The decoded path is compared, as applications route by it."""
    # ASGI-08
    assert get(app, "/admin", raw_path=b"/login").status == 401
    assert get(app, "/login/../admin", raw_path=b"/login%2f..%2fadmin").status == 401
    assert get(app, "/login", raw_path=b"/%6cogin").status == 200


@pytest.mark.parametrize(
    ("path", "root", "status"),
    [
        ("/api/login", "/api", 200),
        ("/login", "/api", 200),  # a server that leaves the prefix off
        ("/api/login", "", 401),
        ("/api/api/login", "/api", 401),
        ("/apilogin", "/api", 401),
        ("/api//login", "/api", 401),
        ("//login", "/", 401),
        ("/api/login", "/api/", 401),
        ("/api", "/api", 401),
        ("/login", "/login", 401),
        ("/api/login", None, 401),
    ],
)
def test_the_mount_point_is_taken_off_once(app, path, root, status):
    """A path is compared as the mounted application sees it."""
    # ASGI-08
    assert get(app, path, root_path=root).status == status


@pytest.mark.parametrize(
    "header",
    [
        (b"host", b"x/login?"),
        (b"x-forwarded-host", b"x/login?"),
        (b"x-forwarded-prefix", b"/admin"),
        (b"x-forwarded-uri", b"/login"),
        (b"x-original-url", b"/login"),
        (b"x-rewrite-url", b"/login"),
        (b"x-http-method-override", b"OPTIONS"),
        (b"referer", b"http://testserver/login"),
    ],
)
def test_no_header_decides_what_is_public(app, header):
    """The decision never uses Host, X-Forwarded-*, a rewritten URL or an overridden method."""
    # ASGI-09
    assert get(app, "/admin", header).status == 401


def test_a_scope_without_a_path_is_not_public(app):
    """What has no path is not listed."""
    scope = http_scope()
    del scope["path"], scope["root_path"]
    assert route_path(scope) == ""
    assert get(app, "").status == 401


def test_one_text_is_no_collection_of_paths():
    """A forgotten pair of braces would have listed single letters."""
    with pytest.raises(TypeError, match=r'\{"/health"\}'):
        exact_paths("/health")


def test_a_path_starts_with_a_slash():
    """A path that nothing can match is a slip, not a rule."""
    with pytest.raises(ValueError, match="'health'"):
        exact_paths(["/", "health"])
