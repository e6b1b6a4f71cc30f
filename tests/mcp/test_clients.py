"""The real clients of MCP find their way: challenge, metadata, issuer, token, the tool's answer."""

from __future__ import annotations

import webbrowser
from threading import Thread
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import fastmcp
import httpx
import pytest
from fastmcp.client.auth import OAuth
from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens
from tests.end_to_end.serving import Threaded, until
from tests.mcp.authority import Authority

CALLBACK = "http://127.0.0.1:1/callback"


class Late:
    """An application that is known once the port of its server is."""

    app = None

    async def __call__(self, scope, receive, send):
        """Be that application."""
        await self.app(scope, receive, send)


@pytest.fixture
def world():
    """Serve an authorization server, and a protected MCP server with one tool, both on this machine."""
    issuing, serving = Late(), Late()
    servers = [Threaded(issuing), Threaded(serving)]
    authority = Authority(servers[0].origin)
    resource = f"{servers[1].origin}/mcp"
    tokens = AccessTokens.from_issuer(authority.issuer, audience=resource)
    tools = fastmcp.FastMCP("tools")
    tools.tool(lambda left, right: left + right, name="add")
    issuing.app = authority.app
    serving.app = BearerMiddleware(
        tools.http_app(path="/mcp"),
        tokens,
        public=(),
        resource=resource,
        authorization_servers=[authority.issuer],
    )
    for server in servers:
        server.begin()
    _know_keys(tokens, resource)
    yield SimpleNamespace(authority=authority, resource=resource)
    for server in reversed(servers):
        server.end()
    tokens.close()


def _know_keys(tokens, resource):
    """Have the keys asked for: what comes first is answered with 503 and Retry-After."""

    def is_known():
        answer = httpx.get(resource, headers={"Authorization": "Bearer e30.e30.e30"})
        return answer.status_code == 401 and "UnknownKey" not in repr(tokens.keys)

    until(is_known)


class Memory:
    """Where the client keeps its tokens."""

    def __init__(self):
        self.tokens = self.client = None

    async def get_tokens(self):
        """Return the tokens."""
        return self.tokens

    async def set_tokens(self, tokens):
        """Keep the tokens."""
        self.tokens = tokens

    async def get_client_info(self):
        """Return who the client is."""
        return self.client

    async def set_client_info(self, client_info):
        """Keep who the client is."""
        self.client = client_info


async def call_with_mcp(resource):
    """Call the tool with the reference client; return its answer as text."""
    landed = []

    async def redirect(url):
        async with httpx.AsyncClient() as browser:
            landed.append((await browser.get(url)).headers["location"])

    async def callback():
        said = {name: values[0] for name, values in parse_qs(urlsplit(landed[0]).query).items()}
        return AuthorizationCodeResult(**said)

    metadata = OAuthClientMetadata(client_name="test", redirect_uris=[CALLBACK])
    provider = OAuthClientProvider(resource, metadata, Memory(), redirect, callback)
    async with (
        create_mcp_http_client(auth=provider) as client,
        streamable_http_client(resource, http_client=client) as streams,
        ClientSession(*streams[:2]) as session,
    ):
        await session.initialize()
        result = await session.call_tool("add", {"left": 19, "right": 23})
        return result.content[0].text


async def call_with_fastmcp(resource):
    """Call the tool with FastMCP's client."""
    async with fastmcp.Client(resource, auth=OAuth(mcp_url=resource)) as client:
        result = await client.call_tool("add", {"left": 19, "right": 23})
        return result.content[0].text


async def test_the_reference_client_finds_its_way(world):
    """From a request without a token to the tool's answer, by nothing but the challenge."""
    assert await call_with_mcp(world.resource) == "42"
    assert world.authority.audiences == [world.resource]


@pytest.mark.filterwarnings("ignore:Using in-memory token storage")
async def test_the_client_of_fastmcp_finds_its_way(world, monkeypatch):
    """The same, with the callback on a port of the client's own."""

    def visit(url):
        Thread(target=lambda: httpx.get(url, follow_redirects=True)).start()

    monkeypatch.setattr(webbrowser, "open", visit)
    assert await call_with_fastmcp(world.resource) == "42"
    assert world.authority.audiences == [world.resource]


def test_a_token_for_another_resource_opens_nothing(world):
    """RFC 8707: what was issued for another API is refused, and the client is told where to go."""
    tokens = AccessTokens(
        world.authority.keys, issuer=world.authority.issuer, audience="https://other.example/"
    )
    stolen = tokens.issue(subject="ada")
    answer = httpx.post(world.resource, headers={"Authorization": f"Bearer {stolen}"}, json={})
    assert answer.status_code == 401
    assert "resource_metadata=" in answer.headers["www-authenticate"]
