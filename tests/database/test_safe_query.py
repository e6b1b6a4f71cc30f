"""`safe_query` on the process's database, also as the original package's documentation writes it."""

import subprocess
import sys

import pytest

from jwt_auth_core import Auth, default, safe_query, transaction
from jwt_auth_core.errors import SettingsError

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
NAMES = ("JWT_KEY", "DATABASE_URL", "DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "REDIS_URL")
ADD = "INSERT INTO notes (id, body) VALUES (%s, %s)"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Work in an empty folder with no setting at all; what was opened is closed afterwards."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def notes():
    """Make a table with one row."""
    safe_query("CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT)")
    safe_query(ADD, (1, "a"))


@pytest.mark.usefixtures("notes")
def test_rows_come_without_being_asked_for():
    """A statement that returns rows returns a list of them, any other the number of rows."""
    assert safe_query("SELECT body FROM notes WHERE id = %s", (1,)) == [{"body": "a"}]
    assert safe_query("SELECT body FROM notes WHERE id = %s", (2,)) == []
    assert safe_query("DELETE FROM notes") == 1


@pytest.mark.usefixtures("notes")
def test_fetch_none_is_a_count():
    """Whoever says None is told how many rows there are."""
    assert safe_query("SELECT * FROM notes", fetch=None) == 1
    assert safe_query("SELECT * FROM notes", (), None) == 1


@pytest.mark.usefixtures("notes")
def test_a_row_unpacks_into_its_values():
    """What the original gave as a tuple can be taken apart like one."""
    number, body = safe_query("SELECT id, body FROM notes", fetch="one")
    assert [(number, body)] == [tuple(row) for row in safe_query("SELECT id, body FROM notes", (), "all")]


@pytest.mark.usefixtures("notes")
def test_the_words_of_the_original_are_taken():
    """`query=`, `params=None` and a `fetch` by place mean what they meant."""
    assert safe_query(query="SELECT body FROM notes", params=None, fetch="one") == ("a",)
    assert safe_query("SELECT body FROM notes", None, "one")["body"] == "a"


@pytest.mark.usefixtures("notes")
def test_insert_is_not_needed():
    """`insert=True` works and says, where it is written, that it can go; `insert=False` is silent."""
    with pytest.warns(DeprecationWarning, match="insert=True is not needed") as told:
        assert safe_query(ADD, (2, "b"), insert=True) == 1
    assert told[0].filename == __file__
    assert safe_query("SELECT body FROM notes WHERE id = 2", insert=False) == [("b",)]


def test_neither_a_key_nor_a_hasher_is_needed():
    """Queries alone need nothing that tokens and passwords need."""
    lines = (
        "import sys; sys.modules['argon2'] = None",
        "from jwt_auth_core import safe_query, transaction",
        "with transaction(): print(safe_query('SELECT 1 AS a'), 'argon2' in str(sys.modules['argon2']))",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[{'a': 1}] False\n"


def test_the_auth_that_comes_later_has_the_same_database(monkeypatch):
    """What was opened for a query is the `Auth`'s database, in memory too."""
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    safe_query("CREATE TABLE here (a TEXT)")
    monkeypatch.setenv("JWT_KEY", KEY)
    made = default.default_auth()
    assert (made.database.query("SELECT * FROM here", fetch="all"), safe_query("SELECT * FROM here")) == (
        [],
        [],
    )
    assert default.made() is made
    assert isinstance(made, Auth)


def test_an_auth_that_cannot_be_made_leaves_queries_alone():
    """Without a key nobody logs in, and queries go on."""
    safe_query("CREATE TABLE here (a TEXT)")
    with pytest.raises(SettingsError, match="JWT_KEY is required"):
        default.default_auth()
    with transaction():
        safe_query("INSERT INTO here VALUES ('a')")
    assert safe_query("SELECT a FROM here") == [("a",)]


@pytest.mark.servers
def test_a_dotenv_file_names_the_database(folder, postgres_url, monkeypatch):
    """With JWT_KEY exported and the database only in `.env`, queries go there and no file is made."""
    monkeypatch.setenv("JWT_KEY", KEY)
    (folder / ".env").write_text(f"DATABASE_URL={postgres_url}\n")
    assert "PostgreSQL" in safe_query("SELECT version() AS it", fetch="one")["it"]
    assert not (folder / "var").exists()
