"""RFC 9728: the metadata of a protected resource, and every challenge that names them."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, protected_resource_metadata
from jwt_auth_core import AccessTokens, KeyRing, any_of
from tests.asgi.apps import bare, on_starlette
from tests.asgi.drive import bearer, get, shake
from tests.providers.signed import NOW, VECTORS

RESOURCE = "https://api.example.com/mcp"
PATH = "/.well-known/oauth-protected-resource/mcp"
SERVERS = ["https://id.example.com/realms/shop"]
KEYCLOAK = next(vector for vector in VECTORS if vector.profile == "keycloak")
NAMED = f'resource_metadata="https://api.example.com{PATH}"'


def wrapped(app=bare.app, **more):
    """Return an application behind the middleware, which protects the resource."""
    tokens = KEYCLOAK.tokens(audience=RESOURCE, clock=lambda: NOW)
    return BearerMiddleware(app, tokens, resource=RESOURCE, authorization_servers=SERVERS, **more)


@pytest.mark.parametrize("headers", [(), (bearer("broken"),)], ids=["nothing", "a bad token"])
def test_metadata_need_no_token(headers):
    """Anybody may ask who issues tokens, with any credentials or none."""
    found = get(wrapped(public=()), PATH, *headers)
    assert found.json == {
        "resource": RESOURCE,
        "authorization_servers": SERVERS,
        "bearer_methods_supported": ["header"],
    }
    assert found.headers["access-control-allow-origin"] == "*"
    assert found.headers["content-type"] == "application/json"


def test_the_methods_of_metadata():
    """GET, HEAD and a preflight; nothing else."""
    app = wrapped(public=())
    head, options, post = (get(app, PATH, method=method) for method in ("HEAD", "OPTIONS", "POST"))
    assert (head.status, head.body, options.status, post.status) == (200, b"", 204, 405)
    assert head.headers["content-length"] == str(len(get(app, PATH).body))
    assert post.headers["allow"] == "GET, HEAD, OPTIONS"


def test_nothing_of_the_request_is_in_them():
    """Host and forwarded headers change neither place nor content."""  # ASGI-09
    evil = ((b"x-forwarded-host", b"evil.example"), (b"host", b"evil.example"))
    found = get(wrapped(), PATH, *evil)
    assert b"evil" not in found.body
    assert "evil" not in get(wrapped(public=()), "/", *evil).challenge


@pytest.mark.parametrize("token", [None, "bad", KEYCLOAK.token(), KEYCLOAK.token(aud=RESOURCE, exp=NOW)])
def test_every_challenge_names_them(token):
    """No token, a bad one, another audience's, an expired one: http and websocket."""
    app = wrapped(public=())
    headers = () if token is None else (bearer(token),)
    refused = get(app, "/whoami", *headers)
    assert refused.status == 401
    assert NAMED in refused.challenge
    assert refused.headers["access-control-expose-headers"] == "WWW-Authenticate"
    assert NAMED.encode() in dict(shake(app, "/ws", *headers)[0]["headers"])[b"www-authenticate"]


def test_challenges_of_the_application_name_them_too():
    """Whoever refuses: the client learns where to go; other challenges and answers stay as they are."""

    def answer(value, **more):
        return lambda _request: Response(status_code=401, headers={"WWW-Authenticate": value, **more})

    routes = [
        Route("/bearer", answer('Bearer realm="app"', **{"Access-Control-Expose-Headers": "X-A"})),
        Route("/named", answer('Bearer resource_metadata="https://x/"')),
        Route("/basic", answer("Basic realm=app")),
        Route("/alone", answer("Bearer")),  # as FastAPI's own security schemes say it
        Route("/alone-with-a-space", answer("bearer ")),
    ]
    app = wrapped(Starlette(routes=routes))
    assert get(app, "/bearer").challenge == f'Bearer realm="app", {NAMED}'
    assert get(app, "/bearer").headers["access-control-expose-headers"] == "X-A, WWW-Authenticate"
    assert get(app, "/named").challenge == 'Bearer resource_metadata="https://x/"'
    assert get(app, "/basic").challenge == "Basic realm=app"
    assert get(app, "/alone").challenge == f"Bearer {NAMED}"  # a space and no comma (RFC 9110 section 11.6.1)
    assert get(app, "/alone-with-a-space").challenge == f"bearer {NAMED}"


def test_a_good_token_passes():
    """With the resource among its audiences."""
    assert get(wrapped(), "/whoami", bearer(KEYCLOAK.token(aud=[RESOURCE, "account"]))).status == 200


def test_a_resource_is_among_the_audiences():
    """Tokens for others would be taken otherwise: TypeError when the middleware is made."""
    own = AccessTokens(KeyRing.from_secret("a secret that only these tests use, forty-odd bytes"))
    good = KEYCLOAK.tokens(audience=RESOURCE)
    for tokens in (own, KEYCLOAK.tokens(), any_of(own, good)):
        with pytest.raises(TypeError, match="must be among the audiences"):
            BearerMiddleware(bare.app, tokens, resource=RESOURCE, authorization_servers=SERVERS)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "api",
            "http://api.example.com",
            "https://",
            "https://a@x.io/",
            "https://x.io/?a",
            "https://x.io/#a",
        ),
        *(
            'https://x.io/"',
            "https://x.io/ a",
            "https://bücher.example/",
            "https://x.io/\\",
            "https://x.io/\r",
        ),
    ],
)
def test_urls_are_urls(url):
    """Resource and servers are https URLs without query and fragment."""
    with pytest.raises(ValueError, match="URL"):
        protected_resource_metadata(url, authorization_servers=SERVERS)
    with pytest.raises(ValueError, match="URL"):
        protected_resource_metadata(RESOURCE, authorization_servers=[url])


def test_servers_are_several():
    """One text is a slip of the pen."""
    with pytest.raises(TypeError, match="not one text"):
        protected_resource_metadata(RESOURCE, authorization_servers=SERVERS[0])
    with pytest.raises(TypeError, match="not one text"):
        protected_resource_metadata(RESOURCE, authorization_servers=SERVERS, scopes_supported="notes:*")


def test_servers_are_those_of_a_resource():
    """Without one nobody would ever be told of them: TypeError, not silence."""
    with pytest.raises(TypeError, match="name resource, too"):
        BearerMiddleware(bare.app, KEYCLOAK.tokens(), authorization_servers=SERVERS)


def test_a_mounted_application_s_host_mounts_them():
    """The application of RFC 9728's document alone, for the root of the host."""
    metadata = protected_resource_metadata(
        RESOURCE, authorization_servers=SERVERS, scopes_supported={"b", "a"}
    )
    host = Starlette(routes=[Route(PATH, metadata), Mount("/mcp", wrapped(on_starlette.app, public=()))])
    assert get(host, PATH).json["scopes_supported"] == ["a", "b"]
    assert NAMED in get(host, "/mcp/whoami").challenge
    with pytest.raises(ValueError, match="for http"):
        shake(metadata, PATH)
