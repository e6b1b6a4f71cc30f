"""Run in an interpreter of its own: imports modules and prints, as JSON, what that did.

    python import_probe.py ROOT asked|done MODULE...

``asked`` lists the foreign modules that were asked for. ``done`` imports everything, forgets our
modules and imports them a second time, so that what it lists is their doing alone.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import threading
from collections.abc import MutableMapping
from types import FrameType

ROOT, MODE, *NAMES = sys.argv[1:]
sys.path.insert(0, ROOT)
OURS = ("jwt_auth_core", "jwt_auth_asgi", "jwt_auth_fastapi")
FOLDERS = tuple(f"{ROOT}{os.sep}{name}{os.sep}" for name in OURS)
READ = (*FOLDERS, *(f"{sys.pycache_prefix}{folder}" for folder in FOLDERS))  # and as bytecode
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "sqlite3.",
    "_thread.start_new_thread",
    "os.fork",
    "os.system",
    "os.exec",
)
MEANS = (__file__, "<frozen ", os.__file__)
asked: list[str] = []
deeds: list[str] = []


def ours(frame: FrameType | None) -> str:
    """Return the nearest line of our own that led here."""
    while frame is not None and not frame.f_code.co_filename.startswith(FOLDERS):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "elsewhere"


def asker() -> str:
    """Return the file that asks for a module or a variable: the first outside Python's own means to."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(MEANS):
        frame = frame.f_back
    return frame.f_code.co_filename if frame else ""


def note(deed: str) -> None:
    """Write down one deed and the line that did it."""
    deeds.append(f"{deed} at {ours(sys._getframe())}")


class Finder:
    """Finds nothing; notes who asks for a module that is neither ours nor the standard library's."""

    def find_spec(self, name: str, *_: object) -> None:
        """Note the name."""
        foreign = name.partition(".")[0] not in {*sys.stdlib_module_names, *OURS}
        if foreign and asker().startswith(FOLDERS):  # the standard library asks for Jython's, too
            asked.append(name)


class Environment(MutableMapping[str, str]):
    """Stands for ``os.environ``; notes every access of ours (frameworks have their own)."""

    def __init__(self, real: MutableMapping[str, str]) -> None:
        self._real = real

    def _noted(self, what: str) -> MutableMapping[str, str]:
        if asker().startswith(FOLDERS):
            note(f"os.environ {what}")
        return self._real

    def __getitem__(self, name: str) -> str:
        return self._noted(name)[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._noted(name)[name] = value

    def __delitem__(self, name: str) -> None:
        del self._noted(name)[name]

    def __iter__(self):
        return iter(self._noted("whole"))

    def __len__(self) -> int:
        return len(self._noted("whole"))


def hook(event: str, arguments: tuple[object, ...]) -> None:
    """Note sockets, processes, threads, databases, and files outside the packages."""
    if event.startswith(FORBIDDEN):
        note(event)
    elif event == "open" and not str(arguments[0]).startswith(READ):
        note(f"open {arguments[0]}")


class Thread(threading.Thread):
    """Stands for ``threading.Thread``; notes every start (older Pythons have no such audit event)."""

    def start(self) -> None:
        """Note the start and do it."""
        note("threading.Thread.start")
        super().start()


def load() -> None:
    """Import every named module."""
    for name in NAMES:
        importlib.import_module(name)


def forget() -> None:
    """Drop our own modules, so that the next import runs them again."""
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]


def state() -> tuple[object, ...]:
    """Return what of the process an import must leave as it was."""
    return threading.active_count(), list(logging.root.handlers), logging.root.level, list(sys.path)


if MODE == "asked":
    sys.meta_path.insert(0, Finder())
    load()
else:
    load()
    forget()
    before = state()
    os.environ = Environment(os.environ)  # type: ignore[assignment]  # noqa: B003 - a trap, not a reset
    threading.Thread = Thread  # type: ignore[misc]
    sys.addaudithook(hook)
    load()
    if state() != before:
        deeds.append("threads, log handlers, log level or sys.path changed")
sys.stdout.write(json.dumps(asked if MODE == "asked" else deeds))
sys.stdout.flush()
os._exit(0)  # what an interpreter does on its way out is not an import's deed
