"""Builds the site: ``python docs/site/build.py [folder]``, without a network, and fails on any warning."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]

from sphinx.cmd.build import build_main  # noqa: E402 - our own files stand beside this one
from staging import stage  # noqa: E402


def main(words: list[str]) -> int:
    """Stage the pages and build them; return the generator's exit status."""
    target = Path(words[0]) if words else ROOT / "build" / "site"
    pages = target.with_name(f"{target.name}-pages")
    stage(pages)
    flags = ("-W", "--keep-going", "--fresh-env", "--quiet", "-b", "html", "-c", str(HERE))
    return build_main([*flags, "-d", str(target.with_name(f"{target.name}-trees")), str(pages), str(target)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
