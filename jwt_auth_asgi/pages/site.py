"""The pages as ASGI applications, one a path.

A page is the same for everybody: its script asks the API for what is shown. So nothing here reads a token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.errors import MethodNotAllowedError
from jwt_auth_asgi.features.letters import language_in
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.guard import OWN, marked
from jwt_auth_asgi.http.site_path import path_of_ours
from jwt_auth_asgi.pages import access, account, joining, recovering, second
from jwt_auth_asgi.pages.assets import assets
from jwt_auth_asgi.pages.frame import framed
from jwt_auth_asgi.pages.paths import FILES, FOLDER, OPEN, SIGNED_IN, STATIC
from jwt_auth_asgi.pages.sign_in import sign_in
from jwt_auth_asgi.pages.theme import Template, Theme
from jwt_auth_asgi.pages.view import View
from jwt_auth_asgi.pages.words import words
from jwt_auth_asgi.problems.responses import problem_response
from jwt_auth_core.errors import AuthError
from jwt_auth_core.passkeys.relying_party import relying_party
from jwt_auth_core.settings import Settings

POLICY: Final = (
    b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
TEMPLATES: Final[Mapping[str, Template]] = {
    "login": sign_in,
    "signin": sign_in,
    "register": joining.register,
    "verify": joining.verify,
    "forgot": recovering.forgot,
    "reset": recovering.reset,
    "email": recovering.email,
    "email-undo": recovering.email_undo,
    "profile": account.profile,
    "password": account.password,
    "factors": second.factors,
    "passkeys": access.passkeys,
    "identities": access.identities,
    "devices": access.devices,
    "api-keys": access.api_keys,
    "delete": account.delete,
}
_OF_LINKS: Final = ("login", "verify", "reset", "email", "email-undo")
_READING: Final = ("GET", "HEAD")
_FOREVER: Final = b"public, max-age=31536000, immutable"

Answer = Callable[[Service, Scope], Response]


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
                response = self._answer(await self._source.get(), scope)
            except AuthError as error:
                response = problem_response(error)
        await response(scope, receive, send)


@dataclass(frozen=True, slots=True)
class PagePart:
    """Where one of them is: below the mount point, and what answers."""

    path: str
    app: App


def page_parts(source: ServiceSource, theme: Theme) -> Iterator[PagePart]:
    """Yield pages and files, with their paths below the mount point.

    Raises:
        ValueError: a template of the theme is of no page.
    """
    unknown = set(theme.templates) - set(TEMPLATES)
    if unknown:
        msg = f"there is no page {min(unknown)!r}; there are: {', '.join(TEMPLATES)}"
        raise ValueError(msg)
    yield PagePart(FOLDER, PageApp(source, _to_profile))
    yield PagePart(f"{FOLDER}/", PageApp(source, _to_profile))
    for name in (*OPEN, *SIGNED_IN):
        template = theme.templates.get(name) or TEMPLATES[name]
        yield PagePart(f"{FOLDER}/{name}", PageApp(source, partial(_page, name, theme, template)))
    for name in FILES:
        yield PagePart(f"{STATIC}/{name}", PageApp(source, partial(_file, name)))


def _page(name: str, theme: Theme, template: Template, service: Service, scope: Scope) -> Response:
    view = _view(name, theme, service, scope)
    policy = b"no-referrer" if name in _OF_LINKS else b"same-origin"
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", POLICY),
        (b"referrer-policy", policy),
        (b"cache-control", b"no-store"),
        (b"content-language", view.language.encode()),
        (b"vary", b"Accept-Language, Cookie"),
    ]
    return _response(200, framed(view, template(view)).encode(), headers)


def _view(name: str, theme: Theme, service: Service, scope: Scope) -> View:
    settings, language = service.auth.settings, language_in(service, scope)
    asked = Request(scope).query_params.getlist("next")
    onward = path_of_ours(asked[0]) if len(asked) == 1 else None
    return View(
        page=name,
        language=language,
        texts=words(language),
        service=settings.service_name,
        version=assets().version,
        onward=onward or theme.home or "profile",
        asked="" if onward is None else f"?next={_quoted(onward)}",
        registers=settings.registration != "closed",
        mails=settings.mail.url is not None,
        passkeys=has_passkeys(settings),
        providers=tuple(one.name for one in settings.identities.providers),
        logo=theme.logo,
        stylesheet=theme.stylesheet,
    )


def has_passkeys(settings: Settings) -> bool:
    """Tell whether users may have passkeys."""
    party = relying_party(
        settings.passkeys, public_url=settings.public_url, service_name=settings.service_name
    )
    return party is not None and settings.passkeys.per_user > 0


def _quoted(path: str) -> str:
    """Return a path, which is encoded already, as the value of a query."""
    return "".join({"%": "%25", "&": "%26", "+": "%2B", "#": "%23"}.get(one, one) for one in path)


def _file(name: str, service: Service, scope: Scope) -> Response:
    del service
    found = assets()
    asset, entity = found.files[name], f'"{found.version}"'
    is_named = Request(scope).query_params.get("v") == found.version
    headers = [
        (b"content-type", asset.media_type),
        (b"etag", entity.encode()),
        # An older page may ask for an older file: what it gets is not kept for that.
        (b"cache-control", _FOREVER if is_named else b"no-cache"),
    ]
    is_known = entity in Request(scope).headers.get("if-none-match", "")
    return _response(304, b"", headers) if is_known else _response(200, asset.content, headers)


def _to_profile(service: Service, scope: Scope) -> Response:
    del service
    segment = Request(scope).url.path.rpartition("/")[2]
    return redirect(f"{segment}/profile" if segment else "profile")


def redirect(location: str) -> Response:
    """Return an answer that leads to another place by GET."""
    return _response(303, b"", [(b"location", location.encode()), (b"cache-control", b"no-store")])


def _response(status: int, content: bytes, headers: list[tuple[bytes, bytes]]) -> Response:
    response = Response(content, status_code=status)
    length = [] if status == 304 else [(b"content-length", b"%d" % len(content))]  # noqa: PLR2004
    response.raw_headers = [*headers, *length, (b"x-content-type-options", b"nosniff")]
    return response
