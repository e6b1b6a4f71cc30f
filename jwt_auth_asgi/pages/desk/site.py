"""The pages of the desk as ASGI applications, one a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.pages.desk.door import Door, door, is_known_by_cookie, login_place
from jwt_auth_asgi.pages.desk.frame import on_desk
from jwt_auth_asgi.pages.desk.refused import refused
from jwt_auth_asgi.pages.desk.registry import TEMPLATES
from jwt_auth_asgi.pages.desk.words import desk_words
from jwt_auth_asgi.pages.desk_paths import FOLDER
from jwt_auth_asgi.pages.page_app import PageApp, PagePart, page, redirect
from jwt_auth_asgi.pages.page_view import view_of
from jwt_auth_asgi.pages.theme import Template, Theme

DESK: Final[Mapping[str, Template]] = {f"admin/{name}": template for name, template in TEMPLATES.items()}
"""The templates as a theme names them."""


def desk_parts(source: ServiceSource, theme: Theme) -> Iterator[PagePart]:
    """Yield the pages, with their paths below the mount point."""
    for path in (FOLDER, f"{FOLDER}/"):
        yield PagePart(path, PageApp(source, _to_users))
    for name in TEMPLATES:
        template = theme.templates.get(f"admin/{name}") or TEMPLATES[name]
        yield PagePart(f"{FOLDER}/{name}", PageApp(source, partial(_page, name, theme, template)))


async def _page(name: str, theme: Theme, template: Template, service: Service, scope: Scope) -> Response:
    found = await door(service, scope)
    if found is Door.LOGIN:
        return redirect(login_place(scope))
    view = view_of(name, theme, service, scope)
    view = replace(view, texts={**view.texts, **desk_words(view.language)}, account="../account/")
    view = replace(view, by_cookie=is_known_by_cookie(scope))
    if found is Door.REFUSED:
        view = replace(view, page="refused")
        return page(on_desk(view, refused(view)), view, status=403)
    return page(on_desk(view, template(view)), view)


async def _to_users(service: Service, scope: Scope) -> Response:
    del service
    segment = Request(scope).url.path.rpartition("/")[2]
    return redirect(f"{segment}/users" if segment else "users")
