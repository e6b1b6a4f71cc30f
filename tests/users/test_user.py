"""The records themselves, before any store."""

from __future__ import annotations

import uuid

import pytest

from jwt_auth_core.users.user import is_user_id, new_user_id, scopes_text


def test_a_new_id_is_random():
    """Each id is a UUID of version 4, in canonical text, and another one every time."""
    ids = {new_user_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(is_user_id(i) and uuid.UUID(i).version == 4 for i in ids)


@pytest.mark.parametrize(
    "text",
    ["", "42", str(uuid.UUID(int=1)).replace("-", ""), f"{{{uuid.UUID(int=1)}}}", f"{uuid.UUID(int=1)}\n"],
)
def test_only_the_canonical_text_is_an_id(text):
    """Other spellings of a UUID are nobody's id: identity is the text itself."""
    assert not is_user_id(text)


def test_scopes_are_one_sorted_text():
    """Scopes are stored sorted, once each, a space between."""
    assert scopes_text(["b", "a:read", "b"]) == "a:read b"
    assert scopes_text([]) == ""


@pytest.mark.parametrize("text", ["posts:*", ""])
def test_one_text_is_no_scopes(text):
    """Its letters would be some, and the star among them is every scope."""
    with pytest.raises(TypeError, match="scopes is a collection of texts, not one text"):
        scopes_text(text)
