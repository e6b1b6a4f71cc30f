"""The worlds of the flows, in which events happen."""

from tests.flows.conftest import world

__all__ = ["world"]
