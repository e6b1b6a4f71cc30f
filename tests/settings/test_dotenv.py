"""The `.env` file: read beneath the environment, where there is one."""

import logging
import os
import re
import sys

import pytest

from jwt_auth_core import Auth, Settings, default
from jwt_auth_core.development import development_settings
from jwt_auth_core.errors import MissingDriverError, SettingsError
from jwt_auth_core.variables.dotenv import with_dotenv

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
NAMES = ("JWT_KEY", "DATABASE_URL", "DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "REDIS_URL")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Work in a folder whose `.env` has a key and a service's name, with nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text(f"JWT_KEY={KEY}\nSERVICE_NAME=shop\n")
    return tmp_path


def missing() -> str:
    """Return what is said when JWT_KEY is looked for in vain."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env()
    return str(caught.value)


def test_the_file_of_the_working_directory_is_read(folder):
    """Without a mapping `.env` fills what the environment lacks; nothing is put into the environment."""
    settings = Settings.from_env()
    assert (settings.jwt_key.reveal(), settings.service_name) == (KEY, "shop")
    assert "JWT_KEY" not in os.environ
    assert (folder / ".env").exists()


@pytest.mark.usefixtures("folder")
def test_the_environment_wins(monkeypatch):
    """What both say is taken from the environment."""
    monkeypatch.setenv("SERVICE_NAME", "office")
    assert Settings.from_env().service_name == "office"


@pytest.mark.usefixtures("folder", "no_default")
def test_an_auth_from_the_environment_reads_the_file():
    """`Auth.from_env`, and the `Auth` that is made where none is given, start on it."""
    for make in (Auth.from_env, default.default_auth):
        made = make()
        made.close()
        assert made.settings.service_name == "shop"


@pytest.mark.usefixtures("folder")
def test_the_file_can_be_left_alone():
    """`dotenv=False` turns it off, and the sentence does not send anybody there."""
    with pytest.raises(SettingsError) as caught:
        Auth.from_env(dotenv=False)
    assert str(caught.value).endswith("JWT_KEY is required and is not set; looked for in the environment")


@pytest.mark.usefixtures("folder")
def test_a_mapping_is_read_instead():
    """With a mapping neither the environment nor the file counts, for development too."""
    with pytest.raises(SettingsError, match="looked for in the given mapping"):
        Settings.from_env({})
    assert development_settings({"JWT_KEY": KEY}).service_name == "jwt-auth"


@pytest.mark.parametrize("line", [f'JWT_KEY="{KEY}', f"JWT_KEY='{KEY}", f'JWT_KEY="{KEY}"x', f"{KEY}: a"])
def test_a_line_that_cannot_be_read_is_named(folder, line):
    """It is not left out, as if its setting were not there; what stands in it is not shown."""
    (folder / ".env").write_text(f"SERVICE_NAME=shop\n\n# the key\n{line}\nCOOKIE_NAME=shop\n")
    said = missing()
    assert f"{folder}/.env cannot be read at line 4: write NAME=value, and close what a quote opens" in said
    assert KEY not in said


def test_a_missing_setting_says_where_it_was_looked_for(folder):
    """The sentence names the file that was read, or that there is none."""
    (folder / ".env").write_text("SERVICE_NAME=shop")
    assert missing().endswith(f"looked for in the environment and {folder}/.env")
    (folder / ".env").unlink()
    assert missing().endswith(f"looked for in the environment (there is no {folder}/.env)")


def test_a_file_that_nothing_can_read_is_one_warning(folder, monkeypatch, caplog):
    """Without python-dotenv the environment alone counts; one line says how to install it."""
    monkeypatch.setitem(sys.modules, "dotenv", None)
    with caplog.at_level(logging.WARNING, "jwt_auth.dotenv"):
        said = [missing(), missing()]
    line = (
        f"{folder}/.env is not read: python-dotenv is not installed; run: pip install 'jwt-auth-asgi[dotenv]'"
    )
    assert caplog.messages == [line]
    assert all(line in one for one in said)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_another_encoding_is_one_sentence(folder, encoding):
    """A `.env` that is not UTF-8 is named, with what to do, and nothing of what it holds."""
    (folder / ".env").write_text(f"JWT_KEY={KEY}\nNAME=Büro\n", encoding)
    sentence = f"{folder}/.env is not UTF-8 text; save it in that encoding"
    with pytest.raises(SettingsError, match=re.escape(sentence)) as caught:
        Settings.from_env()
    assert caught.value.problems == (sentence,)


def test_a_mark_at_the_beginning_is_no_part_of_a_name(folder):
    """What some editors put before UTF-8 does not hide the first variable."""
    (folder / ".env").write_text(f"JWT_KEY={KEY}\n", "utf-8-sig")
    assert Settings.from_env().jwt_key.reveal() == KEY


def test_a_file_that_may_not_be_read_is_one_sentence(folder, monkeypatch):
    """Settings that cannot be seen are not taken for absent."""

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(folder), "read_text", refuse)
    assert missing() == f"invalid settings: {folder}/.env cannot be read: Permission denied"


def test_a_folder_of_that_name_is_no_file(folder):
    """A virtual environment called `.env` is left alone."""
    (folder / ".env").unlink()
    (folder / ".env").mkdir()
    assert "there is no" in missing()


@pytest.mark.parametrize(
    ("in_file", "in_environment", "read"),
    [
        ("DB_HOST=db\nDB_NAME=a\nDB_USER=u", {"DATABASE_URL": "sqlite:///x"}, "sqlite:///x"),
        (
            "DATABASE_URL=sqlite:///x",
            {"DB_HOST": "db", "DB_NAME": "a", "DB_USER": "u"},
            "postgresql://u:@db:5432/a",
        ),
        ("DB_NAME=a\nDB_USER=u", {"DB_HOST": "db"}, "postgresql://u:@db:5432/a"),
    ],
)
def test_the_environment_wins_as_a_whole_where_it_names_a_database(
    folder, monkeypatch, in_file, in_environment, read
):
    """One way to name a database in the environment puts the file's other way out of use."""
    (folder / ".env").write_text(f"JWT_KEY={KEY}\n{in_file}\n")
    for name, value in in_environment.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env().database_url.reveal() == read


def test_the_file_fills_what_the_mapping_lacks(tmp_path):
    """Variables of the file are added; the mapping wins."""
    file = tmp_path / ".env"
    file.write_text("A=1\nB='two words'\nC\n")
    assert dict(with_dotenv({"A": "0"}, file)) == {"A": "0", "B": "two words", "C": ""}


def test_no_file_adds_nothing(tmp_path):
    """Without a file the mapping comes back as it is."""
    mapping = {"A": "1"}
    assert with_dotenv(mapping, tmp_path / ".env") is mapping


def test_a_file_without_the_driver_names_the_command(tmp_path, monkeypatch):
    """With a file and no python-dotenv the error has the exact install line."""
    (tmp_path / ".env").write_text("A=1")
    monkeypatch.setitem(sys.modules, "dotenv", None)
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[dotenv\]'"):
        with_dotenv({}, tmp_path / ".env")
