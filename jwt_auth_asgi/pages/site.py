"""The pages as ASGI applications, one a path.

A page is the same for everybody: its script asks the API for what is shown. So nothing here reads a token;
the desk of admins alone asks who comes (`desk.door`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.pages import access, account, joining, recovering, second
from jwt_auth_asgi.pages.assets import assets
from jwt_auth_asgi.pages.desk.site import DESK, desk_parts
from jwt_auth_asgi.pages.frame import framed
from jwt_auth_asgi.pages.page_app import PageApp, PagePart, answer, page, redirect
from jwt_auth_asgi.pages.page_view import view_of
from jwt_auth_asgi.pages.paths import FILES, FOLDER, OPEN, SIGNED_IN, STATIC
from jwt_auth_asgi.pages.sign_in import sign_in
from jwt_auth_asgi.pages.theme import Template, Theme

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
_FOREVER: Final = b"public, max-age=31536000, immutable"


def page_parts(source: ServiceSource, theme: Theme) -> Iterator[PagePart]:
    """Yield pages and files, with their paths below the mount point.

    Raises:
        ValueError: a template of the theme is of no page.
    """
    known = (*TEMPLATES, *DESK)
    unknown = set(theme.templates) - set(known)
    if unknown:
        msg = f"there is no page {min(unknown)!r}; there are: {', '.join(known)}"
        raise ValueError(msg)
    yield PagePart(FOLDER, PageApp(source, _to_profile))
    yield PagePart(f"{FOLDER}/", PageApp(source, _to_profile))
    for name in (*OPEN, *SIGNED_IN):
        template = theme.templates.get(name) or TEMPLATES[name]
        yield PagePart(f"{FOLDER}/{name}", PageApp(source, partial(_page, name, theme, template)))
    for name in FILES:
        yield PagePart(f"{STATIC}/{name}", PageApp(source, partial(_file, name)))
    yield from desk_parts(source, theme)


async def _page(name: str, theme: Theme, template: Template, service: Service, scope: Scope) -> Response:
    view = view_of(name, theme, service, scope)
    policy = b"no-referrer" if name in _OF_LINKS else b"same-origin"
    return page(framed(view, template(view)), view, policy=policy)


async def _file(name: str, service: Service, scope: Scope) -> Response:
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
    return answer(304, b"", headers) if is_known else answer(200, asset.content, headers)


async def _to_profile(service: Service, scope: Scope) -> Response:
    del service
    segment = Request(scope).url.path.rpartition("/")[2]
    return redirect(f"{segment}/profile" if segment else "profile")
