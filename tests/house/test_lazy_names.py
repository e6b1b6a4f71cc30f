"""The packages' own names: loaded when asked for, and known to type checkers all the same."""

import ast
import importlib
import subprocess
import sys

import pytest

from tests.house.sources import ROOT
from tests.house.test_imports import DRIVER_FILES

LAZY = ("jwt_auth_core", "jwt_auth_asgi")
NAMES = [(package, name) for package in LAZY for name in importlib.import_module(package).__all__]
TOKEN = """
from jwt_auth_core import AccessTokens, KeyRing
tokens = AccessTokens(KeyRing.from_secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"))
token = tokens.issue(subject="42")
tokens.verify(token)
"""
REQUEST = """
from jwt_auth_asgi import BearerMiddleware
async def app(scope, receive, send): pass
request = {"type": "http", "path": "/", "headers": [(b"authorization", b"Bearer " + token.encode())]}
call = BearerMiddleware(app, tokens)(request, None, None)
try: call.send(None)
except StopIteration: pass
"""
OF_A_TOKEN = (
    "encoding",
    "errors",
    "forks",
    "keys",
    "mac",
    "packaged",
    "records",
    "tokens",
    "vocabulary",
    "weak_secrets",
)
OF_A_REQUEST = (
    "api_keys",
    "assurance",
    "background",
    "entropy",
    "hooks",
    "one_time",
    "policies",
    "revocations",
    "steps",
)
APP = """
from jwt_auth_asgi import create_app
from jwt_auth_core import Auth
create_app(Auth.from_env({"JWT_KEY": "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g", "DATABASE_URL": "sqlite:////%s/auth.sqlite3"}))
"""
OF_AN_APP = (
    "app",
    "asgi",
    "errors",
    "executors",
    "features",
    "guard",
    "home",
    "http",
    "identity",
    "pages",
    "problems",
    "telemetry",
)
OF_SQLITE = ("passwords.accelerated.argon2", "passwords.argon2", "tokens.msgspec")
OF_NO_PAGES = ("markup", "theme", "view")  # how pages would look, which `create_app` takes


def in_a_new_process(statements):
    """Return all modules that a new interpreter has after some statements."""
    command = [sys.executable, "-c", f"{statements}\nimport sys; print(*sys.modules)"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def ours(modules):
    """Return the rooms of ours among modules."""
    return {".".join(name.split(".")[:2]) for name in modules if name.startswith(LAZY)}


@pytest.mark.parametrize("package", LAZY)
def test_importing_a_package_loads_nothing_of_it(package):
    """The package costs its list of names, until one is used."""  # S10
    assert ours(in_a_new_process(f"import {package}")) == {package}


def test_a_name_loads_what_it_needs():
    """Errors do not bring databases."""
    loaded = in_a_new_process("from jwt_auth_core import AuthError")
    assert "jwt_auth_core.errors" in loaded
    assert "jwt_auth_core.database" not in loaded


def test_a_token_loads_keys_and_tokens_alone():
    """Verifying a first token of ours loads no store, no use case, no reader of other key formats."""  # S16
    loaded = in_a_new_process(TOKEN)
    assert ours(loaded) == {"jwt_auth_core", *(f"jwt_auth_core.{room}" for room in OF_A_TOKEN)}
    assert {"jwt_auth_core.keys.jwk", "jwt_auth_core.tokens.profile_rules"}.isdisjoint(loaded)
    assert {"asyncio", "importlib.resources", "logging", "pathlib", "urllib"}.isdisjoint(loaded)


def test_the_middleware_loads_no_store_and_no_framework():
    """A request that the middleware lets through has loaded no store, no setting and no auth app."""  # S16
    loaded = in_a_new_process(TOKEN + REQUEST)
    assert "jwt_auth_asgi.bearer" in loaded
    core = {name for name in ours(loaded) if name.startswith("jwt_auth_core.")}
    assert core == {f"jwt_auth_core.{room}" for room in (*OF_A_TOKEN, *OF_A_REQUEST)}
    assert {"jwt_auth_asgi.app", "jwt_auth_asgi.cli", "jwt_auth_asgi.pages"}.isdisjoint(loaded)
    assert {"starlette", "importlib.resources"}.isdisjoint(loaded)


def test_the_auth_app_loads_no_pages_and_no_driver_that_is_not_asked_for(tmp_path):
    """The auth app on SQLite, without pages: no command, no websocket, no letter, no other key."""  # S16
    loaded = in_a_new_process(APP % tmp_path)
    assert {name for name in ours(loaded) if name.startswith("jwt_auth_asgi.")} == {
        f"jwt_auth_asgi.{room}" for room in OF_AN_APP
    }
    pages = {name for name in loaded if name.startswith("jwt_auth_asgi.pages.")}
    assert pages == {f"jwt_auth_asgi.pages.{name}" for name in OF_NO_PAGES}
    drivers = {name for name in loaded if name.startswith("jwt_auth_core.") and name.endswith(DRIVER_FILES)}
    assert drivers <= {f"jwt_auth_core.{name}" for name in OF_SQLITE}
    assert {
        "jwt_auth_core.imports.sources",
        "jwt_auth_core.mail.smtplib",
        "jwt_auth_core.webhooks.post",
    }.isdisjoint(loaded)
    assert {"cryptography", "jwt", "fastapi", "smtplib"}.isdisjoint(loaded)


def stub(package):
    """Return the statements of a package's stub."""
    return ast.parse((ROOT / package / "__init__.pyi").read_text()).body


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_type_checkers_see_the_same_object(package, name):
    """The stub imports every name from the module that it is loaded from."""
    imports = (node for node in stub(package) if isinstance(node, ast.ImportFrom))
    homes = {alias.name: node.module for node in imports for alias in node.names}
    lazy = importlib.import_module(package)
    assert homes[name] == f"{package}.{lazy._HOMES[name]}"
    assert getattr(lazy, name) is getattr(importlib.import_module(homes[name]), name)


@pytest.mark.parametrize("package", LAZY)
def test_the_stub_lists_the_same_names(package):
    """Stub and module have one list."""
    (listed,) = (node.value for node in stub(package) if isinstance(node, ast.Assign))
    assert ast.literal_eval(listed) == importlib.import_module(package).__all__


@pytest.mark.parametrize("package", LAZY)
def test_a_name_that_is_none(package):
    """The error says which package has no such name."""
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'Nonsense'"):
        _ = importlib.import_module(package).Nonsense


@pytest.mark.parametrize("package", LAZY)
def test_the_names_are_offered(package):
    """``dir()`` and completion show them before they are loaded."""
    lazy = importlib.import_module(package)
    assert set(lazy.__all__) <= set(dir(lazy))
