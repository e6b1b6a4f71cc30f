"""The view of a request: what the settings, the theme and the browser say of a page."""

from __future__ import annotations

from starlette.requests import Request

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.features.letters import language_in
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.http.site_path import path_of_ours
from jwt_auth_asgi.pages.assets import assets
from jwt_auth_asgi.pages.theme import Theme
from jwt_auth_asgi.pages.view import View
from jwt_auth_asgi.pages.words import words
from jwt_auth_core.passkeys.relying_party import relying_party
from jwt_auth_core.settings import Settings


def view_of(name: str, theme: Theme, service: Service, scope: Scope) -> View:
    """Return what a page of this name is made of."""
    settings, language = service.auth.settings, language_in(service, scope)
    cookies = lines(scope, b"cookie")
    asked = Request(scope).query_params.getlist("next")
    onward = path_of_ours(asked[0]) if len(asked) == 1 else None
    return View(
        page=name,
        language=language,
        texts=words(language),
        service=settings.service_name,
        version=assets().version,
        onward=onward or theme.home or "profile",
        asked="" if onward is None else f"?next={quoted(onward)}",
        registers=settings.registration != "closed",
        mails=settings.mail.url is not None,
        passkeys=has_passkeys(settings),
        providers=service.auth.identities.providers,
        is_acting=service.acting_cookie.waits(cookies, service.cookie.read(cookies)),
        logo=theme.logo,
        stylesheet=theme.stylesheet,
    )


def has_passkeys(settings: Settings) -> bool:
    """Tell whether users may have passkeys."""
    party = relying_party(
        settings.passkeys, public_url=settings.public_url, service_name=settings.service_name
    )
    return party is not None and settings.passkeys.per_user > 0


def quoted(path: str) -> str:
    """Return a path, which is encoded already, as the value of a query."""
    return "".join({"%": "%25", "&": "%26", "+": "%2B", "#": "%23"}.get(one, one) for one in path)
