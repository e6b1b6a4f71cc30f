"""SQL texts are constants: no value is ever pasted into one."""

import ast

import pytest

from tests.house.sources import FOLDERS, PACKAGES, files, functions, module_name, place, tree

DOORS = {"query", "safe_query", "execute", "executemany", "executescript", "mogrify"}
BUILDERS = {"format", "format_map", "join", "replace"}  # what makes a text out of texts
SHIPPED = [
    path for path in files(*PACKAGES) if path.stem != "redis"
]  # Redis has no SQL; its scripts are files


def name_of(call):
    """Return the last part of a called name."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def doors(top):
    """Yield (call, text) of every call below a node through which SQL reaches a database."""
    for node in ast.walk(top):
        if isinstance(node, ast.Call) and name_of(node) in DOORS and node.args:
            yield node, node.args[0]


def pasted(text, names):
    """Say whether a text is built at run time: f-string, %, +, .format; ``names`` are built ones."""
    if isinstance(text, ast.Name):
        return text.id in names
    if isinstance(text, ast.BinOp):
        return not all(isinstance(leaf, ast.Constant) for leaf in (text.left, text.right))
    if isinstance(text, ast.IfExp):
        return pasted(text.body, names) or pasted(text.orelse, names)
    return isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Call) and name_of(text) in BUILDERS)


def built(top):
    """Return the names that are given a text built at run time anywhere below a node."""
    names = set()
    for node in ast.walk(top):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if isinstance(node, ast.AugAssign) or pasted(node.value, names):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("path", SHIPPED, ids=module_name)
def test_no_value_is_pasted_into_sql(path):
    """Whatever reaches a database is a constant, a name of one, or a parameter handed on."""
    # SQL-1
    places = [tree(path), *functions(path)]
    found = {place(path, call) for top in places for call, text in doors(top) if pasted(text, built(top))}
    assert found == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_safe_query_takes_literals(folder):
    """``safe_query`` is called with literals or names of constants."""
    # SQL-1
    if folder == "tests":
        return  # tests hand it wrong texts on purpose
    calls = [(p, c, t) for p in files(folder) for c, t in doors(tree(p)) if name_of(c) == "safe_query"]
    plain = [isinstance(text, ast.Constant) or getattr(text, "id", "").isupper() for _, _, text in calls]
    assert [place(path, call) for (path, call, _), fine in zip(calls, plain, strict=True) if not fine] == []


@pytest.mark.parametrize(
    "line",
    [
        'db.query(f"SELECT {x}")',
        'db.execute("SELECT %s" % x)',
        'db.execute("SELECT " + x)',
        'db.query("SELECT {}".format(x))',
        'db.query(" ".join(parts))',
        'sql = f"SELECT {x}"; db.query(sql)',
        'sql = "SELECT"; sql += x; db.query(sql)',
        'db.query("SELECT 1" if x else f"{y}")',
    ],
)
def test_the_scan_finds_pasted_texts(line):
    """Each way to paste a value into a text is found."""
    top = ast.parse(line)
    assert [pasted(text, built(top)) for _, text in doors(top)] == [True]


@pytest.mark.parametrize("line", ['db.query("SELECT 1", (x,))', "db.query(FIND, (x,))", 'db.query("a" "b")'])
def test_the_scan_lets_constants_pass(line):
    """Constants and names of constants are fine."""
    top = ast.parse(line)
    assert [pasted(text, built(top)) for _, text in doors(top)] == [False]
