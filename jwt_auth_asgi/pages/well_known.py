"""What password managers look for at the root of a host: where a password and passkeys are managed.

W3C drafts "A Well-Known URL for Changing Passwords" and "A Well-Known URL for Relying Party Passkey
Endpoints".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from starlette.responses import Response

from jwt_auth_asgi.asgi import Receive, Scope, Send
from jwt_auth_asgi.errors import NotFoundError
from jwt_auth_asgi.features.paths import PREFIX
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.guard import OWN, marked
from jwt_auth_asgi.http.paths import inner_path
from jwt_auth_asgi.http.public_url import public_url
from jwt_auth_asgi.pages.page_app import PageApp, PagePart, redirect
from jwt_auth_asgi.pages.page_view import has_passkeys
from jwt_auth_asgi.pages.paths import CHANGE_PASSWORD, FOLDER, PASSKEY_ENDPOINTS
from jwt_auth_asgi.problems.responses import json_response, problem_response
from jwt_auth_core.auth import Auth


class HostPages:
    """Both of them, for a host that mounts the auth app itself.

    A class because Starlette takes whatever is no function for an application.
    """

    def __init__(self, auth: Auth | None, prefix: str) -> None:
        marked(self, OWN)
        self._apps = {part.path: part.app for part in host_parts(ServiceSource(auth), prefix)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at the two paths; anything else is nothing of ours."""
        app = self._apps.get(inner_path(scope)) or problem_response(NotFoundError())
        await app(scope, receive, send)


def host_parts(source: ServiceSource, prefix: str = PREFIX) -> Iterator[PagePart]:
    """Yield both of them, with their paths at the root; ``prefix`` is where the auth app is."""
    yield PagePart(CHANGE_PASSWORD, PageApp(source, partial(_change_password, prefix)))
    yield PagePart(PASSKEY_ENDPOINTS, PageApp(source, partial(_passkey_endpoints, prefix)))


async def _change_password(prefix: str, service: Service, scope: Scope) -> Response:
    del service
    return redirect(f"{scope.get('root_path', '')}{prefix}{FOLDER}/password")


async def _passkey_endpoints(prefix: str, service: Service, scope: Scope) -> Response:
    if not has_passkeys(service.auth.settings):
        raise NotFoundError
    base = public_url(scope, prefix, service.scheme(scope), service.auth.settings)
    page = f"{base}{FOLDER}/passkeys"
    return json_response(200, {"enroll": page, "manage": page})
