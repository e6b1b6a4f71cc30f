"""Where an address is, in words; and nothing where nobody knows."""

from __future__ import annotations

import sys
from random import Random

import psutil
import pytest

from jwt_auth_core import Auth, Client
from jwt_auth_core.errors import MissingDriverError, SettingsError
from jwt_auth_core.places.maxminddb import MaxmindPlaces
from tests.auth_app.world import settings
from tests.places.files import write
from tests.processes import in_children


@pytest.fixture
def path(tmp_path):
    """Return the path of a file that knows some addresses."""
    return write(tmp_path / "places.mmdb")


@pytest.mark.parametrize(
    ("address", "language", "expected"),
    [
        ("203.0.113.9", "en", "Berlin, Germany"),
        ("203.0.113.9", "de", "Berlin, Deutschland"),
        ("203.0.113.9", "es", "Berlín, Alemania"),
        ("203.0.113.9", "fr", "Berlin, Germany"),
        ("2001:db8::1", "en", "Berlin, Germany"),
        ("198.51.100.7", "en", "Ireland"),
        ("198.51.100.200", "en", None),
        ("192.0.2.1", "en", None),
        ("10.0.0.1", "en", None),
        ("no address", "en", None),
        (None, "en", None),
    ],
)
def test_a_place_is_city_and_country_in_a_language(path, address, language, expected):
    """Of strangers' files: what is no name of one is left out."""
    assert MaxmindPlaces(str(path)).of(address, language) == expected


def test_a_file_that_is_renamed_over_it_disturbs_nobody(path, tmp_path):
    """It goes on by the old one; the new one is read by whoever begins then."""
    places, other = MaxmindPlaces(str(path)), tmp_path / "new.mmdb"
    other.write_bytes(b"cut off")
    other.replace(path)
    assert places.of("203.0.113.9", "en") == "Berlin, Germany"
    write(other).replace(path)
    assert MaxmindPlaces(str(path)).of("203.0.113.9", "en") == "Berlin, Germany"


def test_an_auth_finds_places_where_a_file_is_given(path):
    """In the order of the addresses; without a file nobody is asked."""
    auth = Auth.from_settings(settings(GEOIP_FILE=str(path)))
    assert auth.find_places.is_configured
    assert auth.find_places(["203.0.113.9", None], "en") == ["Berlin, Germany", None]
    auth.close()
    plain = Auth.from_settings(settings())
    assert not plain.find_places.is_configured
    assert plain.find_places(["203.0.113.9"], "en") == [None]
    plain.close()


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_a_file_that_is_none_is_refused_at_the_start(tmp_path, content):
    """By the name of the variable."""
    path = tmp_path / "none.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="GEOIP_FILE"):
        Auth.from_settings(settings(GEOIP_FILE=str(path)))


def test_what_is_refused_leaves_no_store_open(tmp_path):
    """The database was opened before the file was read."""
    wanted = settings(GEOIP_FILE=str(tmp_path / "none"), DATABASE_URL=f"sqlite:///{tmp_path}/auth.sqlite3")
    with pytest.raises(SettingsError, match="GEOIP_FILE"):
        Auth.from_settings(wanted)
    assert not [file.path for file in psutil.Process().open_files() if str(tmp_path) in file.path]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("content", [b"", b"half a file", b"\xff" * 4000])
def test_a_file_that_is_written_over_ends_no_process(path, content):
    """Nobody knows a place any more, until a restart; `cp` of a new file over it is such a moment."""
    places = MaxmindPlaces(str(path))

    def look(_: int) -> None:
        path.write_bytes(content)
        assert places.of("203.0.113.9", "en") is None

    assert in_children(1, look) == [0]


@pytest.mark.parametrize("seed", range(60))
def test_a_broken_file_says_no_place_or_a_name(path, seed):
    """Whatever a damaged disk or download makes of it."""
    places, chance = MaxmindPlaces(str(path)), Random(seed)  # noqa: S311 - of damages
    content = bytearray(path.read_bytes())
    for _ in range(40):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    for address in ("203.0.113.9", "2001:db8::1", "198.51.100.7"):
        assert isinstance(places.of(address, "en"), str | None)


def test_the_extra_is_named_where_it_is_missing(monkeypatch, path):
    """With what to install."""
    monkeypatch.setitem(sys.modules, "maxminddb", None)
    monkeypatch.delitem(sys.modules, "jwt_auth_core.places.maxminddb")
    with pytest.raises(MissingDriverError, match=r"jwt-auth-asgi\[geoip\]"):
        Auth.from_settings(settings(GEOIP_FILE=str(path)))


def test_a_client_is_no_place():
    """What is kept of a session is its address, as ever."""
    assert not hasattr(Client(), "place")
