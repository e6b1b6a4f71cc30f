"""What /openapi.json says, of which /docs is drawn."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, Depends, FastAPI

from jwt_auth_asgi.app.endpoints import endpoints
from jwt_auth_fastapi import CurrentUser, OptionalUser, auth_router, require_scopes
from tests.fastapi.conftest import build

SCHEME = "OAuth2PasswordBearer"


@pytest.fixture(scope="module")
def document():
    """Return the document of an application with the router."""
    app = build()
    app.include_router(auth_router())
    return app.openapi()


@pytest.mark.parametrize("endpoint", endpoints(), ids=lambda endpoint: endpoint.name)
def test_an_operation_is_the_auth_apps(document, endpoint):
    """Bodies, answers, headers and security are those of /auth/openapi.json."""
    shown = document["paths"][f"/auth{endpoint.path}"][endpoint.method.lower()]
    own = {name: value for name, value in endpoint.operation.items() if name != "operationId"}
    assert {name: shown[name] for name in own} == own


def test_there_are_no_other_operations(document):
    """The helpers of the router are not shown."""
    shown = [(p, m) for p, item in document["paths"].items() if p.startswith("/auth") for m in item]
    assert sorted(shown) == sorted((f"/auth{one.path}", one.method.lower()) for one in endpoints())


def test_operation_ids_are_unique(document):
    """Generated clients find a name a function."""
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))


def test_every_scheme_in_use_is_declared(document):
    """No operation names a security scheme that the document does not have."""
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    used = {name for one in operations for choice in one.get("security", ()) for name in choice}
    assert used == set(document["components"]["securitySchemes"])


def test_authorize_logs_in_at_the_router(document):
    """Swagger's button posts the password form to the login route."""
    scheme = document["components"]["securitySchemes"][SCHEME]
    assert (scheme["type"], scheme["flows"]["password"]["tokenUrl"]) == ("oauth2", "auth/login")


def test_authorize_offers_the_scopes_that_routes_ask_for(document):
    """Every scope beside a route is in the flow's list, where OpenAPI wants it declared."""
    offered = set(document["components"]["securitySchemes"][SCHEME]["flows"]["password"]["scopes"])
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    asked = {
        scope for one in operations for choice in one.get("security", ()) for scope in choice.get(SCHEME, ())
    }
    assert {"topics:write"} <= asked <= offered


@pytest.mark.parametrize(("path", "scopes"), [("/me", []), ("/maybe", []), ("/write", ["topics:write"])])
def test_a_guarded_route_is_shown_guarded(document, path, scopes):
    """The lock beside the route knows the scopes."""
    assert document["paths"][path]["get"]["security"] == [{SCHEME: scopes}]


def test_the_dependencies_show_the_scheme_without_the_router():
    """An application that only verifies tokens has the button too."""
    app = FastAPI()

    @app.get("/", dependencies=[Depends(require_scopes("a"))])
    async def root(user: CurrentUser, again: OptionalUser) -> None: ...

    document = app.openapi()
    assert list(document["components"]["securitySchemes"]) == [SCHEME]
    assert document["paths"]["/"]["get"]["security"] == [{SCHEME: ["a"]}]


def test_the_application_names_its_operations():
    """A rule of the application's for operation ids holds for the router as well."""
    app = FastAPI(generate_unique_id_function=lambda route: f"x-{route.name}")
    app.include_router(auth_router())
    assert app.openapi()["paths"]["/auth/login"]["post"]["operationId"] == "x-login"


def token_url(app):
    """Return where Authorize logs in."""
    return app.openapi()["components"]["securitySchemes"][SCHEME]["flows"]["password"]["tokenUrl"]


def on_top(app, router, **options):
    """Include a router before every route of an application."""
    made = FastAPI()
    made.include_router(router, **options)
    made.include_router(app.router)
    return made


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_authorize_follows_every_prefix(prefix):
    """Of the router, of what includes it and of that again; guarded routes before and behind it."""
    between = APIRouter(prefix="/v1")
    between.include_router(auth_router(prefix="/account"))
    app = build()
    app.include_router(between, prefix=prefix)
    for one in (app, on_top(build(), between, prefix=prefix)):
        assert token_url(one) == f"{prefix}/v1/account/login".removeprefix("/")


def test_two_applications_know_their_own_login():
    """Whichever document is made first."""
    apps = {prefix: build() for prefix in ("/a", "/b")}
    for prefix, app in apps.items():
        app.include_router(auth_router(prefix=prefix))
    assert [token_url(app) for app in apps.values()] == ["a/login", "b/login"]
