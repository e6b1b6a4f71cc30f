"""No route is forgotten: the first test to write."""

from jwt_auth_asgi.testing import assert_all_protected

OPEN = {"/health", "/openapi.json", "/docs", "/docs/*", "/redoc"}


def test_no_route_is_forgotten(app, auth):
    found = assert_all_protected(app, auth, except_=OPEN)
    assert not found.unknown
