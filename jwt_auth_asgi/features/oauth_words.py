"""What was wrong with a request in the words of OAuth (RFC 6749 section 5.2), beside the problem's own.

A client of that protocol looks for ``error``, and takes a document without it for its tokens.
"""

from __future__ import annotations

import json
from functools import wraps
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features.feature import Handle
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.responses import ProblemResponse, problem_response
from jwt_auth_asgi.problems.titles import TITLES
from jwt_auth_core.errors import AuthError

BAD_REQUEST: Final = 400
UNAUTHORIZED: Final = 401
UNPROCESSABLE: Final = 422

_OF_THE_GRANT: Final = frozenset({"invalid_grant", "mfa_required"})
_OF_THE_BODY: Final = frozenset({"content-length", "content-type"})


def in_words(handle: Handle) -> Handle:
    """Have what was wrong with a request told in the words of OAuth, too."""

    @wraps(handle)
    async def handled(service: Service, request: Request) -> Response:
        try:
            return await handle(service, request)
        except AuthError as error:
            return problem_response(error, realm=realm_of(request.scope, service.realm), in_oauth=True)

    return handled


def token_refusal(error: AuthError, *, realm: str) -> Response:
    """Return what the token endpoint answers: JSON, and 400 where the protocol has no other status."""
    problem = problem_response(error, realm=realm, in_oauth=True)
    members: dict[str, object] = json.loads(bytes(problem.body))
    is_of_the_grant = members["error"] in _OF_THE_GRANT or problem.status_code == UNPROCESSABLE
    status = BAD_REQUEST if is_of_the_grant else problem.status_code
    members |= {"status": status, "title": TITLES[status]}
    # A challenge stands with 401 alone, which here is a client's without its secret.
    dropped = _OF_THE_BODY if status == UNAUTHORIZED else _OF_THE_BODY | {"www-authenticate"}
    headers = {name: value for name, value in problem.headers.items() if name not in dropped}
    body = json.dumps(members, separators=(",", ":"))
    answer = ProblemResponse(body, status, headers, "application/json")
    answer.error_type = error.code
    return answer
