"""The applications as a server imports them: wrapped, with tokens by the system's clock."""

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from tests.asgi.apps import bare as bare_app
from tests.asgi.apps import lasting as lasting_app
from tests.asgi.apps import on_starlette

SECRET = "a secret that only these tests use, forty-odd bytes"

tokens = AccessTokens(KeyRing.from_secret(SECRET))
bare = BearerMiddleware(bare_app.app, tokens, public={"/open"})
starlette = BearerMiddleware(on_starlette.app, tokens, public={"/open"})
lasting = BearerMiddleware(lasting_app.app, tokens)
