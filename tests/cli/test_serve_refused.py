"""`jwt-auth` where it cannot start: one sentence that names what is wrong, and no traceback."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from jwt_auth_asgi import cli
from tests.servers.authority import Authority
from tests.servers.valkey import free_port

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
PLAIN_USER = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
"""What takes root's rights from a program: those of a file's mode count then."""


@pytest.fixture
def start(tmp_path, monkeypatch, capsys):
    """Return what runs a command in an empty folder and gives back its one sentence."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*words: str, key: str = KEY, **variables: str) -> str:
        for name, value in {"JWT_KEY": key, **variables}.items():
            monkeypatch.setenv(name, value)
        assert cli.main(list(words)) == 1
        said = capsys.readouterr().err
        assert said.startswith("jwt-auth: ")
        assert said.count("\n") == 1
        return said

    return run


def by_itself(folder, *words: str, **variables: bytes | str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own that has no rights beyond those of a plain user."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"JWT_KEY", "DATABASE_URL"}
    }
    code = "import sys; from jwt_auth_asgi import cli; sys.exit(cli.main())"
    command = [*PLAIN_USER, sys.executable, "-c", code, *words]
    return subprocess.run(
        command, cwd=folder, env={**environment, **variables}, capture_output=True, text=True, check=False
    )


def test_a_place_that_takes_no_development_key_is_told(start, tmp_path):
    """One sentence names the file, the reason and the variable that would do instead."""
    (tmp_path / "var").touch()
    said = start("serve", "--development", key="")
    assert "JWT_KEY is not set, and a development key cannot be kept in " in said
    assert f"{tmp_path}/var/development-key: " in said


@pytest.mark.slow
@pytest.mark.skipif(
    bool(PLAIN_USER) and not shutil.which("setpriv"), reason="root cannot be a plain user here"
)
@pytest.mark.parametrize(
    ("key", "file"), [("", "var/development-key: Permission"), (KEY, "var/jwt-auth.sqlite3: Permission")]
)
def test_development_in_a_folder_that_may_not_be_written_to(tmp_path, key, file):
    """A plain user's start there names the file that it cannot make."""
    tmp_path.chmod(0o555)
    ended = by_itself(tmp_path, "serve", "--development", JWT_KEY=key)
    tmp_path.chmod(0o755)
    assert (ended.returncode, ended.stderr.count("\n"), ended.stdout) == (1, 1, "")
    assert f"{tmp_path}/{file} denied" in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["JWT_KEY", "DB_PASSWORD", "SERVICE_NAME"])
def test_octets_that_are_not_utf8(tmp_path, name):
    """A variable of another encoding is named, whatever it is for."""
    others = {"JWT_KEY": KEY} | (
        {"DB_HOST": "h", "DB_NAME": "d", "DB_USER": "u"} if name[:3] == "DB_" else {}
    )
    ended = by_itself(tmp_path, "migrate", **{**others, name: KEY.encode() + b"\xfc"})
    assert (ended.returncode, ended.stderr) == (1, f"jwt-auth: invalid settings: {name} is not UTF-8 text\n")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("words", ["migrate", "serve", "serve --dotenv", "serve --development"])
def test_a_dotenv_file_of_another_encoding(start, tmp_path, encoding, words):
    """Every command names the file and what to do."""
    (tmp_path / ".env").write_text("SERVICE_NAME=Büro\n", encoding)
    assert f"{tmp_path}/.env is not UTF-8 text; save it in that encoding" in start(*words.split())


@pytest.mark.parametrize("words", ["migrate", "serve"])
@pytest.mark.parametrize("path", ["{}/taken/app.sqlite3", "{}/folder", "/proc/app.sqlite3"])
def test_a_database_file_that_cannot_be_made(start, tmp_path, words, path):
    """The sentence names its path."""
    (tmp_path / "taken").touch()
    (tmp_path / "folder").mkdir()
    path = path.format(tmp_path)
    said = start(words, DATABASE_URL=f"sqlite:///{path}")
    assert f"sqlite cannot open or make its file {path}: " in said


# redis-py leaves the socket of a handshake that failed to the collector, which is called here.
@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("redis://127.0.0.1:{port}", "cannot be reached: the connection was refused"),
        ("redis://nowhere.invalid", "cannot be reached: the host is unknown, or no name server answers"),
        ("unix://{folder}/none.sock", "cannot be reached: its socket {folder}/none.sock is not there"),
        ("redis://127.0.0.1:{silent}?socket_timeout=0.1", "does not answer in time"),
        (
            "rediss://127.0.0.1:{silent}?socket_timeout=0.1&socket_connect_timeout=0.1",
            "does not answer in time: perhaps no TLS is spoken at that port",
        ),
        ("redis+sentinel://127.0.0.1:{port}/main", "cannot be reached: no sentinel that answers"),
        ("redis+cluster://127.0.0.1:{port}", "is a cluster of which no node answers for all"),
    ],
)
def test_a_redis_that_is_not_reached_is_waited_for(served, place, capsys, url, why):
    """The server starts; the doctor says which of the ways to fail it was."""
    # F-12
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        places = {"port": free_port(), "silent": silent.getsockname()[1], "folder": place}
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("REDIS_URL", url.format(**places))
            assert cli.main(["serve"]) == 0
            assert (len(served), capsys.readouterr().err) == (1, "")
            assert cli.main(["doctor"]) == 2
        assert f"redis {why.format(**places)}" in capsys.readouterr().out
    gc.collect()


# redis-py leaves the socket of a handshake that failed to the collector, which may come at any moment.
@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")
@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("", "TLS: its certificate is not trusted, unable to get local issuer certificate"),
        ("?ssl_ca_certs={}/none.pem", "a file that the TLS options name is not there"),
    ],
)
def test_a_redis_whose_certificate_cannot_be_verified(start, tmp_path, proxy_to, options, why):
    """An unknown authority and a missing file are told apart."""
    proxy = proxy_to(free_port(), tls=Authority(tmp_path).server("localhost"))
    said = start("serve", REDIS_URL=f"rediss://localhost:{proxy.port}{options.format(tmp_path)}")
    assert f"redis cannot be reached: {why}" in said
