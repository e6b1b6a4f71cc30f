"""The worlds of the flows' own tests."""

from tests.flows.conftest import variables, world

__all__ = ["variables", "world"]
