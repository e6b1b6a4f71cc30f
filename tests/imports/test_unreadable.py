"""Files and records that cannot be read: what is said of them, and that the others are read."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.imports import ImportedUser, Remark
from tests.imports.conftest import read


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: there is no column email"),
        ("mail\r\nx\r\n", "line 1: there is no column email"),
        ('email\r\n"open', "line 2: it is no CSV"),
        ('"open', "line 1: there is no column email"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(text, message):
    """With the line on which it ends to be one."""
    with pytest.raises(InvalidInputError, match=message):
        read("csv", text)


def test_a_row_with_too_few_or_too_many_columns_is_none():
    """The rows around it are read."""
    found = read("csv", "email,id\r\na@example.com\r\nb@example.com,2,3\r\nc@example.com,4\r\n")
    assert [type(one) for one in found] == [Remark, Remark, ImportedUser]
    assert [one.line for one in found] == [2, 3, 4]


@pytest.mark.parametrize(
    ("source", "text", "reason"),
    [
        ("auth0", '{"email": ["x"]}', "email is no text"),
        ("auth0", "[1]", "it is no object"),
        ("auth0", "nonsense", "it is no JSON"),
        ("auth0", '{"email": "x", "mfa_factors": {}}', "mfa_factors is no array"),
        ("auth0", '{"email": "x", "mfa_factors": [1]}', "a factor is no object"),
        ("jwt-auth", '{"email": "x", "created_at": "soon"}', "created_at is no time"),
        ("jwt-auth", '{"email": "x", "created_at": [1]}', "created_at is no time"),
        ("jwt-auth", '{"email": "x", "created_at": 1e17}', "created_at is no time"),
        ("jwt-auth", '{"email": "x", "created_at": NaN}', "created_at is no time"),
        ("jwt-auth", '{"email": "x", "verified": "perhaps"}', "verified is neither true nor false"),
        (
            "keycloak",
            '{"users": [{"credentials": [{"type": "otp", "secretData": "x"}]}]}',
            "secretData is no JSON",
        ),
        (
            "keycloak",
            '{"users": [{"credentials": [{"type": "password", "secretData": "{\\"value\\": \\"?\\"}"}]}]}',
            "value is no base64",
        ),
        (
            "supabase",
            "id,email,encrypted_password,email_confirmed_at,created_at,raw_user_meta_data\n1,x,,,,x",
            "raw_",
        ),
    ],
)
def test_a_record_that_cannot_be_read_names_its_field(source, text, reason):
    """And shows no value."""
    (found,) = read(source, text)
    assert found.reason.startswith(reason)
