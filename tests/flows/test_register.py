"""Register: fields in, a user out."""

import pytest

from jwt_auth_core.errors import EmailTakenError, InvalidInputError


def problems(world, **fields):
    with pytest.raises(InvalidInputError) as caught:
        world.register(**fields)
    return [(error.field, error.code) for error in caught.value.errors]


def test_a_user_is_stored(world):
    """What was registered can be found again."""
    user = world.register("Ada@Example.COM")
    assert world.auth.current_user(user.user_id) == user
    assert (user.first_name, user.last_name, user.scopes) == ("Ada", "L", frozenset())
    assert world.names() == ["user_registered"]


def test_an_identity_is_taken_once(world):
    """Another spelling of the same address is refused."""  # ID-1
    world.register("ada@example.com")
    with pytest.raises(EmailTakenError, match="Email already registered"):
        world.register("ADA@EXAMPLE.com")


def test_every_field_is_reported_at_once(world):
    """One error names all offending fields."""
    found = problems(world, email="nobody", password="short", first_name=" ", last_name=None)
    assert sorted(field for field, _ in found) == ["email", "first_name", "last_name", "password"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "missing"),
        (7, "wrong_type"),
        (["a"], "wrong_type"),
        ("", "blank"),
        ("x" * 201, "too_long"),
        ("a\0b", "invalid_character"),
        ("a\nb", "invalid_character"),
        ("\ud800", "invalid_character"),
        *(
            (f"a{chr(point)}b", "invalid_character")
            for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
        ),
        ("a\u2028b", "invalid_character"),
        ("a\u2029b", "invalid_character"),
        ("\u00a0\u2003", "blank"),
        ("\u200b\u200d\ufeff", "blank"),
        ("\u200f", "blank"),
        ("\u0301\ufe0f", "blank"),
        ("\u3164\u115f\uffa0\u2800", "blank"),
    ],
)
def test_a_name_has_limits(world, value, code):
    """A name is a text of 1 to 200 characters, one of them visible, none that controls."""  # SQL-3
    assert problems(world, first_name=value) == [("first_name", code)]


@pytest.mark.parametrize(
    "name",
    [
        "\u05d3\u05d5\u05d3",  # Hebrew
        "\u0645\u062d\u0645\u062f\u200c\u0631\u0636\u0627",  # Persian, with a non-joiner
        "\u0d28\u0d4d\u200d",  # Malayalam, with a joiner
        "\u200eAda\u200f",  # marks of direction, which turn nothing around
        "\U0001f469\u200d\U0001f52c",  # an emoji of two, joined
    ],
)
def test_what_a_script_needs_stays(world, name):
    """Letters from right to left, joiners and marks of direction are no controls of direction."""
    assert world.register(first_name=name).first_name == name


@pytest.mark.parametrize("name", ["Robert'); DROP TABLE users;--", "%s", "李小龙", "O’Brien", "x" * 200])
def test_a_name_is_kept_as_it_is(world, name):
    """Whatever a name looks like, it is data."""  # SQL-1
    assert world.register(first_name=name).first_name == name


def test_a_name_is_kept_in_nfc(world):
    """Two encodings of one name are stored alike."""
    assert world.register(first_name="Zoe\u0308").first_name == "Zo\u00eb"


@pytest.mark.parametrize(
    "password", ["ada@example.com", "Ada@Example.com", "lovelace1", "LOVELACE1", "jwt-auth"]
)
def test_a_password_that_names_its_owner_is_refused(world, password):
    """E-mail address, names and the service's name are no passwords."""  # PW-03
    assert problems(world, last_name="Lovelace1", password=password) == [("password", "too_personal")]


def test_the_local_part_is_no_password(world):
    """The part before the @ is refused as well."""  # PW-03
    assert problems(world, email="ada.lovelace@example.com", password="ada.lovelace") == [
        ("password", "too_personal")
    ]
