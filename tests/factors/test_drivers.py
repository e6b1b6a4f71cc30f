"""What second factors need that may not be installed."""

import importlib
import sys

import pytest

from jwt_auth_core.errors import MissingDriverError


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("jwt_auth_core.factors.pyotp", "pyotp"),
        ("jwt_auth_core.factors.segno", "segno"),
        ("jwt_auth_core.keys.encryption.cryptography", "cryptography"),
    ],
)
def test_a_missing_package_is_named_with_the_line_that_installs_it(monkeypatch, module, package):
    """Whoever has none of them misses nothing until a factor is enrolled."""
    parts = {"cryptography": "cryptography.exceptions", "pyotp": "pyotp.totp"}
    blocked = parts.get(package, package)  # a part that another test has loaded is found by its own name
    monkeypatch.setitem(sys.modules, blocked, None)
    monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(MissingDriverError) as refused:
        importlib.import_module(module)
    assert str(refused.value) == f"{package} is not installed; run: pip install 'jwt-auth-asgi[totp]'"
