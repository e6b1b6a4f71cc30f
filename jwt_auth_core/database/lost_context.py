"""Contexts that are lost: a generator whose steps a framework runs in threads, one call at a time.

When such a call returns, what it set in its context is gone. A transaction that is to hold what runs
between two steps would hold nothing; one that begins and ends within a step is right.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from functools import lru_cache
from types import FrameType
from typing import Final

from jwt_auth_core.errors import QueryError

_RUNNERS: Final = {"anyio", "asgiref", "concurrent", "starlette", "threading", "trio"}
"""Who calls a function in a thread and takes nothing of its context back."""
_HELPERS: Final = {"__enter__", "enter_context"}
"""Methods that enter for their caller, whose block goes on when they return."""


class LostTransactionError(QueryError):
    """Raised when a transaction is entered in one context, thread or process and used or left in another."""

    code = "lost_transaction"


def refuse_a_lost_context() -> None:
    """Refuse the transaction that the caller is about to begin in a context that will be lost.

    Raises:
        LostTransactionError: a generator enters it for whoever runs its steps in threads.
    """
    own = inspect.currentframe()  # beneath it `transaction` itself, which is a generator too
    frame = own.f_back.f_back if own and own.f_back else None
    is_in_generator = False
    while frame is not None and (_is_generator(frame) or _is_helper(frame)):
        if _is_generator(frame):
            if _ends_within_the_step(frame.f_code.co_filename, frame.f_lineno):
                return
            is_in_generator = True
        frame = frame.f_back
    if frame is not None and is_in_generator and _package(frame) in _RUNNERS:
        raise LostTransactionError(
            "transaction() in a generator that is run in a thread (a dependency with yield, a streamed body) "
            "would not hold what runs between its steps: in FastAPI use Depends(in_transaction), "
            "elsewhere open it in a plain function"
        )


def _is_generator(frame: FrameType) -> bool:
    return bool(frame.f_code.co_flags & inspect.CO_GENERATOR)


def _is_helper(frame: FrameType) -> bool:
    return frame.f_code.co_name in _HELPERS or _package(frame) == "contextlib"


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


@lru_cache(maxsize=256)
def _ends_within_the_step(file: str, line: int) -> bool:
    """Tell whether a generator enters by a ``with`` on this line that has no ``yield`` in its body."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return False  # nobody can tell
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With) and _enters_on(node, line)]
    return bool(blocks) and not any(_yields(block) for block in blocks)


def _enters_on(block: ast.With, line: int) -> bool:
    entered = [item.context_expr for item in block.items]
    return any(one.lineno <= line <= (one.end_lineno or one.lineno) for one in entered)


def _yields(block: ast.With) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(block))
