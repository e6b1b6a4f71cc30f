"""The core's own names: loaded when asked for, and known to type checkers all the same."""

import ast
import subprocess
import sys

import pytest

import jwt_auth_core
from tests.house.sources import ROOT

STUB = ROOT / "jwt_auth_core" / "__init__.pyi"


def in_a_new_process(statement):
    """Return the modules of the core that a new interpreter has after one statement."""
    told = "import sys; print(*[name for name in sys.modules if name.startswith('jwt_auth_core')])"
    command = [sys.executable, "-c", f"{statement}\n{told}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_core_loads_nothing_of_it():
    """The package costs its list of names, until one is used."""  # S10
    assert in_a_new_process("import jwt_auth_core") == ["jwt_auth_core"]


def test_a_name_loads_what_it_needs():
    """Errors do not bring databases."""
    loaded = in_a_new_process("from jwt_auth_core import AuthError")
    assert "jwt_auth_core.errors" in loaded
    assert "jwt_auth_core.database" not in loaded


@pytest.mark.parametrize("name", jwt_auth_core.__all__)
def test_type_checkers_see_the_same_object(name):
    """The stub imports every name from the module that it is loaded from."""
    homes = {
        alias.name: node.module
        for node in ast.parse(STUB.read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert homes[name] == f"jwt_auth_core.{jwt_auth_core._HOMES[name]}"
    home = __import__(homes[name], fromlist=[name])
    assert getattr(jwt_auth_core, name) is getattr(home, name)


def test_the_stub_lists_the_same_names():
    """Stub and module have one list."""
    (listed,) = (node.value for node in ast.parse(STUB.read_text()).body if isinstance(node, ast.Assign))
    assert ast.literal_eval(listed) == jwt_auth_core.__all__


def test_a_name_that_is_none():
    """The error says which package has no such name."""
    with pytest.raises(AttributeError, match="module 'jwt_auth_core' has no attribute 'Nonsense'"):
        _ = jwt_auth_core.Nonsense


def test_the_names_are_offered():
    """``dir()`` and completion show them before they are loaded."""
    assert set(jwt_auth_core.__all__) <= set(dir(jwt_auth_core))
