"""Any ASGI application behind the middleware; this one is a bare callable, without a framework.

    python -m examples.any_asgi                    # prints a token to try it with
    uvicorn examples.any_asgi:app
    curl -H "Authorization: Bearer <the token>" http://127.0.0.1:8000/

It only verifies access tokens, so it needs neither users nor a database.
"""

from typing import Any

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens, KeyRing, development_settings

tokens = AccessTokens(KeyRing.from_secret(development_settings().jwt_key))


async def hello(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - the form of ASGI
    assert scope["type"] == "http"  # noqa: S101 - servers take this as "no lifespan here"
    name = scope["user"].identity or "whoever you are"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": f"hello {name}\n".encode()})


app = BearerMiddleware(hello, tokens, public={"/health"})  # everything else needs a valid token

if __name__ == "__main__":
    print(tokens.issue(subject="ada"))
