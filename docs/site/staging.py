"""The papers as the generator takes them; links to files of the repository lead to pages that show them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from nav import ROOT, papers, sections
from reference import PACKAGES, page_of

LINK = re.compile(r"""(?P<before>\]\(|src=")(?P<path>(?![a-z]+:|\#|/)[^)"#\s]+)""")
FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)
PICTURES = {".svg", ".png"}
LANGUAGES = {".py": "python", ".yaml": "yaml", ".toml": "toml", ".json": "json", ".diff": "diff"}
HOME = """# jwt-auth

Authentication for Python's ASGI world: passwords, access tokens, refresh sessions, second factors, sign-in
with others, for FastAPI, Starlette and any other ASGI application.

Begin with the {doc}`tutorial <tutorial>`, or with the {doc}`README <README>`: what there is, every setting,
every route.
"""


class Stage:
    """A folder of pages, made of the repository's papers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = {path: f"{name}.md" for name, path in papers().items()}
        self.shown: dict[Path, str] = {}

    def fill(self) -> None:
        """Write every page."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for path, name in self.pages.items():
            self._write(name, self._rewritten(path))
        for package in PACKAGES:
            self._write(f"reference/{package}.md", page_of(package))
        for path, name in self.shown.items():
            self._write(name, "\n".join(self._showing(path)))
        self._write("index.md", "\n".join([HOME, *_contents()]))

    def _write(self, name: str, text: str) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")

    def _rewritten(self, path: Path) -> str:
        parts = FENCE.split(path.read_text("utf-8"))
        prose = (LINK.sub(lambda link: self._link(link, path), part) for part in parts[::2])
        fences = [*parts[1::2], ""]
        return "".join(text for pair in zip(prose, fences, strict=True) for text in pair)

    def _link(self, link: re.Match[str], page: Path) -> str:
        target = (page.parent / link["path"]).resolve()
        if not target.is_relative_to(ROOT) or not target.exists():
            return link[0]  # the generator says that it leads nowhere
        return link["before"] + self._staged(target)

    def _staged(self, target: Path) -> str:
        if target in self.pages:
            return self.pages[target]
        if target.suffix in PICTURES:
            name = f"pictures/{target.name}"
            (self.folder / "pictures").mkdir(exist_ok=True)
            shutil.copy(target, self.folder / name)
            return name
        name = f"files/{target.relative_to(ROOT).as_posix()}.md"
        self.shown[target] = name
        return name

    def _showing(self, path: Path) -> Iterator[str]:
        yield from ("---", "orphan: true", "---", f"# {path.relative_to(ROOT).as_posix()}", "")
        if path.is_file():
            text = path.read_text("utf-8").rstrip()
            yield from (f"~~~~~{LANGUAGES.get(path.suffix, '')}", text, "~~~~~", "")
            return
        for held in sorted(path.rglob("*")):
            if held.is_file() and held.suffix != ".pyc":
                yield from (
                    f"## {held.relative_to(path).as_posix()}",
                    "",
                    f"~~~~~{LANGUAGES.get(held.suffix, '')}",
                )
                yield from (held.read_text("utf-8").rstrip(), "~~~~~", "")


def _contents() -> Iterator[str]:
    for section in sections():
        pages = [page for page in section.pages if page in papers() or page.startswith("reference/")]
        yield from (
            f"## {section.title}",
            "",
            "```{toctree}",
            f":caption: {section.title}",
            ":maxdepth: 1",
            "",
        )
        yield from (*pages, "```", "")


def stage(folder: Path) -> None:
    """Write the pages of the site into an empty folder."""
    Stage(folder.resolve()).fill()
