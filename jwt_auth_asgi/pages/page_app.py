"""One page or file as an ASGI application, and what its answers say in their headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.responses import Response

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.errors import MethodNotAllowedError
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.guard import OWN, marked
from jwt_auth_asgi.pages.view import View
from jwt_auth_asgi.problems.responses import problem_response
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass

POLICY: Final = (
    b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
_READING: Final = ("GET", "HEAD")

Answer = Callable[[Service, Scope], Awaitable[Response]]


class PageApp:
    """One page or file as an application: reads are answered, other methods refused.

    A class because Starlette takes whatever is no function for an application of every method.
    """

    def __init__(self, source: ServiceSource, answer: Answer) -> None:
        marked(self, OWN)
        self._source, self._answer = source, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in _READING:
            response = problem_response(MethodNotAllowedError(_READING))
        else:
            try:
                response = await self._answer(await self._source.get(), scope)
            except AuthError as error:
                response = problem_response(error)
        await response(scope, receive, send)


@dataclass(frozen=True, slots=True)
class PagePart:
    """Where one of them is: below the mount point, and what answers."""

    path: str
    app: App


def page(text: str, view: View, *, status: int = 200, policy: bytes = b"same-origin") -> Response:
    """Return a whole page as an answer; ``policy`` says whom its address is told when it is left."""
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", POLICY),
        (b"referrer-policy", policy),
        (b"cache-control", b"no-store"),
        (b"content-language", view.language.encode()),
        (b"vary", b"Accept-Language, Cookie"),
    ]
    return answer(status, text.encode(), headers)


def redirect(location: str) -> Response:
    """Return an answer that leads to another place by GET."""
    return answer(303, b"", [(b"location", location.encode()), (b"cache-control", b"no-store")])


def answer(status: int, content: bytes, headers: list[tuple[bytes, bytes]]) -> Response:
    """Return an answer with these headers, its length, and no guessing of what it is."""
    response = Response(content, status_code=status)
    length = [] if status == 304 else [(b"content-length", b"%d" % len(content))]  # noqa: PLR2004
    response.raw_headers = [*headers, *length, (b"x-content-type-options", b"nosniff")]
    return response
