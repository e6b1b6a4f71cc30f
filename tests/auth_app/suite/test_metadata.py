"""The metadata of RFC 8414: where clients look for them, and whose word the URLs in them are."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, authorization_server_metadata
from jwt_auth_asgi.app.auth_app import create_app, create_standalone
from jwt_auth_fastapi import auth_router
from tests.auth_app.suite.client import Client, problem
from tests.auth_app.world import World, settings

WELL_KNOWN = "/.well-known/oauth-authorization-server"
INSIDE = "/auth" + WELL_KNOWN
OUTSIDE = WELL_KNOWN + "/auth"
PUBLIC = "https://api.example.com"
HERE = "http://127.0.0.1:8000"


@pytest.fixture
def asking(app_factory):
    """Return what makes a client of an application with other settings; their stores are closed."""
    worlds = []

    def make(origin=PUBLIC, factory=app_factory, **variables):
        worlds.append(World(settings(**variables)))
        return Client(factory(worlds[-1].auth), origin=origin)

    yield make
    for world in worlds:
        world.close()


@pytest.mark.parametrize("path", [INSIDE, OUTSIDE])
def test_the_public_url_is_what_they_name(asking, path):
    """Whatever Host says; all endpoints are below the issuer, and nobody keeps the answer."""
    answer = asking(PUBLIC_URL=PUBLIC).get(path, headers={"host": "evil.example"})
    assert answer.json()["issuer"] == f"{PUBLIC}/auth"
    assert answer.json()["token_endpoint"] == f"{PUBLIC}/auth/token"
    assert answer.json()["jwks_uri"] == f"{PUBLIC}/auth/.well-known/jwks.json"
    assert "introspection_endpoint" not in answer.json()
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [INSIDE, OUTSIDE])
def test_an_https_issuer_at_the_mount_is_the_base(asking, path):
    """Clients of OAUTH_CLIENTS find their endpoints there as well."""
    issuer = "https://issuer.example/auth"
    client = asking(JWT_ISSUER=issuer, OAUTH_CLIENTS="billing:a secret of one client: 32 bytes at least")
    told = client.get(path, headers={"host": "evil.example"}).json()
    assert told["issuer"] == issuer
    assert told["token_endpoint"] == f"{issuer}/token"
    assert told["introspection_endpoint"] == f"{issuer}/introspect"
    assert told["revocation_endpoint"] == f"{issuer}/revoke"


def test_an_issuer_of_another_form_is_named_as_it_is(asking):
    """It is what tokens carry; the endpoints are below the public URL."""
    told = asking(JWT_ISSUER="shop", PUBLIC_URL=PUBLIC + "/").get(OUTSIDE).json()
    assert (told["issuer"], told["token_endpoint"]) == ("shop", f"{PUBLIC}/auth/token")


def test_a_path_of_the_public_url_is_kept(asking):
    """A proxy that takes a prefix off need not tell of it."""
    told = asking(PUBLIC_URL=PUBLIC + "/shop/").get(OUTSIDE).json()
    assert told["token_endpoint"] == f"{PUBLIC}/shop/auth/token"


@pytest.mark.parametrize("root", ["/shop", "/shop/"])
def test_a_root_path_is_kept_below_a_bare_public_url(asking, app_factory, root):
    """Where the server knows the prefix, the setting need not repeat it; where both do, it comes once."""

    def rooted(auth):
        app = app_factory(auth)

        async def at_root(scope, receive, send):
            await app({**scope, "root_path": root}, receive, send)

        return at_root

    for public in (PUBLIC, PUBLIC + "/shop"):
        told = asking(factory=rooted, PUBLIC_URL=public).get(OUTSIDE).json()
        assert told["token_endpoint"] == f"{PUBLIC}/shop/auth/token"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:65535", "[::1]:1", "127.9.9.9"])
@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_without_settings_this_machine_has_its_own_names(asking, host, spelled):
    """So that development needs no setting; however a client spells it, the issuer is one."""
    told = asking(origin=HERE).get(OUTSIDE, headers={"host": spelled(host)}).json()
    assert told["issuer"] == f"http://{host}/auth"


UNKNOWN = {
    "unlisted": ["evil.example"],
    "double": ["localhost", "localhost"],
    "a list": ["localhost, evil.example"],
    "missing": [],
    "empty": [""],
    "with a user": ["localhost@evil.example"],
    "with a path": ["localhost/evil.example"],
    "with a query": ["localhost?x"],
    "a long port": ["localhost:800000"],
    "an impossible port": ["localhost:99999"],
    "the last port and one": ["127.0.0.1:65536"],
    "port zero": ["localhost:0"],
    "no port": ["localhost:x"],
    "an empty port": ["localhost:"],
    "an address in the other's brackets": ["[127.0.0.1]"],
    "a name below": ["localhost.evil.example"],
    "a wild address": ["0.0.0.0"],
    "no address": ["[::1::]"],
    "quoted": ['localhost"'],
}


@pytest.mark.parametrize("hosts", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("path", [INSIDE, OUTSIDE])
def test_no_other_host_is_believed(asking, app_factory, hosts, path):
    """400 names the setting; a client is told nothing that a stranger wrote."""

    def hosted(auth):
        app = app_factory(auth)

        async def with_hosts(scope, receive, send):
            await app({**scope, "headers": [(b"host", host.encode()) for host in hosts]}, receive, send)

        return with_hosts

    answer = asking(origin=HERE, factory=hosted).get(path)
    assert problem(answer) == (400, "unknown_host")
    assert "PUBLIC_URL" in answer.json()["detail"]
    assert "evil" not in answer.text


def test_the_standalone_application_has_both(asking):
    """As `jwt-auth serve` serves it: behind the middleware, and without a token."""

    def standalone(auth):
        return BearerMiddleware(create_standalone(auth), auth, public=())

    client = asking(origin=HERE, factory=standalone)
    assert client.get(OUTSIDE).json() == client.get(INSIDE).json()


def test_another_prefix_moves_them(asking):
    """The path of the issuer stands behind the well-known part."""

    def mounted(auth):
        metadata = authorization_server_metadata(auth, prefix="/accounts")
        routes = [Mount("/accounts", create_app(auth)), Route(WELL_KNOWN + "/accounts", metadata)]
        return Starlette(routes=routes)

    client = asking(factory=mounted, PUBLIC_URL=PUBLIC)
    assert client.get(WELL_KNOWN + "/accounts").json()["issuer"] == f"{PUBLIC}/accounts"
    assert client.get(OUTSIDE).status_code == 404


def test_elsewhere_there_is_nothing(asking):
    """Given every path, it has one; and it is read only."""
    client = asking(factory=authorization_server_metadata, PUBLIC_URL=PUBLIC)
    assert client.get(OUTSIDE).status_code == 200
    assert client.send("HEAD", OUTSIDE).status_code == 200
    assert problem(client.get(OUTSIDE + "/x")) == (404, "not_found")
    assert problem(client.get(WELL_KNOWN)) == (404, "not_found")
    assert problem(client.post(OUTSIDE)) == (405, "method_not_allowed")


def test_a_router_below_a_further_prefix_names_only_what_is_there(asking):
    """Its own place has them; the root of the host is not the router's, and nothing wrong is said."""
    from fastapi import FastAPI  # noqa: PLC0415

    def below(auth):
        app = FastAPI()
        app.include_router(auth_router(auth), prefix="/v1")
        return app

    client = asking(factory=below, PUBLIC_URL=PUBLIC)
    assert client.get("/v1" + INSIDE).json()["issuer"] == f"{PUBLIC}/v1/auth"
    assert client.get("/v1" + OUTSIDE).status_code == 404
