"""The features: every route belongs to one capability, and its row says what the middleware goes by."""

import pytest

from jwt_auth_asgi.app.endpoints import FEATURES
from jwt_auth_asgi.bearer import CREDENTIAL_PATHS
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.operations import BEARER
from tests.house.sources import ROOT, files

ROUTES = [route for feature in FEATURES for route in feature.routes]
FOLDER = ROOT / "jwt_auth_asgi" / "features"
EXEMPT = """
/auth/register /auth/login /auth/login/second-factor /auth/refresh /auth/logout
/auth/password/forgot /auth/password/reset /auth/verify/send /auth/verify
/auth/login/email /auth/login/email/verify /auth/email/confirm /auth/email/undo
/auth/factors/enrol /auth/login/passkey/options /auth/login/passkey /auth/login/code
/auth/token /auth/introspect /auth/revoke
/auth/.well-known/jwks.json /auth/.well-known/oauth-authorization-server
/auth/health/live /auth/health/ready
/.well-known/oauth-authorization-server/auth
"""


def rooms():
    """Return the names of the files and folders that define a feature."""
    texts = (path for path in files("jwt_auth_asgi/features") if "FEATURE: Final" in path.read_text("utf-8"))
    return {path.relative_to(FOLDER).parts[0].removesuffix(".py") for path in texts}


def test_every_feature_is_in_the_list():
    """A file or folder with a feature bears its name, and the auth app serves it."""
    assert {feature.name for feature in FEATURES} == rooms()


def test_every_path_has_one_route():
    """The list of paths and the routes of the features are the same, none twice."""
    assert sorted(map(repr, paths.ALL)) == sorted(repr(route.at) for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation["operationId"])
def test_a_route_reads_the_token_that_its_document_asks_for(route):
    """The row says that the access token is read where the OpenAPI operation asks for one, and only there."""
    asks = any(BEARER in choice for choice in route.operation["security"])
    assert route.at.reads_token == asks


def test_the_exempt_paths_are_what_they_were():
    """What applications name to their middleware, by this name or letter by letter, stays as it is."""
    assert list(CREDENTIAL_PATHS) == EXEMPT.split()
