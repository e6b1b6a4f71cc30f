"""Importing: the core needs the standard library only, and importing does nothing."""

import json
import subprocess
import sys

import pytest

from tests.house.sources import PACKAGES, ROOT, modules

PROBE = ROOT / "tests" / "house" / "import_probe.py"
DRIVER_FILES = (
    "argon2",
    "authlib",
    "awscrt",
    "bcrypt",
    "cryptography",
    "maxminddb",
    "msgspec",
    "nacl",
    "postgres",
    "pyjwt",
    "pyotp",
    "redis",
    "segno",
    "webauthn",
)
ROOMS = [name for name in modules("jwt_auth_core") if not name.endswith(DRIVER_FILES)]
PURE = ["jwt_auth_asgi.bearer", "jwt_auth_asgi.features.paths", "jwt_auth_asgi.problems.problem"]
TESTING = ["jwt_auth_asgi.testing", "jwt_auth_asgi.testing.throwaway", "jwt_auth_asgi.testing.recorder"]
DEEDS = """
import os, socket, threading
os.getenv("X")
socket.socket().close()
threading.Thread(target=int).start()
"""


def probe(root, mode, *names, flags=()):
    """Run the probe in a new interpreter in which warnings are errors; return what it saw."""
    command = [sys.executable, "-W", "error", *flags, str(PROBE), str(root), mode, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


IDS = ["core", "rooms", "middleware", "testing"]


@pytest.mark.parametrize("names", [["jwt_auth_core"], ROOMS, PURE, TESTING], ids=IDS)
def test_imports_in_a_bare_interpreter(names):
    """Without site-packages everything but the driver files imports, and asks for nothing foreign."""
    # SUP-1
    assert probe(ROOT, "asked", *names, flags=["-I", "-S"]) == []


def test_importing_does_nothing():
    """Importing any module reads no environment, opens nothing, starts nothing and warns of nothing."""
    assert probe(ROOT, "done", *modules(*PACKAGES)) == []


def test_the_probe_sees_what_an_import_does(tmp_path):
    """A module that reads the environment, opens a socket and starts a thread is caught."""
    (tmp_path / "jwt_auth_core").mkdir()
    (tmp_path / "jwt_auth_core" / "__init__.py").write_text(DEEDS)
    kinds = {deed.split(" at ")[0] for deed in probe(tmp_path, "done", "jwt_auth_core")}
    assert kinds >= {"os.environ X", "socket.__new__", "threading.Thread.start"}


def test_the_probe_sees_who_is_asked_for(tmp_path):
    """An import of a third party is seen, also where its absence is caught."""
    (tmp_path / "jwt_auth_core").mkdir()
    text = "try:\n    import redis\nexcept ImportError:\n    pass\n"
    (tmp_path / "jwt_auth_core" / "__init__.py").write_text(text)
    assert probe(tmp_path, "asked", "jwt_auth_core", flags=["-I", "-S"]) == ["redis"]
