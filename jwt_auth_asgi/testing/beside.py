"""What stands beside the application that a wrapper shows as ``app``: a dispatcher serves that as well."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any


def held_by(wrapper: Any, inner: object = None) -> Iterator[Any]:
    """Yield what a wrapper, or an entry of one, holds beside *inner* and could call: applications, too."""
    if hasattr(wrapper, "cls") and hasattr(wrapper, "kwargs"):
        values = [*wrapper.args, *wrapper.kwargs.values()]
    else:
        values = [*getattr(wrapper, "__dict__", {}).values()]
    for value in values:
        is_object = callable(value) and not isinstance(value, type) and not inspect.isroutine(value)
        if is_object and value is not inner:
            yield value
