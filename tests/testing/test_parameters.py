"""Harmless values: of the right form for every parameter, and nobody's."""

import datetime as dt
import uuid
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Literal, NewType

import pytest
from starlette.convertors import CONVERTOR_TYPES, StringConvertor

from jwt_auth_asgi.testing.parameters import filled, harmless


class Color(Enum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


class Name(str):
    """A text of a kind of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (int, int),
        (float, float),
        (Decimal, Decimal),
        (uuid.UUID, uuid.UUID),
        (dt.date, dt.date.fromisoformat),
        (dt.datetime, dt.datetime.fromisoformat),
        (dt.time, dt.time.fromisoformat),
        (int | None, int),
        (Annotated[int, "words"], int),
    ],
)
def test_a_value_can_be_read_as_its_type(kind, read):
    """What a framework makes of it does not raise."""
    assert read(harmless(kind))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Color, "red"),
        (Number, "1"),
        (Literal["a", "b"], "a"),
        (str, "unlikely"),
        (Name, "unlikely"),
        (NewType("Id", int), "unlikely"),
        (Path, "unlikely"),
        (object, "unlikely"),
        (bool, "false"),
    ],
)
def test_one_of_a_choice_is_its_first(kind, value):
    """And what is not known is a text."""
    assert harmless(kind) == value


@pytest.mark.parametrize("name", CONVERTOR_TYPES)
def test_every_convertor_takes_its_value(name):
    """Whatever type the endpoint says it is."""
    convertor = CONVERTOR_TYPES[name]
    assert convertor.convert(filled("/{x}", {"x": convertor}, {}, {}).removeprefix("/"))


def test_a_convertor_of_the_users_own_gets_what_it_takes():
    """Two letters for a language."""

    class Language(StringConvertor):
        regex = "[a-z]{2}"

    assert filled("/{lang:lang}/about", {"lang": Language()}, {}, {}) == "/en/about"


def test_a_convertor_that_takes_nothing_known_gets_a_text():
    """The call then meets no route, which is said."""

    class Odd(StringConvertor):
        regex = "#{9}"

    assert filled("/{x}", {"x": Odd()}, {}, {}) == "/unlikely"
