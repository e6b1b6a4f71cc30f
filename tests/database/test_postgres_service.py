"""Services of libpq: their files are found and read as libpq finds and reads them."""

from __future__ import annotations

import re

import psycopg2
import pytest

from jwt_auth_core.database.connections.postgres import read
from jwt_auth_core.database.postgres_url import parse
from jwt_auth_core.errors import SettingsError

HERE = "hostaddr=127.0.0.1\n"
URL = "postgresql:///d?service=ours"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """Have no variable and no file of whoever runs the tests; return where the user's files are."""
    for name in ("PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGHOST", "PGHOSTADDR", "PGPORT", "PGOPTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def places(url=URL):
    """Return the names of where a URL leads to."""
    return [str(place) for place in parse(url, read).places]


def ports(url=URL):
    """Return our port of a URL and libpq's, which is refused at each of these or says what is wrong."""
    with pytest.raises(psycopg2.OperationalError) as caught:
        psycopg2.connect(url)
    found = re.search(r"port +(\d+) failed", str(caught.value))
    return parse(url, read).places[0].port.strip() or "5432", found and found[1]


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("# ours\n[other]\nport=1\n[ours]\n# moved\n\nport=2\n[theirs]\nport=3\n", "2"),
        ("[ours]\nport=2\nport=3\n", "2"),
        ("[ours]\n[theirs]\nport=1\n[ours]\nport=2\n", "6"),
        ("[ours2]\nport=1\n\t[ours] \n \tport=2 \r\n", "2"),
        ("[ours] yes\n\f\vport=2\r\n", "2"),
        ("[ours]\nport= 2\n", "2"),
        ("[ours]\nport=\n", "5432"),
        ("[ours]\npassword=a\u2028port=1\u0085\fport=1\nport=2\n", "2"),
        ("[other]\nnonsense\n[ours]\npassword=\udce9\nport=2\n", "2"),
    ],
)
def test_a_file_is_read_as_libpq_reads_it(monkeypatch, home, text, port):
    """Groups, notes, spaces, what is said twice, ends of lines and other alphabets."""
    monkeypatch.setenv("PGPORT", "6")
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    (home / ".pg_service.conf").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert ports() == (port, port)


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("postgresql://u@127.0.0.1:1/d?service=ours", "1"),
        ("postgresql:///d?service=theirs", "3"),
        ("postgresql:///d?port=&service=ours", "5432"),
        ("postgresql:///d?port=%207&service=ours", "7"),
        ("postgresql:///d", "2"),
    ],
)
def test_the_url_counts_before_a_service(monkeypatch, home, url, port):
    """And a service before the variables, as with libpq."""
    monkeypatch.setenv("PGSERVICE", "ours")
    monkeypatch.setenv("PGPORT", "6")
    (home / ".pg_service.conf").write_text(f"[ours]\nport=2\n{HERE}[theirs]\nport=3\n{HERE}")
    assert ports(url) == (port, port)


@pytest.mark.parametrize(
    ("files", "variables", "port"),
    [
        ({".pg_service.conf": "ours", "named": "ours"}, {}, "1"),
        ({".pg_service.conf": "ours", "named": "ours"}, {"PGSERVICEFILE": "named"}, "2"),
        ({".pg_service.conf": "ours", "pg_service.conf": "ours"}, {"PGSYSCONFDIR": "."}, "1"),
        ({".pg_service.conf": "other", "pg_service.conf": "ours"}, {"PGSYSCONFDIR": "."}, "2"),
        ({"pg_service.conf": "ours"}, {"PGSYSCONFDIR": "."}, "1"),
        ({"named": "other", "pg_service.conf": "ours"}, {"PGSERVICEFILE": "named", "PGSYSCONFDIR": "."}, "2"),
    ],
)
def test_a_service_is_found_where_libpq_finds_it(monkeypatch, home, files, variables, port):
    """In the file that is named or else in the user's, and if not there in that of the system."""
    for number, (name, group) in enumerate(files.items(), start=1):
        (home / name).write_text(f"[{group}]\nport={number}\n{HERE}")
    for name, path in variables.items():
        monkeypatch.setenv(name, str(home / path))
    assert ports() == (port, port)


@pytest.mark.parametrize(
    ("file", "system"),
    [
        ("named", {}),
        ("", {}),
        ("missing", {"PGSYSCONFDIR": "."}),
        ("directory", {}),
        ("ldap", {"PGSYSCONFDIR": "."}),
    ],
)
def test_what_only_libpq_finds_is_left_to_it(monkeypatch, home, file, system):
    """A service of its own directory, of LDAP, or of a file that it will refuse: no variable is put first."""
    (home / "directory").mkdir()
    (home / "named").write_text("[other]\nhost=x\n")
    (home / "ldap").write_text("[ours]\nldap://127.0.0.1:1/x?y?one?z=1\nhost=x\n")
    (home / "pg_service.conf").write_text("[ours]\nhost=x\n")
    for name, path in {"PGSERVICEFILE": file, **system}.items():
        monkeypatch.setenv(name, path and str(home / path))
    monkeypatch.setenv("PGHOST", "elsewhere")
    assert places() == ["service ours"]
    assert places("postgresql://db/d?service=ours") == ["db:5432"]


def test_what_else_a_service_says(home):
    """Its hosts are places like those of a URL; its ``options`` and ``connect_timeout`` count."""
    text = (
        "[ours]\nhost=a,b\nport=1,2\nhostaddr=\noptions=-c x=y\nconnect_timeout=9\ntarget_session_attrs=any\n"
    )
    (home / ".pg_service.conf").write_text(text)
    found = parse(URL, read)
    assert [str(place) for place in found.places] == ["a:1", "b:2"]
    assert (found.options, found.connect_seconds, found.role) == ("-c x=y", 9, "any")


def test_libpq_is_not_left_to_read_them_again(home):
    """What is empty for one of several hosts is given as such: the list of the file is for all."""
    (home / ".pg_service.conf").write_text("[ours]\nhost=/run,b\nport=,2\nhostaddr=,127.0.0.1\n")
    assert [place.parameters() for place in parse(URL, read).places] == [
        {"host": "/run", "port": "", "hostaddr": ""},
        {"host": "b", "port": "2", "hostaddr": "127.0.0.1"},
    ]


def test_a_file_that_the_url_names(monkeypatch, home):
    """The libpq of 18 knows ``servicefile``, which counts before ``PGSERVICEFILE``."""
    monkeypatch.setenv("PGSERVICEFILE", str(home / "other"))
    (home / "named").write_text("[ours]\nhost=db\n")
    found = parse("postgresql://", lambda _: {"service": "ours", "servicefile": str(home / "named")})
    assert str(found.places[0]) == "db:5432"


def test_what_is_wrong_with_a_service(home):
    """It is said at once where it is ours to read."""
    (home / ".pg_service.conf").write_text("[ours]\nport=soon\n")
    with pytest.raises(SettingsError, match="a port is a whole number"):
        parse(URL, read)
