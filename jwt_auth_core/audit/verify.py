"""Verifying the trail: rows by their HMACs, the chain by its own, and the one against the other.

Pure: reads rows in the order of their ids, once, and keeps of each seal what it says of them.
"""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Literal

from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.seal import PRINT_BYTES, Seal, read
from jwt_auth_core.encoding import b64url_decode, same
from jwt_auth_core.keys.derived import DerivedKey
from jwt_auth_core.records import dataclass

Digest = Any
"""What hashlib makes; it has no public name."""

Fault = Literal["edited", "foreign", "gone", "seal", "unknown key"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: with which row, or with which seal."""

    fault: Fault
    text: str
    row: int | None = None
    seal: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found.

    ``unsealed`` rows are younger than the last seal, ``without_key`` ones were written without
    ``ENCRYPTION_KEYS``, before there were any. ``erased`` ones have a pseudonym in the place of a user.
    """

    rows: int
    seals: int
    unsealed: int
    without_key: int
    erased: int
    last_seal: int | None
    last_mac: str | None
    findings: tuple[Finding, ...]

    @property
    def is_proof(self) -> bool:
        """Whether it tells what is gone: not where there are rows and no seal at all, or no longer."""
        return bool(self.seals) or not self.rows


@dataclass(slots=True)
class _Cover:
    """What a seal says of its rows, and what of them was seen."""

    number: int
    digest: str
    prints: bytes
    seen: int = 0
    is_broken: bool = False
    total: Digest = field(default_factory=hashlib.sha256)


@dataclass(slots=True)
class _Span:
    """A run of ids under one seal; ``offset`` is where in the seal it begins."""

    ids: range
    offset: int
    cover: _Cover


_END: Final = _Span(range(sys.maxsize, sys.maxsize), 0, _Cover(0, "", b""))
"""Comes after all others: no row is under it."""


class Verification:
    """One pass over chain and rows; a class because it remembers what it has seen.

    ``rows`` and ``seals`` are the keys by id.
    """

    def __init__(self, *, rows: Mapping[str, DerivedKey], seals: Mapping[str, DerivedKey]) -> None:
        self._row_keys = rows
        self._seal_keys = seals
        self._findings: list[Finding] = []
        self._spans: list[_Span] = []
        self._doubtful: list[_Span] = []
        self._last: Seal | None = None
        self._good: Seal | None = None
        self._seals = 0
        self._first = 0
        self._unsealed = 0
        self._without_key = 0
        self._erased = 0
        self._prints: Mapping[int, bytes] = {}
        self._has_sealed_rows = False

    def chain(self, seals: Iterable[Seal], expected: Mapping[int, str]) -> None:
        """Look at the seals, the oldest first; ``expected`` is the HMAC of those that a log has."""
        missing = dict(expected)
        for seal in seals:
            self._seals += 1
            self._look_at(seal)
            if not _same(missing.pop(seal.number, seal.mac), seal.mac):
                self._find("seal", f"seal {seal.number} is not the one that was logged", seal=seal.number)
            self._last = seal
        through = self._good.pruned_through if self._good else 0
        for number in sorted(missing):
            if number >= max(self._first, 1):
                self._find("gone", f"seal {number} was logged and is not there", seal=number)
        if self._seals and self._first > max(through, 1):
            self._find("gone", f"the seals before {self._first} are gone, and nobody pruned them")
        # What somebody without a key wrote says nothing of rows that a sealer's seals are put on.
        spans = [span for span in (*self._spans, *self._doubtful) if span.cover.number > through]
        self._spans = _apart(spans)

    def rows(
        self, rows: Iterable[Row], copies: Iterable[int] = (), erased: Mapping[int, bytes] | None = None
    ) -> Report:
        """Look at the rows, in the order of their ids, and sum up; ``copies`` are there twice.

        ``erased`` has prints of those that changed when a user was erased, as a row says that is in order.
        """
        self._prints = erased or {}
        count, spans = 0, iter(self._spans)
        span = next(spans, _END)
        due = span.ids.start
        for row in rows:
            count += 1
            while row.id >= span.ids.stop:
                self._gone(span, due)
                span = next(spans, _END)
                due = span.ids.start
            is_under = row.id in span.ids
            if is_under:
                self._gone(span, due, row.id)
                due = row.id + 1
            self._judge(
                row, span.cover if is_under and self._is_other(span, row) else None, is_under=is_under
            )
        while span is not _END:
            self._gone(span, due)
            span = next(spans, _END)
            due = span.ids.start
        for one in copies:
            self._find("foreign", f"row {one} is a copy of another one", row=one)
        return self._summed(count)

    def _look_at(self, seal: Seal) -> None:
        number, last = seal.number, self._last
        self._first = self._first or number
        verdict = seal.seal(self._seal_keys)
        match verdict:
            case "wrong":
                self._find("seal", f"seal {number} is not what the sealer wrote", seal=number)
            case "unknown key":
                text = f"seal {number} names the key {seal.key_id}, which ENCRYPTION_KEYS lacks"
                self._find("unknown key", text, seal=number)
            case _:
                self._good = seal
        if last is not None and number != last.number + 1:
            text = f"the seals between {last.number} and {number} are gone"
            self._find("gone", text, seal=last.number + 1)
        elif last is not None and not _same(seal.previous, last.mac):
            self._find("seal", f"seal {number} does not follow on seal {last.number}", seal=number)
        (self._doubtful if verdict == "wrong" else self._spans).extend(self._spans_of(seal))

    def _spans_of(self, seal: Seal) -> Iterator[_Span]:
        try:
            ranges, prints = read(str(seal.ids)), b64url_decode(str(seal.prints))
        except ValueError:
            return  # its HMAC is wrong, too
        cover, offset = _Cover(seal.number, seal.digest, prints), 0
        for ids in ranges:
            yield _Span(ids, offset, cover)
            offset += len(ids)

    def _is_other(self, span: _Span, row: Row) -> bool:
        """Tell whether a row is not what its seal was put on."""
        cover, total = span.cover, row.fingerprint()
        place = (span.offset + row.id - span.ids.start) * PRINT_BYTES
        cover.seen += 1
        cover.total.update(total)
        is_other = cover.prints[place : place + PRINT_BYTES] != total[:PRINT_BYTES]
        cover.is_broken = cover.is_broken or is_other
        is_whole = cover.seen * PRINT_BYTES == len(cover.prints)
        if is_whole and not cover.is_broken and not _same(cover.total.hexdigest(), cover.digest):
            text = f"the rows under seal {cover.number} do not have its digest"
            self._find("seal", text, seal=cover.number)
        return is_other

    def _judge(self, row: Row, broken: _Cover | None, *, is_under: bool) -> None:
        self._unsealed += not is_under
        verdict = row.seal(self._row_keys)
        if broken is not None and verdict == "good" and self._is_erased(row):
            self._erased += 1
        elif broken is not None:
            text = f"row {row.id} is not what seal {broken.number} was put on"
            self._find("edited", text, row=row.id, seal=broken.number)
        elif verdict == "wrong":
            text = f"row {row.id} is not what its HMAC was made of"
            self._find("edited" if is_under else "foreign", text, row=row.id)
        elif verdict == "unknown key":
            text = f"row {row.id} names the key {row.key_id}, which ENCRYPTION_KEYS lacks"
            self._find("unknown key", text, row=row.id)
        elif verdict == "none" and self._has_sealed_rows:
            self._find("foreign", f"row {row.id} has no HMAC, and rows before it have one", row=row.id)
        self._without_key += verdict == "none"
        self._has_sealed_rows = self._has_sealed_rows or verdict == "good"

    def _is_erased(self, row: Row) -> bool:
        return self._prints.get(row.id) == row.fingerprint()[:PRINT_BYTES]

    def _gone(self, span: _Span, first: int, end: int | None = None) -> None:
        stop = span.ids.stop if end is None else end
        if first < stop and span is not _END:
            number = span.cover.number
            which = f"row {first} is" if stop - first == 1 else f"rows {first} to {stop - 1} are"
            text = f"{which} gone, under seal {number}"
            span.cover.is_broken = True
            self._find("gone", text, row=first, seal=number)

    def _find(self, fault: Fault, text: str, *, row: int | None = None, seal: int | None = None) -> None:
        self._findings.append(Finding(fault, text, row=row, seal=seal))

    def _summed(self, count: int) -> Report:
        return Report(
            rows=count,
            seals=self._seals,
            unsealed=self._unsealed,
            without_key=self._without_key,
            erased=self._erased,
            last_seal=self._last.number if self._last else None,
            last_mac=self._last.mac if self._last else None,
            findings=tuple(self._findings),
        )


def _apart(spans: Iterable[_Span]) -> list[_Span]:
    """Return spans in the order of their ids, of which no two have one: the first that has it keeps it."""
    kept: list[_Span] = []
    for span in spans:
        for piece in _pieces(span, kept):
            insort(kept, piece, key=_start)
    return kept


def _pieces(span: _Span, kept: Sequence[_Span]) -> Iterator[_Span]:
    """Yield what none of the others has of a span."""
    first, end = span.ids.start, span.ids.stop
    place = max(bisect_left(kept, first, key=_start) - 1, 0)
    for other in list(kept[place : bisect_left(kept, end, key=_start)]):
        if first < other.ids.start:
            yield _piece(span, first, other.ids.start)
        first = max(first, other.ids.stop)
    if first < end:
        yield _piece(span, first, end)


def _piece(span: _Span, first: int, end: int) -> _Span:
    return _Span(range(first, end), span.offset + first - span.ids.start, span.cover)


def _start(span: _Span) -> int:
    return span.ids.start


def _same(left: object, right: object) -> bool:
    return same(str(left).encode("utf-8", "replace"), str(right).encode("utf-8", "replace"))
