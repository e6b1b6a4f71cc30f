"""The reference: one page a package, made of the docstrings of its public names."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from textwrap import indent

PACKAGES = ("jwt_auth_core", "jwt_auth_asgi", "jwt_auth_fastapi")


def page_of(package: str) -> str:
    """Return the page of a package in Markdown."""
    module = import_module(package)
    lines = [f"# {package}", "", (module.__doc__ or "").partition("\n")[0], ""]
    for name in module.__all__:
        entry = "\n".join(_entry(package, name, getattr(module, name)))
        lines += [f"## {name}", "", "```{eval-rst}", entry, "```", ""]
    return "\n".join(lines)


def _entry(package: str, name: str, thing: object) -> Iterator[str]:
    if inspect.isclass(thing):
        yield from (f".. autoclass:: {package}.{name}", "   :members:")
        if issubclass(thing, BaseException):
            yield "   :show-inheritance:"
    elif inspect.isfunction(thing):
        yield f".. autofunction:: {package}.{name}"
    elif home := _home(package, name, thing):
        yield from (f".. autodata:: {home}.{name}", "   :no-value:")
    else:  # an object that is called as a function is
        call = type(thing).__call__
        signature = inspect.signature(call)
        shown = signature.replace(parameters=list(signature.parameters.values())[1:])
        yield from (f".. py:function:: {name}{shown}", "", indent(inspect.getdoc(call) or "", "   "))


def _home(package: str, name: str, thing: object) -> str | None:
    """Return the module in which a value stands, with a docstring of its own beneath it."""
    documented = re.compile(rf'^{name}\b[^\n]* = [^\n]*\n"""', re.MULTILINE)
    for place, module in list(sys.modules.items()):
        holds = place.startswith(f"{package}.") and vars(module).get(name) is thing
        if holds and documented.search(inspect.getsource(module)):
            return place
    return None
