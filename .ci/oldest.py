"""Installs the oldest version that each extra declares: ``python .ci/oldest.py FOLDER``.

The folder becomes an environment. What the extras bring in turn, and the tools of the tests, are as new as
goes with it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOO_NEW = {
    "fastmcp": "wants a newer python-dotenv than we do",
    "mcp": "wants a newer PyJWT than we do",
}


def tools(groups: dict[str, list[str]]) -> list[str]:
    """Return the development group without ourselves, and without what cannot be beside the oldest."""
    names = ((re.split(r"[\[<>=~! ]", line)[0], line) for line in groups["dev"])
    return [line for name, line in names if name not in {"jwt-auth-asgi", *TOO_NEW}]


def main(folder: Path) -> None:
    """Resolve, then install; the versions stay in ``oldest.txt`` of the environment."""
    uv, python = folder / "bin" / "uv", folder / "bin" / "python"
    versions, wanted = folder / "oldest.txt", folder / "tools.txt"
    venv.create(folder, with_pip=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "uv"], check=True)
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    wanted.write_text("\n".join(tools(groups)) + "\n", "utf-8")
    resolve = ["pip", "compile", "--quiet", "--extra", "all", "--resolution", "lowest-direct"]
    resolve += ["--python", str(python), "--output-file", str(versions), str(ROOT / "pyproject.toml")]
    install = ["pip", "install", "--quiet", "--python", str(python), "--editable", f"{ROOT}[all]"]
    install += ["--requirement", str(wanted), "--constraint", str(versions)]
    for words in (resolve, install):
        subprocess.run([str(uv), *words], cwd=ROOT, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
