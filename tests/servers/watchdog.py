"""Ends what a killed run leaves behind: a process beside each pytest process, which waits for that one's end.

A process belongs to the run if its environment names the run, if it works in one of the run's folders
(servers write their title over their environment), if pytest forked it, or if it descends from such a one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil

NAME = "TEST_RUN_ID"
PATIENCE_SECONDS = 30
_OVER = b"\n"


class Watchdog:
    """Started for this process; ``watch`` names a folder in which servers of the run work."""

    def __init__(self) -> None:
        run = uuid.uuid4().hex
        earlier = os.environ.get(NAME)  # what a worker of xdist starts is its controller's, too
        os.environ[NAME] = f"{earlier}:{run}" if earlier else run
        # In a session of its own, so that what ends pytest's group does not end it, and without that name.
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__, run],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._told = self._process.stdin
        os.register_at_fork(after_in_child=self._forked)

    def watch(self, directory: Path) -> None:
        """Have the processes ended, too, that work in this folder or below."""
        self._told.write(os.fsencode(directory.resolve()) + b"\n")

    def dismiss(self) -> None:
        """End the watch: this process has ended its servers itself."""
        self._told.write(_OVER)
        self._told.close()
        self._process.wait()

    def _forked(self) -> None:
        """Name the child, whose environment names no run, and let go of the pipe that tells pytest's end."""
        if not self._told.closed:
            self._told.write(b"%d %r\n" % (os.getpid(), psutil.Process().create_time()))
            self._told.close()


def main(run: str) -> None:
    """Wait until the watched process is gone, then end what is left of the run."""
    for told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)  # whoever ends all of a run's processes by name ends this last
    folders: list[Path] = []
    forked: set[tuple[int, float]] = set()
    for line in sys.stdin.buffer:
        if line == _OVER:
            return
        if line.startswith(b"/"):
            folders.append(Path(os.fsdecode(line[:-1])))
        else:
            pid, began = line.split()
            forked.add((int(pid), float(began)))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and (left := [*_left(run, folders, forked)]):
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=1)


def _left(run: str, folders: list[Path], forked: set[tuple[int, float]]) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            ours = (
                (process.pid, process.create_time()) in forked
                or run in process.environ().get(NAME, "")
                or any(Path(process.cwd()).is_relative_to(folder) for folder in folders)
            )
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                yield from process.children(recursive=True)
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


if __name__ == "__main__":
    main(sys.argv[1])
