"""The metrics as an ASGI application, in the text that Prometheus reads."""

from __future__ import annotations

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_core.errors import MissingDriverError


class MetricsApp:
    """To be mounted at ``/metrics``; a class because Starlette takes functions for endpoints."""

    def __init__(self, metrics: App) -> None:
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer every http request with the metrics; a websocket is closed."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        await self._metrics(scope, receive, send)


def metrics_app() -> MetricsApp:
    """Return an ASGI application with the metrics of the process, those of others' libraries among them.

    Where ``PROMETHEUS_MULTIPROC_DIR`` is set, all workers that write there are added up. It asks for no
    token: serve it where nobody else comes, or wrap it.

    Raises:
        MissingDriverError: prometheus_client is not installed.
    """
    try:
        from jwt_auth_asgi.telemetry.prometheus import metrics  # noqa: PLC0415 - a driver
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "prometheus_client":
            raise
        raise MissingDriverError("prometheus-client", extra="prometheus") from error
    return MetricsApp(metrics())
