"""Records: the frozen, slotted dataclasses of the house, whose methods are written when somebody needs them.

To type checkers and editors, `dataclass` is the standard library's (``__init__.pyi``).
"""

from jwt_auth_core.records.record import record as dataclass

__all__ = ["dataclass"]
