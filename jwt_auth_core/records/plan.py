"""The plan of a record: its fields, how the first instances are filled, and the twin that has its methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_FEW: Final = 16  # to fill so many takes as long as to write the method that does it ten times as fast


class Plan:
    """What is known of a record before anything is written for it.

    A twin is a class with the fields of the record and nothing else. Its methods serve the record as they
    are: all that they ask for are the names of fields, and the class of what they are given.
    """

    __slots__ = ("_filled", "_line", "_options", "_twins", "defaults", "names", "own", "owner")

    def __init__(
        self, given: type, options: Mapping[str, bool], own: Mapping[str, str], defaults: Mapping[str, Any]
    ) -> None:
        self._options = options
        self.own = own
        self.defaults = defaults
        self._twins: dict[bool, type] = {}
        self._filled = 0
        line = [base.__dict__["__record__"] for base in given.__mro__[:0:-1] if "__record__" in base.__dict__]
        self._line: tuple[Plan, ...] = (*line, self)
        self.names = dict.fromkeys(name for plan in self._line for name in plan.own)
        self.owner: Any = given

    def says(self, option: str, *, default: bool = False) -> bool:
        """Return what the record was given for an option of `dataclasses.dataclass`."""
        return self._options.get(option, default)

    def write(self, name: str) -> Any:
        """Give the record what its twin has under a name, and return it."""
        written = self.twin(whole=name != "__init__").__dict__[name]
        setattr(self.owner, name, written)
        return written

    def twin(self, *, whole: bool) -> type:
        """Return the twin, made at the first call; one that is not whole can be made, and not be compared."""
        made = self._twins.get(whole)
        if made is None:
            made = self._twins[whole] = self._new_twin(whole=whole)
        return made

    def _new_twin(self, *, whole: bool) -> type:
        # Loading it takes 15 ms, for `inspect`: who verifies a token does without.
        from dataclasses import dataclass  # noqa: PLC0415

        bases = (getattr(base, "__record__", None) for base in self.owner.__bases__)
        held = {
            **self.defaults,
            "__annotations__": dict(self.own),
            "__module__": self.owner.__module__,
            "__qualname__": self.owner.__qualname__,
            **({"__post_init__": None} if hasattr(self.owner, "__post_init__") else {}),
        }
        plain = type(self.owner.__name__, tuple(base.twin(whole=False) for base in bases if base), held)
        options = dict(self._options) if whole else {**self._options, "eq": False, "repr": False}
        made: type = dataclass(**options)(plain)
        return made

    def fills(self) -> bool:
        """Tell whether the next instance is left to `fill`: one of the first, and of nothing but values."""
        self._filled += 1
        return self._filled <= _FEW and all(plan.is_plain(self) for plan in self._line)

    def is_plain(self, heir: Plan) -> bool:
        """Tell whether its own fields are values or made by a function, and given as an heir's are."""
        fields = [value for value in self.defaults.values() if _is_field(value)]
        same = self.says("kw_only") == heir.says("kw_only")
        return same and all(field.init and callable(field.default_factory) for field in fields)

    def fill(self, instance: object, /, *args: object, **kwargs: object) -> None:
        """Give an instance its fields; the written method says what is wrong with those that are."""
        by_place = dict(zip(self.names, args, strict=False))
        values = {**self._missing({*by_place, *kwargs}), **by_place, **kwargs}
        too_many = len(args) > (0 if self.says("kw_only") else len(self.names))
        if too_many or not by_place.keys().isdisjoint(kwargs) or values.keys() != self.names.keys():
            self.write("__init__")(instance, *args, **kwargs)  # which raises
        else:
            for name in self.names:
                object.__setattr__(instance, name, values[name])
            finish = getattr(instance, "__post_init__", None)
            if finish is not None:
                finish()

    def _missing(self, given: set[str]) -> dict[str, Any]:
        """Return the defaults of the fields that are not given; one that is declared anew begins anew."""
        found: dict[str, Any] = {}
        for plan in self._line:
            found = {name: value for name, value in found.items() if name not in plan.own}
            found |= plan.defaults
        wanted = ((name, value) for name, value in found.items() if name not in given)
        return {name: value.default_factory() if _is_field(value) else value for name, value in wanted}


def _is_field(value: object) -> bool:
    return type(value).__module__ == "dataclasses"
