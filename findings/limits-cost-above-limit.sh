#!/usr/bin/env bash
# limits' fixed window uses up a limit by a hit that it refuses because its cost is above the limit.
#
# The two other strategies refuse the same hit and leave the limit as it was. Of `10/minute`, a hit of cost 11:
# Seen with limits 5.8.0 on Python 3.11 (Linux x86-64):
#   FixedWindowRateLimiter          refused, 0 left, the next hit is refused
#   MovingWindowRateLimiter         refused, 10 left, the next hit goes
#   SlidingWindowCounterRateLimiter refused, 10 left, the next hit goes
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet limits==5.8.0

cat >"$folder/seen.py" <<'PYTHON'
import sys
from importlib.metadata import version

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import (
    FixedWindowRateLimiter,
    MovingWindowRateLimiter,
    SlidingWindowCounterRateLimiter,
)

print(f"limits {version('limits')}")
limit = parse("10/minute")
seen = []
for strategy in (FixedWindowRateLimiter, MovingWindowRateLimiter, SlidingWindowCounterRateLimiter):
    limiter = strategy(MemoryStorage())
    too_much = limiter.hit(limit, "key", cost=11)
    left = limiter.get_window_stats(limit, "key").remaining
    seen.append((too_much, left, limiter.hit(limit, "key")))
    words = ("goes" if too_much else "refused", f"{left} left", f"the next hit {'goes' if seen[-1][2] else 'is refused'}")
    print(f"{strategy.__name__:31}", ", ".join(words))
sys.exit(seen != [(False, 0, False), (False, 10, True), (False, 10, True)])
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
