"""All letters in all languages: ours, and in their place those of an operator's folder and functions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, get_args

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.mail.contents import Letters, Write
from jwt_auth_core.mail.letter import LANGUAGES, Language, LetterName
from jwt_auth_core.mail.template import parse_template
from jwt_auth_core.packaged import packaged_text

NAMES: Final[tuple[LetterName, ...]] = get_args(LetterName)

_PACKAGE: Final = "jwt_auth_core.mail"
_SUFFIXES: Final = (".txt", ".html")


def letters(folder: str | None = None, written: Mapping[LetterName, Write] | None = None) -> Letters:
    """Return who writes each letter: a function that is given, else a file of the folder, else ours.

    ``reset.de.txt`` is the German one, ``reset.txt`` stands for every language without one of its own;
    ``reset.de.html`` and ``reset.html`` are their HTML.

    Raises:
        SettingsError: names every file that is wrong, and every name that is no letter.
    """
    functions = written or {}
    problems = [
        f"no letter is named {name!r}; there are: {', '.join(NAMES)}"
        for name in functions
        if name not in NAMES
    ]
    files, more = ({}, []) if folder is None else _files(Path(folder))
    problems += more
    found: dict[tuple[LetterName, Language], Write] = {}
    for name in NAMES:
        for language in LANGUAGES:
            try:
                found[name, language] = functions.get(name) or _template(name, language, files)
            except ValueError as error:
                problems.append(f"MAIL_TEMPLATES has {error}")
    if problems:
        raise SettingsError(list(dict.fromkeys(problems)))
    return found


def _template(name: LetterName, language: Language, files: Mapping[str, str]) -> Write:
    stems = (f"{name}.{language}", name)
    stem = next((stem for stem in stems if f"{stem}.txt" in files), None)
    if stem is None:
        return parse_template(name, packaged_text(_PACKAGE, f"texts{os.sep}{name}.{language}.txt"))
    try:
        return parse_template(name, files[f"{stem}.txt"], files.get(f"{stem}.html"))
    except ValueError as error:
        raise ValueError(f"{stem}.txt, which {error}") from None


def _files(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return the texts of a folder by their names, and what is wrong with others."""
    try:
        found = {path.name: path.read_text("utf-8") for path in _templates(folder)}
    except (OSError, UnicodeError) as error:
        return {}, [f"MAIL_TEMPLATES cannot be read as a folder of texts in UTF-8: {type(error).__name__}"]
    problems = [f"MAIL_TEMPLATES has {name}, {fault}" for name in found if (fault := _fault(name, found))]
    return found, problems


def _templates(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix in _SUFFIXES)


def _fault(name: str, found: Mapping[str, str]) -> str | None:
    stem = name.rpartition(".")[0]
    letter, dot, language = stem.partition(".")
    if letter not in NAMES or (dot and language not in LANGUAGES):
        languages = ", ".join(LANGUAGES)
        return f"which is no letter; there are: {', '.join(NAMES)}, each for one of {languages} or for all"
    return None if f"{stem}.txt" in found else f"and no {stem}.txt beside it"
