"""The watch over one operation: its span, and what is counted at its end."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Final, Self

from jwt_auth_asgi.telemetry.observers import OBSERVERS, Observer
from jwt_auth_core.errors import AuthError


class Watch:
    """Lasts as long as the operation, in one context; a class because a ``with`` takes one."""

    __slots__ = ("_begun", "_error_type", "_observers", "_operation", "_since", "_status")

    def __init__(self, operation: str, observers: tuple[Observer, ...]) -> None:
        self._operation = operation
        self._observers = observers
        self._begun: list[tuple[Observer, Any]] = []
        self._status: int | None = None
        self._error_type: str | None = None

    def __enter__(self) -> Self:
        for one in self._observers:
            try:
                self._begun.append((one, one.begin(self._operation)))
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody is refused for it
                OBSERVERS.failed(error)
        self._since = time.perf_counter()
        return self

    def answered(self, status: int, error_type: str | None) -> None:
        """Note the answer of HTTP; an error that nobody named is of the type that its status says."""
        self._status = status
        if status >= 400:  # noqa: PLR2004 - a status reads best as itself
            self._error_type = error_type or str(status)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        seconds = time.perf_counter() - self._since
        if kind is not None:
            self._error_type = error.code if isinstance(error, AuthError) else kind.__qualname__
        for one, begun in self._begun:
            try:
                one.end(
                    begun,
                    self._operation,
                    seconds=seconds,
                    status=self._status,
                    error_type=self._error_type,
                )
            except Exception as fault:  # noqa: BLE001 - the same
                OBSERVERS.failed(fault)


class _Unwatched:
    """Stands for a watch where nobody watches."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def answered(self, _status: int, _error_type: str | None) -> None:
        """Let it be."""

    def __exit__(self, *_: object) -> None:
        pass


_UNWATCHED: Final = _Unwatched()


def watch(operation: str) -> Watch | _Unwatched:
    """Return the watch over an operation that begins now: what a ``with`` takes."""
    observers = OBSERVERS()
    return Watch(operation, observers) if observers else _UNWATCHED
