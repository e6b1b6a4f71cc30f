"""What a browser is answered that leaves for a provider or comes back: where to go next, and the one page.

A browser is never left with a problem document: what went wrong is told by the page where one signs in.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features.identities.inputs import AGAIN, RETURNED
from jwt_auth_asgi.features.identities.places import account_origin, account_url
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.problem import EVERY_ANSWER
from jwt_auth_asgi.problems.responses import ProblemResponse, problem_response
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.sessions.challenge import Challenge

_SCRIPT: Final = "document.forms[0].submit();"
_DIGEST: Final = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_EVERY: Final = {name.decode(): value.decode() for name, value in EVERY_ANSWER}
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Signing in</title>
<form method="post">
{fields}
<button>Continue</button>
</form>
<script>{script}</script>
</html>
"""


def to(place: str, cookies: Sequence[str] = ()) -> ProblemResponse:
    """Send a browser somewhere; where it comes from is nobody's business there."""
    answer = ProblemResponse(status_code=303, headers={**_EVERY, "location": place})
    answer.headers["referrer-policy"] = "no-referrer"
    for cookie in cookies:
        answer.headers.append("set-cookie", cookie)
    return answer


def failed(service: Service, request: Request, error: AuthError) -> Response:
    """Send a browser to where one signs in, which is told the code of the error; nothing else of it."""
    problem_response(error)  # counts it, and logs what is an operator's to mend
    answer = to(f"{account_url(service, request)}/signin?{urlencode({'error': error.code})}")
    answer.error_type = error.code
    return answer


def challenged(
    service: Service, request: Request, challenge: Challenge, onward: str | None = None
) -> Response:
    """Send a browser to where one signs in, to show what else is asked for.

    Behind the ``#``, which no server is sent and no Referer has. The challenge opens nothing by itself, and
    is good in this browser alone: a link that somebody else made of theirs leads to no login. The browser's
    cookie is given once more, so that it lasts as long.
    """
    token = challenge.token.reveal()
    members = {"enrolment_token": token} if challenge.enrols else {"challenge": token}
    if not challenge.enrols:
        members["factors"] = " ".join(challenge.factors)
    members["expires_in"] = str(challenge.expires_in)
    asked = "" if onward is None else f"?{urlencode({'next': onward})}"
    known = service.browser_cookie.read(tuple(by_name(request.scope).get(b"cookie", ())))
    cookies = () if known is None else (service.browser_cookie.set(known),)
    return to(f"{account_url(service, request)}/signin{asked}#{urlencode(members)}", cookies)


def again(service: Service, said: Mapping[str, str]) -> Response:
    """Return the page that posts a provider's form once more, from our own origin, and nothing else.

    A form that another site posts brings no cookie of ours, by which its browser would be known.
    """
    known = {name: said[name] for name in RETURNED if name in said} | {AGAIN: "1"}
    fields = "\n".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in known.items()
    )
    targets = " ".join(filter(None, ("'self'", account_origin(service))))  # where its answer may lead
    policy = (
        f"default-src 'none'; script-src 'sha256-{_DIGEST}'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    # With no-referrer a form would be posted with the origin null.
    headers = {**_EVERY, "content-security-policy": policy, "referrer-policy": "same-origin"}
    page = _PAGE.format(fields=fields, script=_SCRIPT)
    return Response(page, headers=headers, media_type="text/html; charset=utf-8")
