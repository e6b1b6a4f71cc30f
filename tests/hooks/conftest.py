"""The worlds of the flows, for the hooks that the core asks itself."""

from tests.flows.conftest import variables, world

__all__ = ["variables", "world"]
