"""What `benchmarks.memory` serves; by itself it loads nothing, so that only what is measured is weighed."""

from __future__ import annotations

KEY = "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"


def bare():
    from starlette.applications import Starlette  # noqa: PLC0415 - in the served process only

    return Starlette()


def middleware():
    from jwt_auth_asgi import BearerMiddleware  # noqa: PLC0415
    from jwt_auth_core import AccessTokens, KeyRing  # noqa: PLC0415

    return BearerMiddleware(bare(), AccessTokens(KeyRing.from_secret(KEY)))


def auth_app():
    from starlette.routing import Mount  # noqa: PLC0415

    from jwt_auth_asgi import create_app  # noqa: PLC0415
    from jwt_auth_core import Auth  # noqa: PLC0415

    app = bare()
    app.router.routes.append(Mount("/auth", create_app(Auth.from_env())))
    return app
