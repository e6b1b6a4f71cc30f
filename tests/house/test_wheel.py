"""The wheel: what it holds, what it needs, and that it works where nothing else is installed."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.house.sources import PACKAGES, ROOT, files, modules
from tests.house.test_floors import ALONE

pytestmark = pytest.mark.slow

FIXTURES = """
def test_a_caller(auth, auth_headers, auth_clock, auth_events):
    auth_clock.shift(minutes=15)
    token = auth_headers(subject="ada")["authorization"].removeprefix("Bearer ")
    assert (auth.claims_of(token).subject, auth_events) == ("ada", [])
"""

LOADED = """
import sys
before = set(sys.modules)
from jwt_auth_core import *
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(tops - sys.stdlib_module_names))
"""

INSTALL = re.findall(r"^pip install .*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
REPORT = ("--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--report", "-")
GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com")


def run(*command, cwd):
    """Run a command away from the repository; return its output."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind, folder):
    """Build one distribution into a folder; return the path of its file."""
    folder.mkdir(exist_ok=True)
    command = ("-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(folder), str(ROOT))
    run(sys.executable, *command, cwd=folder)
    return next(folder.glob("*.whl" if kind == "wheel" else "*.tar.gz"))


def environment(folder, *requirements):
    """Return the interpreter of a new environment that holds the requirements."""
    run(sys.executable, "-m", "venv", "--without-pip", str(folder), cwd=folder.parent)
    python = str(folder / "bin" / "python")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *requirements)
    run(*pip, cwd=folder.parent)
    return python


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the path of a freshly built wheel."""
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """Return an interpreter that has the wheel and nothing else."""
    return environment(tmp_path_factory.mktemp("environments") / "bare", str(wheel))


@pytest.fixture(scope="module")
def full(wheel, tmp_path_factory):
    """Return an interpreter that has the wheel and all its extras."""
    return environment(tmp_path_factory.mktemp("environments") / "full", f"{wheel}[all]")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a clone of the project in which `make wheel` has run."""
    folder = tmp_path_factory.mktemp("clone")
    for name in (*PACKAGES, "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    run("git", "init", "--quiet", cwd=folder)
    run("git", "add", "--all", cwd=folder)
    run(*GIT, "commit", "--quiet", "--message", "Copy", cwd=folder)
    build("wheel", folder / "dist")
    return folder


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    """Modules, type markers, SQL, Lua, word lists and pages: all that the folders hold, nothing more."""
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    there = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    assert held == {path.relative_to(ROOT).as_posix() for path in there if path.suffix != ".pyc"}
    assert held >= {f"{package}/py.typed" for package in PACKAGES}


def test_the_wheel_needs_nothing(bare, tmp_path):
    """Installed alone it brings nothing along, and its core loads the standard library only."""
    # SUP-1
    listed = run(sys.executable, "-m", "pip", "--python", bare, "list", "--format=freeze", cwd=tmp_path)
    assert [line.partition("==")[0] for line in listed.splitlines()] == ["jwt-auth-asgi"]
    assert run(bare, "-W", "error", "-c", LOADED, cwd=tmp_path).split() == ["jwt_auth_core"]


def test_all_extras_bring_what_every_module_needs(full, tmp_path):
    """With ``[all]`` each module of the three packages can be imported."""
    alone = {path.removesuffix(".py").replace("/", ".") for path in ALONE}  # loaded by what they are for
    names = [name for name in modules(*PACKAGES) if name not in alone]
    lines = "\n".join(f"import {name}" for name in names)
    run(full, "-W", "error", "-c", lines, cwd=tmp_path)


def test_pytest_finds_the_fixtures(full, tmp_path):
    """Installed beside it, with every warning an error; nothing is switched on."""
    (tmp_path / "test_it.py").write_text(FIXTURES)
    run(sys.executable, "-m", "pip", "--python", full, "install", "--quiet", "pytest", cwd=tmp_path)
    said = run(full, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "test_it.py", cwd=tmp_path)
    assert "1 passed" in said


def test_the_command_is_installed(full, tmp_path):
    """``jwt-auth --help`` says what can be done."""
    said = run(full.replace("python", "jwt-auth"), "--help", cwd=tmp_path)
    assert all(word in said for word in ("serve", "migrate", "users", "sessions"))


def test_the_command_says_what_is_missing(bare, tmp_path):
    """Without the extras the command ends with one sentence, the line that installs them included."""
    command = [bare.replace("python", "jwt-auth"), "serve", "--development"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.endswith("is not installed; run: pip install 'jwt-auth-asgi[argon2]'\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("extra", ["idna", "dotenv"])
def test_the_line_that_a_missing_driver_prints_brings_it(wheel, tmp_path, extra):
    """What is installed from a wheel takes the extra by the printed line, though no index has the name."""
    python = environment(tmp_path / "one", str(wheel))
    printed = run(
        python,
        "-c",
        f"from jwt_auth_core.errors import MissingDriverError as E; print(E('x', extra={extra!r}))",
        cwd=tmp_path,
    )
    words = shlex.split(printed.partition("run: pip install ")[2])
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *words, cwd=tmp_path)
    run(python, "-c", f"import {extra}", cwd=tmp_path)


@pytest.mark.parametrize("way", [0, 1, 2])
def test_the_ways_to_install_that_the_readme_prints(way, clone):
    """Each line of the README gives the whole distribution, from a clone, its wheel or a git URL."""
    line = INSTALL[way].replace("git+ssh://git.example.com/jwt-auth.git", f"git+{clone.as_uri()}")
    words = shlex.split(line, comments=True)[2:]
    report = run(sys.executable, "-m", "pip", "install", *REPORT, *words, cwd=clone)
    (found,) = json.loads(report)["install"]
    assert (found["metadata"]["name"], found["requested_extras"]) == ("jwt-auth-asgi", ["all"])


def test_the_source_distribution_builds(tmp_path):
    """The sdist holds what a wheel is made from, the licence and the papers."""
    listed = run("tar", "tzf", str(build("sdist", tmp_path)), cwd=tmp_path).split()
    held = {name.partition("/")[2] for name in listed}
    assert held >= {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"}
    assert held >= {path.relative_to(ROOT).as_posix() for path in files(*PACKAGES)}
