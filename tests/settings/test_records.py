"""A capability's settings are one record: found, read, checked and told of like every other setting."""

from dataclasses import FrozenInstanceError, dataclass
from typing import Annotated

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings, variables
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import between
from jwt_auth_core.vocabulary import Secret
from tests.house.leaves import by_variable, leaves

KEY = "k" * 20 + "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class PigeonSettings(SettingsRecord):
    """How letters fly."""

    pigeons: Annotated[int, Variable("PIGEONS", int, between(0, 9))] = 2
    loft: Annotated[str | None, Variable("PIGEON_LOFT")] = None

    def conflicts(self) -> list[str]:
        """Pigeons live somewhere."""
        return (
            ["PIGEON_LOFT is required for more than five PIGEONS"]
            if self.pigeons > 5 and not self.loft
            else []
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithPigeons(Settings):
    """The settings of a house that has one more capability."""

    pigeon: PigeonSettings = PigeonSettings()


def read(**given: str) -> WithPigeons:
    """Read the settings from these variables and a good key."""
    return WithPigeons.from_env({"JWT_KEY": KEY, **given})


def test_its_variables_are_found():
    """They stand among all variables, by the path of the field; the others stay where they were."""
    found = {path: variable.name for path, variable in variables(WithPigeons).items()}
    assert {path: name for path, name in found.items() if path not in variables()} == {
        "pigeon.pigeons": "PIGEONS",
        "pigeon.loft": "PIGEON_LOFT",
    }


def test_it_is_read_from_the_environment():
    """Each of its variables becomes its field, and what is not set has its default."""
    assert read(PIGEONS="4").pigeon == PigeonSettings(pigeons=4)
    assert read().pigeon == PigeonSettings()


def test_it_is_an_argument():
    """Who constructs the settings hands the record over whole."""
    pigeon = PigeonSettings(pigeons=9, loft="roof")
    assert WithPigeons(jwt_key=Secret(KEY), pigeon=pigeon).pigeon is pigeon


def test_its_problems_come_in_the_one_error():
    """What is wrong in a record and what is wrong elsewhere are named together."""
    with pytest.raises(SettingsError) as caught:
        read(PIGEONS="many", PIGEON_LOFT="\udcff", HASH_THREADS="-1", JWT_KEY="")
    assert {problem.split()[0] for problem in caught.value.problems} == {
        "PIGEONS",
        "PIGEON_LOFT",
        "HASH_THREADS",
        "JWT_KEY",
    }


def test_a_problem_of_it_names_the_limit():
    """A number out of bounds is told with its bounds, from the environment and from an argument."""
    with pytest.raises(SettingsError, match=r"PIGEONS must be a whole number from 0 to 9"):
        read(PIGEONS="10")
    with pytest.raises(SettingsError, match=r"PIGEONS must be a whole number from 0 to 9"):
        WithPigeons(jwt_key=Secret(KEY), pigeon=PigeonSettings(pigeons=10))


def test_it_alone_does_not_raise():
    """Nobody is told of half the problems."""
    assert PigeonSettings(pigeons=10).pigeons == 10


def test_a_conflict_between_its_fields_is_told():
    """What only two fields together have wrong is asked for when each is right."""
    with pytest.raises(SettingsError, match="PIGEON_LOFT is required for more than five PIGEONS"):
        read(PIGEONS="6")
    assert read(PIGEONS="6", PIGEON_LOFT="roof").pigeon.pigeons == 6


def test_another_thing_is_no_record():
    """The field and what belongs there are named."""
    with pytest.raises(SettingsError, match="pigeon must be a PigeonSettings"):
        WithPigeons(jwt_key=Secret(KEY), pigeon=None)


def test_it_is_frozen():
    """Like the settings that it is a part of."""
    with pytest.raises(FrozenInstanceError):
        read().pigeon.pigeons = 3


def test_the_house_sees_it_variable_by_variable():
    """So a test asks for a row in the README and a reader of each."""
    assert by_variable(WithPigeons)["PIGEONS"].default == 2
    assert {"pigeon.pigeons", "pigeon.loft"} <= set(leaves(WithPigeons))
    assert "pigeon" not in leaves(WithPigeons)


def test_a_field_without_a_variable_is_nobodys_business():
    """Settings of an application that adds what it sets by itself are still settings."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class WithNote(Settings):
        note: Annotated[str, "a remark"] = "mine"
        plain: int = 1

    assert WithNote.from_env({"JWT_KEY": KEY}).note == "mine"
    assert list(variables(WithNote)) == list(variables())


def test_a_record_without_conflicts_says_nothing():
    """Most records have none to tell of."""
    assert list(SettingsRecord().conflicts()) == []
