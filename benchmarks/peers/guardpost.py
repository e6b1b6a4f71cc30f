"""guardpost: its strategy and symmetric validator in the smallest ASGI middleware that can hold them."""

from guardpost import AuthenticationHandler, AuthenticationStrategy, Identity
from guardpost.jwts import SymmetricJWTValidator

from benchmarks.applications import answer
from benchmarks.middleware import AUDIENCE, ISSUER, SECRET

validator = SymmetricJWTValidator(valid_issuers=[ISSUER], valid_audiences=[AUDIENCE], secret_key=SECRET)


class Context:
    def __init__(self, scope):
        self.scope = scope
        self.identity = None


class Bearer(AuthenticationHandler):
    scheme = "Bearer"

    async def authenticate(self, context):
        header = next((value for name, value in context.scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = header.decode().partition(" ")
        if scheme.lower() == "bearer":
            context.identity = Identity(await validator.validate_jwt(token), self.scheme)
        return context.identity


def app():
    strategy = AuthenticationStrategy(Bearer())

    async def made(scope, receive, send):
        if scope["type"] == "http":
            identity = await strategy.authenticate(Context(scope))
            await answer(send, identity.sub)

    return made
