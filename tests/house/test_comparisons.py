"""What an attacker may guess is compared in constant time."""

import ast
import re

import pytest

from tests.house.sources import PACKAGES, files, imported, module_name, place, tree

GUESSED = re.compile(r"(^|_)(h?mac|digest|signature|tag|secret|password|token|reveal)s?$")
ORDERLESS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
HOMES = ("jwt_auth_core.encoding", "jwt_auth_core.vocabulary", "jwt_auth_core.keys.")  # call compare_digest


def words(node):
    """Return the name that an operand ends in: of a name, an attribute, a call or an item."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return getattr(node, "attr", getattr(node, "id", ""))


def operands(node):
    """Yield what a comparison compares, the members of a literal set or tuple one by one."""
    for operand in (node.left, *node.comparators):
        yield from operand.elts if isinstance(operand, ast.Set | ast.Tuple | ast.List) else [operand]


def is_about_the_end(node):
    """Tell whether only the last character is looked up: how something is spelled, not what it is."""
    end = getattr(node.left, "slice", None)
    return isinstance(node.ops[0], ast.In | ast.NotIn) and isinstance(end, ast.UnaryOp)


def compared(top):
    """Yield every ==, !=, in and not in below a node whose operand is named like a secret."""
    for node in ast.walk(top):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ORDERLESS):
            sides = list(operands(node))
            wholes = {ast.dump(side.value) if isinstance(side, ast.Subscript) else "" for side in sides}
            itself = len(wholes) == 1 and "" not in wholes  # secret[1:] == secret[:-1]
            plain = itself or is_about_the_end(node) or any(isinstance(side, ast.Constant) for side in sides)
            if not plain and any(GUESSED.search(words(side)) for side in sides):
                yield node


@pytest.mark.parametrize("path", files(*PACKAGES), ids=module_name)
def test_secrets_are_not_compared_by_equality(path):
    """No ==, != or in stands between values named like a MAC, a digest, a signature or a secret."""
    # JWT-17
    assert [place(path, node) for node in compared(tree(path))] == []


def test_constant_time_has_one_home():
    """Only the ground floor and the keys call ``compare_digest``; the rooms call ``same``."""
    # JWT-17
    calls = [
        place(path, node)
        for path in files(*PACKAGES)
        if not module_name(path).startswith(HOMES)
        for node in ast.walk(tree(path))
        if "compare_digest" in {getattr(node, "attr", ""), getattr(node, "id", "")}
    ]
    assert calls == []


@pytest.mark.parametrize(
    "line",
    [
        "mac == given",
        "x.digest != y",
        "a in {b.digest, c}",
        "digest(x) == y[1]",
        "x.mac == y.mac",
        "x.mac == x.tag",
        "x.mac[-1] == y",
    ],
)
def test_the_scan_finds_comparisons(line):
    """A comparison is found by the name of either side."""
    assert len(list(compared(ast.parse(line)))) == 1


@pytest.mark.parametrize("line", ["x.mac[-1] in ends", "mac == 'x'", "mac[1:] == mac[:-1]"])
def test_the_scan_passes_what_gives_nothing_away(line):
    """A last character, a constant, and parts of one value."""
    assert list(compared(ast.parse(line))) == []


def test_randomness_is_the_systems():
    """Nothing in the packages draws from the predictable generator."""
    found = [place(p, node) for p in files(*PACKAGES) for name, node in imported(p) if name == "random"]
    assert found == []
