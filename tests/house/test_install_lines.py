"""Every `pip install` line that is printed anywhere installs this project, with extras that it has."""

import ast
import re
import tomllib

import pytest

from tests.house.sources import PACKAGES, ROOT, files, place, tree

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NAME, EXTRAS = PROJECT["name"], PROJECT["optional-dependencies"]
WHEEL = f"dist/{NAME.replace('-', '_')}-{PROJECT['version']}-py3-none-any.whl"
PAPERS = [
    *ROOT.glob("*.md"),
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
    *files("docs", suffixes=(".md", ".svg")),
]
SHOWN = [
    *PAPERS,
    *files(*PACKAGES, "examples", "benchmarks", suffixes=(".py", ".md", ".toml", ".html", ".sh")),
]
LINES = re.compile(
    r"(?:pipx? install|uv tool install|(?:uv|poetry|pdm) add)(?: -\S+)* "
    r"(?P<what>'[^'\n]*'|\"[^\"\n]*\"|[^\s-]\S*)"
)
OF_THE_MAKEFILE = {"pip", ".", '".[$(EXAMPLE)]"'}
OURS = re.compile(
    rf"'(?:{re.escape(NAME)}|\.|{re.escape(WHEEL)})\[(?P<extras>[a-z0-9,]+|\{{extra\}})\](?: @ git\+\S+)?'"
)
OLD_NAME = re.compile(r"(?<![\w-])jwt-auth\\?\[")


def wrong(text):
    """Return the lines of a text that install something else, or an extra that there is not."""
    for line in LINES.finditer(text):
        if line["what"] in OF_THE_MAKEFILE and " --quiet " in line.group():
            continue
        found = OURS.fullmatch(line["what"].replace("\\", ""))
        extras = found["extras"].split(",") if found else ["?"]
        if not set(extras) <= {*EXTRAS, "{extra}"}:
            yield line.group()


STRANGERS = [
    "jwt-auth",
    "'jwt-auth[all]'",
    f"'{NAME}[nothing]'",
    "'./elsewhere[all]'",
    '"jwt-auth"',
    "pip",
    ".",
]


@pytest.mark.parametrize("what", STRANGERS)
@pytest.mark.parametrize(
    "how", ["pip install", "pip install --upgrade", "pip install -U -q", "uv add", "pipx install"]
)
def test_a_line_that_installs_something_else_is_found(how, what):
    """A stranger's name, an extra that does not exist and a path that is not ours, with whichever words."""
    assert list(wrong(f"run: {how} {what}"))


def test_every_printed_line_installs_this_project():
    """Code, papers and examples name the distribution as `pyproject.toml` does."""
    found = {place(path): list(wrong(path.read_text("utf-8"))) for path in SHOWN}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_nothing_names_the_distribution_of_a_stranger():
    """`jwt-auth` is a command; with extras behind it, it would be what somebody else published."""
    texts = {
        place(path): path.read_text("utf-8") for path in [*SHOWN, *files("tests"), ROOT / "pyproject.toml"]
    }
    found = [name for name, text in texts.items() if OLD_NAME.search(text)]
    assert found == ["tests/house/test_install_lines.py"]


def brought(extra):
    """Return the names of what an extra installs, without their limits."""
    return {re.match(r"[\w.-]+", requirement)[0] for requirement in EXTRAS[extra]}


def test_a_missing_driver_names_the_extra_that_brings_it():
    """Each extra in an error is one of the project's, and brings the package that is missing."""
    calls = [node for path in files(*PACKAGES) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    raised = [call for call in calls if getattr(call.func, "id", "") == "MissingDriverError"]
    named = {(call.args[0].value, call.keywords[0].value.value) for call in raised}
    assert len(named) > 5
    lacking = {pair for pair in named if not any(name.startswith(pair[0]) for name in brought(pair[1]))}
    assert lacking == set()
