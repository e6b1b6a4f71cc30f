"""Asks the package index for known vulnerabilities of what is installed here: ``python .ci/audit.py``.

A finding is an error. An index that is out of reach, or that knows none of the packages, is none: what was
asked about, and what was not, is said, so that nobody takes silence for a clean answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

OFFLINE = (
    "ConnectionError",
    "ProxyError",
    "Max retries exceeded",
    "timed out",
    "Failed to resolve",
    "ReadTimeout",
)


def main(tool: str) -> int:
    """Run pip-audit, say what it found; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "audit.json")
        words = [tool, "--local", "--skip-editable", "--progress-spinner", "off", "--format", "json"]
        words += ["--timeout", "10", "--output", str(answer)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if not answer.exists():
            return _unanswered(done.stderr, done.returncode)
        return _judged(json.loads(answer.read_text("utf-8"))["dependencies"])


def _unanswered(said: str, status: int) -> int:
    last = said.strip().splitlines()[-1:]
    if any(word in said for word in OFFLINE):
        sys.stdout.write("audit: NOT DONE, the index is out of reach\n")
        return 0
    sys.stderr.write(f"audit: pip-audit failed: {''.join(last)}\n")
    return status or 1


def _judged(packages: list[dict[str, object]]) -> int:
    asked = [one for one in packages if "skip_reason" not in one]
    found = [one for one in asked if one["vulns"]]
    for one in found:
        ids = ", ".join(str(each["id"]) for each in one["vulns"])  # type: ignore[attr-defined]
        sys.stdout.write(f"audit: {one['name']} {one['version']}: {ids}\n")
    if not asked:
        sys.stdout.write("audit: NOT DONE, the index knows none of the packages\n")
        return 0
    unknown = len(packages) - len(asked)
    sys.stdout.write(
        f"audit: {len(asked)} packages, {len(found)} with findings; {unknown} unknown to the index\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else str(Path(sys.executable).with_name("pip-audit"))))
