"""OAuth 2.0 protected resource metadata (RFC 9728): where clients learn who issues tokens for this API.

Pure ASGI. What is said comes from the configuration alone, never from a request.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.guard import OWN, marked
from jwt_auth_asgi.http.paths import route_path

WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"

_ALLOWED: Final = ("GET", "HEAD", "OPTIONS")
_STARTS: Final = ("http.response.start", "websocket.http.response.start")
_CHALLENGE: Final = b"www-authenticate"
_BEARER: Final = b"bearer"
_EXPOSE: Final = b"access-control-expose-headers"
_CORS: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"*"),
)


class ProtectedResource:
    """An API as its clients find it; a class because document and place are made once.

    ``resource`` is the API's own URL, as the tokens for it name it in ``aud``;
    ``authorization_servers`` are the issuers of such tokens.

    Raises:
        ValueError: a URL that is none, or is not https (http on this machine) or has a query or fragment.
    """

    def __init__(
        self, resource: str, *, authorization_servers: Collection[str], scopes_supported: Collection[str] = ()
    ) -> None:
        marked(self, OWN)
        parts = urlsplit(_checked(resource, "resource"))
        if isinstance(authorization_servers, str):
            raise TypeError("authorization_servers is a collection of URLs, not one text")
        if isinstance(scopes_supported, str):
            raise TypeError("scopes_supported is a collection of texts, not one text")
        servers = [_checked(server, "an authorization server") for server in authorization_servers]
        self.resource = resource
        self.path = WELL_KNOWN + parts.path.rstrip("/")
        self.url = f"{parts.scheme}://{parts.netloc}{self.path}"
        members: dict[str, object] = {
            "resource": resource,
            "authorization_servers": servers,
            "scopes_supported": sorted(scopes_supported),
            "bearer_methods_supported": ["header"],
        }
        self._body = json.dumps({name: value for name, value in members.items() if value}).encode()
        self._parameter = b'resource_metadata="%s"' % self.url.encode("ascii")

    def check_audience(self, tokens: object) -> None:
        """Raise TypeError where tokens, or any of several issuers', are not for this resource."""
        parts = cast("Iterable[object]", tokens) if isinstance(tokens, Iterable) else (tokens,)
        for part in parts:
            parties: object = getattr(part, "parties", None)
            if self.resource not in (getattr(parties, "audiences", None) or ()):
                name = repr(self.resource)
                msg = f"resource {name} must be among the audiences of the tokens: audience={name}"
                raise TypeError(msg)

    def is_asked(self, scope: Scope) -> bool:
        """Tell whether a request is for the metadata."""
        return scope["type"] == "http" and route_path(scope) == self.path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the metadata; no token is needed (RFC 9728 section 3.2)."""
        del receive
        if scope["type"] != "http":
            msg = f"scope type {scope['type']!r}: protected resource metadata are for http"
            raise ValueError(msg)
        method = scope["method"]
        status, body = (200, self._body) if method in _ALLOWED else (405, b"")
        if method == "OPTIONS":
            status, body = 204, b""
        headers = [*_CORS, (b"cache-control", b"public, max-age=300"), *_headers(status, body)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})

    def naming(self, send: Send) -> Send:
        """Return a *send* that names the metadata in every challenge, ours and the application's."""

        async def named(message: Any) -> None:
            if message["type"] in _STARTS:
                message = self._named(message)
            await send(message)

        return named

    def _named(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        headers = list(message.get("headers", ()))
        found = [place for place, (name, value) in enumerate(headers) if _is_challenge(name, value)]
        if not found:
            return message
        for place in found:
            name, value = headers[place]
            # After the scheme alone, as FastAPI says it, stands a space: a comma begins another challenge.
            between = b", " if value[len(_BEARER) :].strip() else b" "
            headers[place] = name, value.rstrip() + between + self._parameter
        # A browser shows a page no header of another origin that is not on this list.
        exposed = [value for name, value in headers if name.lower() == _EXPOSE]
        others = [(name, value) for name, value in headers if name.lower() != _EXPOSE]
        listed = b", ".join([*exposed, b"WWW-Authenticate"])
        return {**message, "headers": [*others, (_EXPOSE, listed)]}


def resource_of(resource: str | None, authorization_servers: Collection[str]) -> ProtectedResource | None:
    """Return the *resource* that a middleware was told of; None where there is none.

    Raises:
        TypeError: authorization servers of no resource, which nobody would ever hear of.
        ValueError: a URL that cannot be one.
    """
    if resource is not None:
        return ProtectedResource(resource, authorization_servers=authorization_servers)
    if authorization_servers:
        raise TypeError("authorization_servers are those of a resource: name resource, too")
    return None


def protected_resource_metadata(
    resource: str, *, authorization_servers: Collection[str], scopes_supported: Collection[str] = ()
) -> App:
    """Return an ASGI application that answers with the metadata of *resource*, whatever the path.

    For an API that is mounted below a path: the metadata stand at the root of its host, as in
    Starlette's ``Route("/.well-known/oauth-protected-resource/mcp", protected_resource_metadata(...))``.

    Raises:
        ValueError: a URL that cannot be one.
    """
    return ProtectedResource(
        resource, authorization_servers=authorization_servers, scopes_supported=scopes_supported
    )


def _is_challenge(name: bytes, value: bytes) -> bool:
    is_bearer = name.lower() == _CHALLENGE and value[:7].lower() in {_BEARER, _BEARER + b" "}
    return is_bearer and b"resource_metadata=" not in value


def _headers(status: int, body: bytes) -> list[tuple[bytes, bytes]]:
    if status == 405:  # noqa: PLR2004 - a status reads best as itself
        return [(b"allow", b"GET, HEAD, OPTIONS"), (b"content-length", b"0")]
    if status == 204:  # noqa: PLR2004
        return []
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]


def _checked(url: str, what: str) -> str:
    parts = urlsplit(url)
    is_near = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and is_near):
        msg = f"{what} is an https URL (http on this machine): {url!r} is none"
        raise ValueError(msg)
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc or not url.isascii():
        msg = (
            f"{what} is a URL with a host, without query, fragment and credentials, in ASCII: {url!r} is none"
        )
        raise ValueError(msg)
    if not url.isprintable() or '"' in url or "\\" in url or " " in url:
        msg = f"{what} is a URL of printable characters: {url!r} is none"
        raise ValueError(msg)
    return url
