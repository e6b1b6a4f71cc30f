"""Records: what they answer is what the standard library's dataclasses answer, and it is written late."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import sys
from dataclasses import FrozenInstanceError, field
from typing import ClassVar, Generic, Protocol, TypeVar

import pytest

from jwt_auth_core.records import dataclass as record

T = TypeVar("T")
MAKERS = [pytest.param(record, id="ours"), pytest.param(dataclasses.dataclass, id="standard")]
made_by = pytest.mark.parametrize("make", MAKERS)


@record(frozen=True, slots=True)
class Point:
    """A record at the top of a module, so that it can be pickled."""

    x: int
    y: int = 2


def points(make):
    """Return a frozen class, one that comes from it, and one whose fields have names only."""

    @make(frozen=True, slots=True)
    class Base:
        """Two fields."""

        kind: ClassVar[str] = "base"
        x: int
        y: int = 2

        def total(self):
            return self.x + self.y

    @make(frozen=True, slots=True)
    class Derived(Base):
        """One more, and one that is declared anew."""

        y: int = 5
        z: list[int] = field(default_factory=list)

    @make(frozen=True, slots=True, kw_only=True)
    class Named:
        """Nothing by its place."""

        a: int
        b: int = 3

    return Base, Derived, Named


def outcome(call, *args, **kwargs):
    """Return what a call returns, or what it raises with its words."""
    try:
        return call(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - it is compared
        return type(error), str(error)


@made_by
@pytest.mark.parametrize("times", [1, 40], ids=["filled", "written"])
def test_an_instance_has_its_fields(make, times):
    """By place, by name and by default, for the first instances and for all that follow."""
    base, derived, named = points(make)
    for _ in range(times):
        one, other, third = base(1), derived(1, z=[7]), named(a=4)
        assert (one.x, one.y, one.total(), base.kind) == (1, 2, 3, "base")
        assert (other.x, other.y, other.z, derived(0).z) == (1, 5, [7], [])
        assert (third.a, third.b, named(a=1, b=2).b) == (4, 3, 2)


WRONG = [((), {}), ((1, 2, 3, 4), {}), ((1,), {"x": 1}), ((1,), {"w": 1}), ((), {"y": 1})]


@pytest.mark.parametrize(("args", "kwargs"), WRONG)
@pytest.mark.parametrize("index", range(3))
def test_what_is_out_of_order_is_refused_in_the_same_words(index, args, kwargs):
    """A field too many, twice, unknown or missing: as the standard library says it, each time."""
    ours, standard = points(record)[index], points(dataclasses.dataclass)[index]
    expected = outcome(standard, *args, **kwargs)
    assert isinstance(expected, tuple)
    assert [outcome(ours, *args, **kwargs) for _ in range(2)] == [expected] * 2


def test_nothing_of_a_frozen_one_can_be_changed():
    """Neither a field nor anything else, for which slotted ones of the standard library have a TypeError."""
    base, _, _ = points(record)
    for name in ("x", "other"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(base(1), name, 2)
        with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(base(1), name)


def test_a_class_of_ones_own_may_add_to_a_frozen_one():
    """Whoever derives from it without the decorator has attributes beside the fields."""
    base, _, _ = points(record)

    class Own(base):
        """Has a ``__dict__``."""

    own = Own(1)
    own.note = "kept"
    assert own.note == "kept"
    del own.note
    with pytest.raises(FrozenInstanceError):
        own.x = 3
    with pytest.raises(FrozenInstanceError):
        del own.x


@made_by
def test_equal_fields_are_equal_and_hash_alike(make):
    """The class counts as well."""
    base, derived, _ = points(make)
    assert base(1) == base(1, 2) != base(2)
    assert len({base(1), base(1), base(2)}) == 2
    assert base(1, 5) != derived(1)
    assert base(1) != 1


@made_by
def test_it_is_written_out_with_its_fields(make):
    """As the call that makes it."""
    assert repr(points(make)[0](1)).endswith("points.<locals>.Base(x=1, y=2)")


def test_the_standard_library_takes_it_for_one_of_its_own():
    """Fields, parameters, signatures and patterns are the same."""
    for ours, standard in zip(points(record), points(dataclasses.dataclass), strict=True):
        assert dataclasses.is_dataclass(ours)
        assert str(dataclasses.fields(ours)) == str(dataclasses.fields(standard))
        assert repr(ours.__dataclass_params__) == repr(standard.__dataclass_params__)
        assert inspect.signature(ours) == inspect.signature(standard)
        assert (ours.__match_args__, ours.__slots__) == (standard.__match_args__, standard.__slots__)
        assert (ours.__doc__, ours.__qualname__) == (standard.__doc__, standard.__qualname__)


@made_by
def test_it_is_replaced_copied_and_taken_apart(make):
    """By `replace`, `asdict`, `copy` and a pattern."""
    base, derived, _ = points(make)
    assert dataclasses.replace(base(1), y=9) == base(1, 9)
    assert dataclasses.asdict(derived(1)) == {"x": 1, "y": 5, "z": []}
    assert copy.deepcopy(derived(1, z=[3])) == derived(1, z=[3])
    match base(1):
        case base(x, y):
            assert (x, y) == (1, 2)
    if sys.version_info >= (3, 13):
        assert copy.replace(base(1), y=9) == base(1, 9)


def test_it_is_pickled():
    """Frozen and slotted as it is."""
    assert pickle.loads(pickle.dumps(Point(1))) == Point(1)  # noqa: S301 - our own


@made_by
def test_what_is_not_frozen_is_changed_and_has_no_hash(make):
    """Unless it is compared by what it is."""

    @make(slots=True)
    class Open:
        """May be changed."""

        x: int = 1

    @make(slots=True, eq=False, repr=False)
    class Itself:
        """Equal to nothing else."""

        x: int = 1

    one = Open()
    one.x = 2
    assert one == Open(2)
    assert Open.__hash__ is None
    assert Itself() != Itself()
    assert len({Itself(), Itself()}) == 2
    assert repr(Itself()).startswith("<")


@made_by
def test_methods_of_its_own_stay(make):
    """What a class says itself is not written again, and `__post_init__` is called."""

    @make(frozen=True, slots=True)
    class Own:  # noqa: PLW1641 - the decorator adds the hash
        """Says much itself."""

        x: int
        seen: int = field(init=False)

        def __post_init__(self):
            object.__setattr__(self, "seen", self.x + 1)

        def __eq__(self, other):
            return isinstance(other, int) and other == self.x

        def __repr__(self):
            return "own"

    assert [Own(1).seen for _ in range(3)] == [2, 2, 2]
    assert Own(1) == 1
    assert repr(Own(1)) == "own"
    assert hash(Own(1)) == hash((1, 2))

    @make(frozen=True, slots=True)
    class Plain:
        """Is looked at when it is filled."""

        x: int

        def __post_init__(self):
            if self.x < 0:
                raise ValueError("below zero")

        def __hash__(self):
            return 7

    with pytest.raises(ValueError, match="below zero"):
        Plain(-1)
    assert hash(Plain(1)) == 7


@made_by
def test_fields_by_place_and_by_name_may_come_together(make):
    """Where a class and the one it comes from differ in that."""
    base, _, _ = points(make)

    @make(frozen=True, slots=True, kw_only=True)
    class Mixed(base):
        """Its own by name."""

        w: int
        y: int

    assert [getattr(Mixed(1, w=4, y=3), name) for name in "xyw"] == [1, 3, 4]
    assert outcome(Mixed, 1, w=4)[0] is TypeError


@made_by
def test_a_default_is_not_inherited_by_who_declares_a_field_anew(make):
    """It is required then."""

    @make(frozen=True, slots=True)
    class Base:
        """Has a default."""

        y: int = 2

    @make(frozen=True, slots=True)
    class Strict(Base):
        """Has none."""

        y: int

    assert outcome(Strict)[0] is TypeError
    assert Strict(1).y == 1


def test_generic_classes_and_protocols_can_be_records():
    """As others may be."""

    class Named(Protocol):
        """Has a name."""

        name: str

    @record(frozen=True, slots=True)
    class Box(Named, Generic[T]):
        """Holds something."""

        name: str
        content: T

    assert Box[int]("a", 1) == Box("a", 1)


def test_nothing_is_written_before_it_is_looked_up():
    """A class costs its methods when it is used, and the first instances not even then."""
    base, _, _ = points(record)
    late = {name for name, value in vars(base).items() if type(value).__name__.startswith("_Late")}
    assert {"__init__", "__eq__", "__hash__", "__repr__", "__match_args__"} <= late
    base(1)
    assert type(vars(base)["__init__"]).__name__ == "_LateInit"
    assert base(1) == base(1)
    assert inspect.isfunction(vars(base)["__eq__"])
    for _ in range(40):
        base(1)
    assert inspect.isfunction(vars(base)["__init__"])
