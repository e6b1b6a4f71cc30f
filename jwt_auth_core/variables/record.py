"""A record of settings: one capability's, which is one field of `Settings`.

It is a frozen, slotted dataclass in its room, whose fields carry their variables as those of
`Settings` do. It never raises: `Settings` collects what is wrong, so that one error names it all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final, get_origin, get_type_hints

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.variable import Variable

Kinds = Mapping[str, "Variable | type[SettingsRecord]"]

_known: Final[dict[type, Kinds]] = {}  # hints are texts, and reading them takes longer than all the rest


class SettingsRecord:
    """The base of a capability's settings; every field of theirs has a default."""

    __slots__ = ()

    def conflicts(self) -> Sequence[str]:
        """Return what is wrong between fields that are each right, a variable's name first."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Variable):
    """A variable that lists names, each of which has more: ``OIDC_PROVIDERS`` and ``OIDC_ACME_ISSUER``.

    ``names`` are those of its text; ``make`` makes the field's value of the text and of them all, whatever
    they hold: what is wrong with it, the check says.
    """

    names: Callable[[str], Sequence[str]]
    make: Callable[[str, Mapping[str, str]], Any]


def value_of(variable: Variable, given: Mapping[str, str]) -> Any:
    """Return what given texts come to; raises ValueError or KeyError where they cannot be read."""
    text = given[variable.name]
    return variable.make(text, given) if isinstance(variable, Family) else variable.read(text)


def names_in(variables: Mapping[str, Variable], source: Mapping[str, str]) -> Sequence[str]:
    """Return the names of all variables, those that the text of another one makes included."""
    families = (one for one in variables.values() if isinstance(one, Family))
    more = (name for family in families for name in family.names(source.get(family.name, "")))
    return (*(variable.name for variable in variables.values()), *more)


def fields_of(record: type) -> Kinds:
    """Return the fields of a record, each with its variable, or with the record that it is."""
    if record not in _known:
        kinds = {field: _kind_of(hint) for field, hint in get_type_hints(record, include_extras=True).items()}
        _known[record] = MappingProxyType({field: kind for field, kind in kinds.items() if kind is not None})
    return _known[record]


def variables_of(record: type) -> Mapping[str, Variable]:
    """Return every variable of a record and of the records in it; a field in one is ``record.field``."""
    found: dict[str, Variable] = {}
    for field, kind in fields_of(record).items():
        if isinstance(kind, Variable):
            found[field] = kind
        else:
            found.update((f"{field}.{inner}", variable) for inner, variable in variables_of(kind).items())
    return MappingProxyType(found)


def problems_of(record: object) -> list[str]:
    """Return what is wrong with the values of a record, and of the records in it."""
    problems: list[str] = []
    for field, kind in fields_of(type(record)).items():
        value = getattr(record, field)
        if isinstance(kind, Variable):
            problems += filter(None, [kind.problem(value)])
        elif isinstance(value, kind):
            problems += problems_of(value) or value.conflicts()
        else:
            problems.append(f"{field} must be a {kind.__name__}")
    return problems


def _kind_of(hint: object) -> Variable | type[SettingsRecord] | None:
    if get_origin(hint) is Annotated:
        notes: tuple[object, ...] = getattr(hint, "__metadata__", ())
        return next((note for note in notes if isinstance(note, Variable)), None)
    return hint if isinstance(hint, type) and issubclass(hint, SettingsRecord) else None
