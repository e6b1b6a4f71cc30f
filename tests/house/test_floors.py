"""The floors: who may import whom, and which file may import a driver."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.house.sources import PACKAGES, ROOT, files, imported, module_name, place

DRIVERS = {  # the import name of a third party -> the stem of the only files that may import it
    "argon2": "argon2",
    "authlib": "authlib",
    "awscrt": "awscrt",
    "bcrypt": "bcrypt",
    "cryptography": "cryptography",
    "dotenv": "dotenv",
    "idna": "idna",
    "jwt": "pyjwt",
    "maxminddb": "maxminddb",
    "msgspec": "msgspec",
    "nacl": "nacl",
    "opentelemetry": "opentelemetry",
    "prometheus_client": "prometheus",
    "psycopg2": "postgres",
    "pyotp": "pyotp",
    "redis": "redis",
    "segno": "segno",
    "webauthn": "webauthn",
}
ALONE = {  # files that are loaded only where that is
    "jwt_auth_asgi/gates/litestar.py": {"litestar"},
    "jwt_auth_asgi/gates/quart.py": {"quart"},
    "jwt_auth_asgi/pytest_plugin.py": {"pytest"},
    "jwt_auth_asgi/telemetry/opentelemetry.py": {"opentelemetry"},
    "jwt_auth_asgi/telemetry/prometheus.py": {"prometheus_client"},
}
FRAMEWORKS = {
    "jwt_auth_asgi": {"starlette", "uvicorn"},
    "jwt_auth_fastapi": {"anyio", "fastapi", "pydantic", "starlette"},
}
PURE = (
    "bearer",
    "features.paths",
    "problems.problem",
    "http.cookies.refresh_cookie",
)  # files of jwt_auth_asgi that know no framework


def foreign(path):
    """Yield the third parties that a file imports, with the statement."""
    for name, statement in imported(path):
        top = name.partition(".")[0]
        if top and top not in sys.stdlib_module_names and top not in PACKAGES:
            yield top, statement


@pytest.fixture(scope="module")
def graph():
    """Return who imports whom, module by module, third parties included."""
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_import_contracts_hold():
    """import-linter keeps every contract of pyproject.toml."""
    # In a process of its own: it would switch off the loggers of this one.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_imports_itself_back(graph):
    """No chain of imports leads from a module back to itself, whatever its length."""
    for module in sorted(graph.modules):
        for neighbour in sorted(graph.find_modules_directly_imported_by(module)):
            assert graph.find_shortest_chain(neighbour, module) is None, f"{module} -> {neighbour} -> ..."


@pytest.mark.parametrize("path", files("jwt_auth_core"), ids=module_name)
def test_drivers_live_in_the_file_that_bears_their_name(path):
    """A third-party driver is imported only in the file named after it."""
    for top, statement in foreign(path):
        assert DRIVERS.get(top) == path.stem, f"{place(path, statement)} imports {top}"


@pytest.mark.parametrize("package", FRAMEWORKS)
def test_adapters_import_only_their_framework(package):
    """The edges import the core and their framework, nothing else."""
    for path in files(package):
        for top, statement in foreign(path):
            allowed = FRAMEWORKS[package] | ALONE.get(place(path), set())
            assert top in allowed, f"{place(path, statement)} imports {top}"


def test_the_middleware_knows_no_framework(graph):
    """No chain of imports leads from the pure ASGI files to a third party."""
    sources = {f"jwt_auth_asgi.{name}" for name in PURE}
    outside = {name for name in graph.modules if graph.is_module_squashed(name)} - set(DRIVERS)
    for source in sorted(sources):
        for target in sorted(outside - sys.stdlib_module_names):
            assert graph.find_shortest_chain(source, target) is None, f"{source} -> ... -> {target}"


@pytest.mark.parametrize("path", files(*PACKAGES), ids=module_name)
def test_imports_are_absolute(path):
    """No import is relative, so that a name says where a thing lives."""
    for name, statement in imported(path):
        assert not name.startswith("."), place(path, statement)
