"""Work in other processes: started by fork and joined before the test goes on, or ended from here."""

from __future__ import annotations

import os
import subprocess
import traceback
from collections.abc import Callable


def in_children(count: int, work: Callable[[int], None]) -> list[int]:
    """Run ``work(number)`` in that many children at once; return their exit codes, 0 for success."""
    begin, go = os.pipe()
    children = [_forked(number, work, begin, go) for number in range(count)]
    os.close(begin)
    os.close(go)  # every child waits for this end of file
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, the hard way where it does not want to, and wait for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _forked(number: int, work: Callable[[int], None], begin: int, go: int) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.close(go)
        os.read(begin, 1)
        work(number)
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, the parent sees the code
        traceback.print_exc()
    finally:
        os._exit(code)
