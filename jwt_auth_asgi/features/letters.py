"""How letters are asked for: one address in, the same answer for everybody; and in which language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name, lines
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.letters.request_letter import RequestLetter
from jwt_auth_core.mail.language import language_of
from jwt_auth_core.mail.letter import Language

ASKED: Final[Mapping[str, str]] = {"status": "check your mail"}
"""What everybody is told who asks for a letter, whether one is sent or not."""


async def answer_asking(service: Service, request: Request, ask: RequestLetter) -> Response:
    """Have a letter sent to whoever has an address."""
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    email, client = ask.parse(fields), service.client(request.scope)
    await service.run(ask, email, client, language=language_in(service, request.scope))
    return json_response(202, ASKED)


def language_in(service: Service, scope: Scope) -> Language:
    """Return in which language whoever sends the request is written to."""
    asked_for = ",".join(lines(scope, b"accept-language"))
    return language_of(asked_for, default=service.auth.settings.mail.language)
