"""An answer: the second factor that a request brings, read by the factor that it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from jwt_auth_core.factors.factor import Factor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """A factor, and what it is to look at."""

    factor: Factor
    value: object = field(repr=False)


def answer_in(fields: Fields, values: Mapping[str, object], factors: Sequence[Factor]) -> Answer | None:
    """Return the one answer among the members of a request; None where there is none, or something is wrong.

    What is wrong is noted: there are several, or it has not the form.
    """
    given = [factor for factor in factors if values.get(factor.field) is not None]
    for other in given[1:]:
        fields.note(other.field, "not_together", f"must not stand beside {given[0].field}")
    if len(given) != 1:
        return None
    (factor,) = given
    try:
        return Answer(factor, factor.read(values[factor.field]))
    except ValueError as error:
        fields.note(factor.field, "invalid_format", str(error))
        return None
