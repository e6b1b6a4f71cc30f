"""A record: what `dataclasses.dataclass` makes with ``slots=True``, at a tenth of the time.

The standard library writes and compiles six methods for each class that it sees, half a millisecond, and
there are hundreds of classes here, of which a process uses a part. So each method is written, by the standard
library as well, when it is first looked up, and the first few instances are filled without: use cases have no
more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar, cast

from jwt_auth_core.records.plan import Plan

T = TypeVar("T")

_ALWAYS: Final = (
    *("__match_args__", "__dataclass_fields__", "__dataclass_params__"),
    *(("__replace__",) if sys.version_info >= (3, 13) else ()),
)
_FROZEN: Final = ("__getstate__", "__setstate__")


class _Late:
    """Stands in a class for what its twin has, and gives way to it at the first look."""

    __slots__ = ("_name", "_plan")

    def __init__(self, name: str, plan: Plan) -> None:
        self._name = name
        self._plan = plan

    def __get__(self, instance: object, owner: type) -> Any:
        written = self._plan.write(self._name)
        bind = getattr(written, "__get__", None)
        return written if bind is None else bind(instance, owner)


class _LateInit(_Late):
    """Fills the first instances itself: most classes never have many."""

    __slots__ = ()

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is not None and self._plan.fills():
            return partial(self._plan.fill, instance)
        return super().__get__(instance, owner)


def record(**options: bool) -> Callable[[type[T]], type[T]]:
    """Return what makes a record of a class; the options are those of `dataclasses.dataclass`.

    Those that the house needs: ``slots``, which is True, ``frozen``, ``kw_only``, ``eq`` and ``repr``.
    Annotations are strings, and of the special ones ``ClassVar`` alone is known.
    """
    return partial(_made, options)


def _made(options: dict[str, bool], given: type[T]) -> type[T]:
    own = {name: kind for name, kind in given.__annotations__.items() if not kind.startswith("ClassVar")}
    held = {name: value for name, value in given.__dict__.items() if name not in {"__dict__", "__weakref__"}}
    plan = Plan(given, options, own, {name: held.pop(name) for name in own if name in held})
    taken = {name for base in given.__mro__[1:-1] for name in base.__dict__.get("__slots__", ())}
    held["__slots__"] = tuple(name for name in own if name not in taken)
    held["__qualname__"] = given.__qualname__
    held["__record__"] = plan
    if plan.says("eq", default=True) and held.get("__hash__") is None:
        # Where a class has an `__eq__` of its own, Python has set None beside it, which is no decision.
        held["__hash__"] = _Late("__hash__", plan) if plan.says("frozen") else None
    kind = cast("Callable[..., Any]", type(given))
    plan.owner = kind(given.__name__, given.__bases__, {**_methods(plan), **held})
    made: type[T] = plan.owner
    return made


def _methods(plan: Plan) -> dict[str, Any]:
    names = [*_ALWAYS, *(_FROZEN if plan.says("frozen") else ())]
    names += [f"__{name}__" for name in ("repr", "eq") if plan.says(name, default=True)]
    late: dict[str, Any] = {name: _Late(name, plan) for name in names}
    return {**late, "__init__": _LateInit("__init__", plan), **(_guards(plan) if plan.says("frozen") else {})}


def _guards(plan: Plan) -> dict[str, Any]:
    def set_field(instance: object, name: str, value: object) -> None:
        if type(instance) is plan.owner or name in plan.names:
            raise _frozen("assign to", name)
        super(plan.owner, instance).__setattr__(name, value)

    def delete_field(instance: object, name: str) -> None:
        if type(instance) is plan.owner or name in plan.names:
            raise _frozen("delete", name)
        super(plan.owner, instance).__delattr__(name)

    return {"__setattr__": set_field, "__delattr__": delete_field}


def _frozen(deed: str, name: str) -> Exception:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 - as in `plan`

    return FrozenInstanceError(f"cannot {deed} field {name!r}")
