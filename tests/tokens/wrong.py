"""What no verifier may believe: the lists that its own tests and those of the profiles go through.

Whatever is added here is tried on our own tokens and on every named profile.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path


class Liar(str):
    """A text that says it is short and equal to anything."""

    __slots__ = ()

    def __len__(self):
        return 3

    def __eq__(self, other):
        return True

    def __hash__(self):
        raise RuntimeError("not hashable today")

    def __str__(self):
        raise RuntimeError("not printable today")

    def encode(self, *_args):
        """Fail."""
        raise RuntimeError("not encodable today")


class LyingBytes(bytes):
    """Octets with a length and a text of their own."""

    def __len__(self):
        return 3

    def decode(self, *_args):
        """Fail."""
        raise RuntimeError("not decodable today")


THINGS = [
    *(
        None,
        True,
        0,
        1.5,
        float("nan"),
        Decimal(1),
        10**5000,
        1j,
        (),
        [],
        {},
        set(),
        object(),
        type,
        len,
    ),
    *(
        ["a.b.c"],
        ("a", "b", "c"),
        {"token": "a.b.c"},
        iter("a.b.c"),
        bytearray(b"a.b.c"),
        memoryview(b"a.b.c"),
    ),
    *(
        "",
        b"",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        b"a.b.c",
        "." * 8192,
        "a" * 8192,
        "." * 8193,
    ),
    *(
        "\ud800",
        "\ud800.\udfff.\ud800",
        "\x00.\x00.\x00",
        "é.é.é",
        "𝟘.𝟘.𝟘",
        b"\xff.\xff.\xff",
        b"\x00",
        "null",
        "{}",
    ),
    *("e30.e30.", "e30.e30.e30", "W10.W10.W10", "bnVsbA.bnVsbA.bnVsbA", "Bearer a.b.c", " a.b.c", "a.b.c\n"),
    *(Liar("a.b.c"), Liar("a" * 9000), LyingBytes(b"a.b.c"), LyingBytes(b"a" * 9000)),
]

"""Anything that may be given as a token."""

FOREIGN_CHARACTERS = [
    "=",
    "+",
    "/",
    " ",
    "\n",
    "\t",
    "\x00",
    ",",
    "~",
    "é",
    "\ud800",
    ".",
    "\u0661",
    "\uff21",
]
ALGORITHMS = [
    *("none", "None", "NONE", "nOnE", "none ", "", " ", "hs256", "Hs256", "HS256 ", " HS256", "HS256\x00"),
    *("HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "HMAC", "HS2561", "ΗS256", "HS２56", "dir"),
    *(None, 0, 256, 1.5, True, False, [], ["HS256"], ["HS256", "none"], {}, {"alg": "HS256"}),
]
EXTENSIONS = ["crit", "b64", "enc", "zip"]
EXTENSION_VALUES = [None, True, False, "", [], ["exp"], ["b64"], ["alg"], "A128GCM", "DEF", {}]
TYPES = [
    *("JWT", "jwt", "", " at+jwt", "at+jwt ", "at-jwt", "at jwt", "text/at+jwt"),
    *("application/application/at+jwt", "application/", "mfa+jwt", "rt+jwt", "dpop+jwt", "logout+jwt"),
    *("secevent+jwt", "at+jwt\x00", "ａt+jwt"),
    *(None, 1, True, [], ["at+jwt"], {}, "\u0130at+jwt", "appl\u0130cation/at+jwt"),
]
SCOPES = [
    *(" ", "a ", " a", "a  b", "a\tb", "a\nb", 'a"', "a\\b", "é", "a\u00a0b", "a\x7f", "a\x00"),
    *(None, 1, True, ["a"], {}),
]
NO_TEXTS = ["", None, 0, 42, 1.5, True, False, [], ["42"], {}, {"id": "42"}]
NO_NUMBERS = ["", "1800000000", "1.8e9", None, True, False, [], [1], {}, 10**20, -(10**20), 1e300, -1e300]
NOT_FINITE = [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"9" * 21, b"0x10", b"01", b"+1"]
SEGMENTS = {
    "padded": lambda segment: segment + "=",
    "padded twice": lambda segment: segment + "==",
    "of the standard alphabet": lambda segment: segment[:5] + "+" + segment[6:],
    "with a space before it": lambda segment: " " + segment,
    "with a line break": lambda segment: segment + "\n",
    "with a dot": lambda segment: segment + ".",
    "cut short": lambda segment: segment[:-1],
}
"""Other spellings of a segment, by name."""

STRICT_JSON = json.loads((Path(__file__).parents[1] / "vectors" / "strict_json.json").read_text("utf-8"))
"""Documents and whether they are strict JSON."""

TOO_DEEP = ("y_depth_32", "y_depth_32_objects")  # alone they fit, in an object they do not


def document(vector):
    """Return the octets of one of `STRICT_JSON`."""
    pieces = vector.get("repeat", [[vector.get("text", ""), 1]])
    return bytes.fromhex(vector["hex"]) if "hex" in vector else "".join(p * n for p, n in pieces).encode()


def key_ids(own):
    """Return what is not the key id that is *own*."""
    others = (own + " ", own.swapcase(), own[:-1])
    return ["", " ", "unknown", *others, "' OR 1=1 --", "\x00", 0, None, [], {}, True]


def headers(header):
    """Return octets that are not one strict object with the members of a *header*."""
    right = json.dumps(header).encode()
    more = [b',"alg":"none"}', b',"\\u0061lg":"none"}', b',"x":NaN}', b',"x":{"y":1,"y":1}}']
    more += [b',"x":' + b"[" * 40 + b"]" * 40 + b"}", b',"x":' + b"9" * 21 + b"}"]
    return [
        *(b"", b"{}", b"null", b"[]", b'"HS256"', b"1", b"{", b"\xff\xfe{}", b"NaN"),
        *(json.dumps(header).encode("utf-16"), b"\xef\xbb\xbf" + right, b'{"alg":"none",' + right[1:]),
        *(right[:-1] + end for end in more),
        *(right[:-1] + b',"alg":"' + header["alg"].encode() + b'"}', right + b"{}", right + b"\x00"),
    ]
