"""A key that ``JWT_KEY`` takes can be written into ``JWT_PREVIOUS_KEYS`` just as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core import assemble
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.sessions.session import new_session_id
from jwt_auth_core.settings import Settings

NEW = "Bq7-Xw2tR9_uLc4Zk8VnMe1Hs6JyPg3F"
OLD = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
OLDER = "Ht5!mQ0zWd8*rXa2(Kv6)Ny1+Lb7^Ec4"
WRITTEN = {
    "plain": OLD,
    "a newline of its file": f"{OLD}\n",
    "a carriage return, too": f"{OLD}\r\n",
    "spaces": f"  {OLD} ",
    "a tab and a no-break space": f"\t{OLD}\u00a0",
    "only a newline makes it long": f"{OLD[1:]}\n",
    "a comma at its end": f"{OLD},",
    "a comma at its beginning": f",{OLD}",
    "a comma within": f"{OLD[:20]},{OLD[20:]}",
    "commas around a space": f"{OLD[:9]}, {OLD[9:20]} ,{OLD[20:]}",
    "two halves that are keys, too": f"{OLD},{OLDER}",
    "one half that is one": f"{OLD},tail",
    "many commas": ",".join(OLD),
    "many commas after a key": f"{OLD},a,b,c,{OLDER},d",
    "all of it": f" {OLD[:20]},\t{OLD[20:]},{OLDER},\n",
}


def auth_with(**variables: str):
    """Return what issues and verifies access and refresh tokens."""
    read = Settings.from_env(variables)
    return assemble.access_tokens(read), assemble.refresh_tokens(read)


def go_on(key: str, previous: str) -> None:
    """Tokens that were made with a key are good where it is a previous one."""
    access, refresh = auth_with(JWT_KEY=key)
    later, latest = auth_with(JWT_KEY=NEW, JWT_PREVIOUS_KEYS=previous)
    assert later.verify(access.issue(subject="42")).subject == "42"
    session_id = new_session_id()
    assert latest.parse(refresh.first(session_id).text.reveal()).session_id == session_id


@pytest.mark.parametrize("key", WRITTEN.values(), ids=WRITTEN)
def test_a_key_becomes_a_previous_key_as_it_stands(key):
    """Commas, outer space and newlines are read alike by both variables."""
    go_on(key, key)


@pytest.mark.parametrize("key", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("form", ["{1},{0}", "{0},{1}"], ids=["first", "last"])
def test_it_may_stand_beside_another(key, form):
    """A second rotation puts a newer or an older key beside it."""
    if key.count(",") <= 2:
        for one in (key, OLDER):
            go_on(one, form.format(key, OLDER))


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8"), min_size=8, max_size=60), st.sampled_from(["", ",", "\n", " "]))
def test_whatever_is_a_key_can_be_a_previous_one(text, mark):
    """There is no key that only one of the variables takes."""
    try:
        auth_with(JWT_KEY=text + mark)
    except SettingsError:
        return
    go_on(text + mark, text + mark)


@pytest.mark.parametrize("form", ["{},{}", "{}, {}", "{},\n  {}\n", " {} ,{},"])
def test_a_list_is_read_as_ever(form):
    """Space around the keys of a list is no part of them."""
    for key in (OLD, OLDER):
        go_on(key, form.format(OLD, OLDER))


def test_many_plain_keys_fit():
    """As many as a ring holds beside the one that signs, and one more is a sentence."""
    keys = [f"{OLDER}{number:02}" for number in range(32)]
    for key in (keys[0], keys[30]):
        go_on(key, ", ".join(keys[:31]))
    with pytest.raises(SettingsError, match="holds 1 to 32 keys"):
        auth_with(JWT_KEY=NEW, JWT_PREVIOUS_KEYS=", ".join(keys))


@pytest.mark.parametrize("text", [" ", ",", ", ,\n"])
def test_nothing_is_no_key(text):
    """Commas and space alone name none."""
    assert Settings.from_env({"JWT_KEY": NEW, "JWT_PREVIOUS_KEYS": text}).jwt_previous_keys == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OLD[:31], "at least 32 bytes"),
        (", ".join([OLD] * 30 + ["short"]), "at least 32 bytes"),
        ("x" * 40 + f",{OLD}", "repetition"),
        (f"{OLD},09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", "published"),
    ],
    ids=["short", "short among many", "weak", "published"],
)
def test_what_is_no_key_is_refused(text, why):
    """A piece that is weak, or too short where it cannot be part of a key, is a mistake of the list."""
    # JWT-06
    with pytest.raises(SettingsError, match=f"JWT_PREVIOUS_KEYS has one that .*{re.escape(why)}"):
        Settings.from_env({"JWT_KEY": NEW, "JWT_PREVIOUS_KEYS": text})
