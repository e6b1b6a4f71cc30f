"""Examples in this process: imported afresh, in an empty directory, without settings."""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType

import pytest

from tests.examples.serving import SETTINGS


@pytest.fixture
def example(monkeypatch, tmp_path):
    """Return what imports an example as if for the first time; its stores are closed afterwards."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(SETTINGS)]:
        monkeypatch.delenv(name)
    loaded: list[ModuleType] = []

    def load(name: str) -> ModuleType:
        monkeypatch.delitem(sys.modules, f"examples.{name}", raising=False)
        loaded.append(importlib.import_module(f"examples.{name}"))
        return loaded[-1]

    yield load
    for module in loaded:
        sys.modules.pop(module.__name__)
        if hasattr(module, "auth"):
            module.auth.close()
