"""What the watch over a request to the auth app costs, with and without those who watch; printed only.

    python -m benchmarks.telemetry

Processor time, the least of many rounds: what OpenTelemetry's own ``start_as_current_span`` takes without
an SDK stands beside it.
"""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable

from jwt_auth_asgi.telemetry.watch import watch

NUMBER, ROUNDS = 5_000, 20


def watched() -> None:
    with watch("login") as one:
        one.answered(200, None)


def show(name: str, case: Callable[[], None]) -> None:
    least = min(timeit.repeat(case, timer=time.process_time, number=NUMBER, repeat=ROUNDS))
    print(f"| {name} | {least / NUMBER * 1e6:.1f} us |")


def main() -> None:
    show("no library loaded", watched)
    from opentelemetry import trace  # noqa: PLC0415 - the case before is without it

    show("OpenTelemetry's API, no SDK", watched)
    tracer = trace.get_tracer("benchmark")

    def current() -> None:
        with tracer.start_as_current_span("auth.login"):
            pass

    show("`start_as_current_span` alone, no SDK", current)
    import prometheus_client  # noqa: F401, PLC0415 - found by its being loaded

    show("that API and Prometheus", watched)
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the same

    trace.set_tracer_provider(TracerProvider())
    show("SDK that exports nothing, and Prometheus", watched)


if __name__ == "__main__":
    main()
