"""A fair queue: whoever has items in it gets a turn in each round, however many the others put in.

Pure: no thread, no lock, no clock. Every operation costs the same, however many wait.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Items by owner: the owners take turns, an owner's items keep their order.

    In a round each owner has one turn. Who comes newly still has one in this round, before those who
    had theirs, so that one item alone waits for no crowd. A round takes no newcomer after
    ``round_length`` turns: however many come, those who wait for the next round get there.
    """

    __slots__ = ("_by_count", "_largest", "_length", "_lines", "_next", "_now", "_served", "_size")

    def __init__(self, *, round_length: int) -> None:
        self._length = round_length
        self._lines: dict[str, OrderedDict[T, None]] = {}
        self._now: OrderedDict[str, None] = OrderedDict()
        self._next: OrderedDict[str, None] = OrderedDict()
        self._served: set[str] = set()
        self._size = 0
        # Owners by how many items they have, and the highest such number: who has most is known at once.
        self._by_count: dict[int, OrderedDict[str, None]] = {}
        self._largest = 0

    def __len__(self) -> int:
        """Return how many items wait."""
        return self._size

    def put(self, owner: str, item: T) -> None:
        """Add an item behind the owner's others."""
        line = self._lines.get(owner)
        if line is None:
            line = self._lines[owner] = OrderedDict()
            is_late = owner in self._served or len(self._served) >= self._length
            (self._next if is_late else self._now)[owner] = None
        line[item] = None
        self._size += 1
        self._count(owner, len(line) - 1, len(line))

    def take(self, *, skipping: str | None = None) -> T | None:
        """Take out the item whose turn it is; None when nothing waits.

        When it is the turn of the owner that is ``skipping``, the others of the round have theirs before.
        """
        if len(self._lines) <= (skipping in self._lines):
            return None
        if len(self._now) == (skipping in self._now):
            self._begin_round()
        if skipping is not None and next(iter(self._now)) == skipping:
            self._now.move_to_end(skipping)
        owner, _ = self._now.popitem(last=False)
        item, _ = self._lines[owner].popitem(last=False)
        self._served.add(owner)
        self._next[owner] = None
        self._taken_from(owner)
        return item

    def remove(self, owner: str, item: T) -> bool:
        """Take out an item that is not waited for any more; tell whether it was there."""
        line = self._lines.get(owner)
        if line is None or item not in line:
            return False
        del line[item]
        self._taken_from(owner)
        return True

    def is_outdone(self, owner: str) -> bool:
        """Tell whether an owner of most items would still have more after giving up one to this one."""
        return len(self._lines.get(owner, ())) + 1 < self._largest

    def take_from_largest(self) -> T:
        """Take out the newest item of an owner who has the most.

        Raises:
            IndexError: nothing waits.
        """
        if not self._size:
            raise IndexError("nothing waits")
        owner = next(reversed(self._by_count[self._largest]))
        item, _ = self._lines[owner].popitem()
        self._taken_from(owner)
        return item

    def _begin_round(self) -> None:
        """Go on to the next round; who skipped its turn in this one has it at the end of that."""
        left, self._now, self._next = self._now, self._next, OrderedDict()
        self._now.update(left)
        self._served.clear()

    def _taken_from(self, owner: str) -> None:
        self._size -= 1
        line = self._lines[owner]
        self._count(owner, len(line) + 1, len(line))
        if not line:
            del self._lines[owner]
            self._now.pop(owner, None)
            self._next.pop(owner, None)
        if not self._size:
            self._served.clear()  # nobody was passed over: the next one begins a round

    def _count(self, owner: str, before: int, now: int) -> None:
        if before:
            others = self._by_count[before]
            del others[owner]
            if not others:
                del self._by_count[before]
        if now:
            self._by_count.setdefault(now, OrderedDict())[owner] = None
        if now > self._largest or self._largest not in self._by_count:
            self._largest = now
