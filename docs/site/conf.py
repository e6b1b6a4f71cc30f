"""The settings of the site's generator, which ``docs/site/build.py`` calls."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]

project = "jwt-auth"
author = "The jwt-auth developers"
project_copyright = author
version = release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 4  # links name headings as the host of the repository does
myst_enable_extensions = ["html_image"]
default_role = "py:obj"
highlight_language = "none"
suppress_warnings = ["misc.highlighting_failure"]  # shell sessions and JSON with dots in them

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_class_signature = "separated"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100
maximum_signature_line_length = 100
napoleon_google_docstring = True
napoleon_numpy_docstring = False
add_module_names = False

html_theme = "furo"
html_title = "jwt-auth"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses where they are files
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5fbf", "color-brand-content": "#1f5fbf"},
    "dark_css_variables": {"color-brand-primary": "#7fb2ff", "color-brand-content": "#7fb2ff"},
}

COLON = "\N{MODIFIER LETTER COLON}"
VALUES = {"attribute", "data", "property"}


def keep_colons(
    _app: Sphinx, what: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """Hide the colons of a value's sentence from napoleon, which takes what stands before one for a type."""
    if what in VALUES:
        lines[:] = [line.replace(": ", f"{COLON} ") for line in lines]


def give_colons_back(
    _app: Sphinx, what: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """Undo `keep_colons`, behind napoleon."""
    if what in VALUES:
        lines[:] = [line.replace(COLON, ":") for line in lines]


def setup(app: Sphinx) -> None:
    """Stand before and behind napoleon, whose priority is 500."""
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    app.connect("autodoc-process-docstring", give_colons_back, priority=600)
