"""QR codes by segno: SVG to stand in a page, black on nothing, with the margin that readers need."""

from __future__ import annotations

from jwt_auth_core.errors import MissingDriverError

try:
    import segno
except ImportError as missing:
    raise MissingDriverError("segno", extra="totp") from missing


def qr_svg(text: str) -> str:
    """Return an ``<svg>`` element of a text, which holds nothing of it but its squares."""
    return segno.make_qr(text).svg_inline(scale=4, light="#fff")
