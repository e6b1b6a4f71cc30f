"""The URL of an embedded database, as SQLAlchemy writes it."""

from __future__ import annotations

from contextlib import closing

import pytest

from jwt_auth_core import assemble
from jwt_auth_core.database.sqlite_url import SqliteUrl, parse
from jwt_auth_core.errors import SettingsError
from tests.end_to_end.site import settings


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite://", SqliteUrl(":memory:")),
        ("sqlite:///:memory:", SqliteUrl(":memory:")),
        ("sqlite:///app.db", SqliteUrl("app.db")),
        ("sqlite:////var/app.db", SqliteUrl("/var/app.db")),
        ("sqlite:///app.db?timeout=30", SqliteUrl("app.db", 30.0)),
        ("sqlite:///why%3F%20me.db?timeout=0.5", SqliteUrl("why? me.db", 0.5)),
    ],
)
def test_what_a_url_names(url, place):
    """The path is what stands behind three slashes; ``timeout`` is the wait for another writer."""
    assert parse(url) == place


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://app.db", "needs three slashes"),
        ("sqlite:///file:app.db?mode=ro&uri=true", "not SQLite's file: form"),
        ("sqlite:///app.db?mode=ro", "no option but timeout=seconds"),
        ("sqlite:///app.db?timeout=soon", "from 0 to 3600 seconds"),
        ("sqlite:///app.db?timeout=-1", "from 0 to 3600 seconds"),
        ("sqlite:///app.db?timeout=nan", "from 0 to 3600 seconds"),
    ],
)
def test_what_a_url_may_not_say(url, reason):
    """What would be ignored, or be a file of another name, is refused with the reason."""
    with pytest.raises(SettingsError, match=reason):
        parse(url)


def test_no_file_has_the_options_in_its_name(tmp_path):
    """The file is the one that the URL names, whatever stands behind the question mark."""
    wanted = settings(DATABASE_URL=f"sqlite:///{tmp_path}/app.db?timeout=30")
    with closing(assemble.stores(wanted)):
        assert (tmp_path / "app.db").exists()
    assert [path for path in tmp_path.iterdir() if "?" in path.name] == []
