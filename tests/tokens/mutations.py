"""Random edits of tokens: what an attacker, a proxy or a broken client could do to one."""

from __future__ import annotations

import string

CHARACTERS = string.ascii_letters + string.digits + "-_"
FOREIGN = CHARACTERS + ".=+/ \n\t,~%\x00\u00e9\u0661"


def _replaced(source, token, _others):
    place = source.randrange(len(token))
    return token[:place] + source.choice(CHARACTERS) + token[place + 1 :]


def _inserted(source, token, _others):
    place = source.randrange(len(token) + 1)
    return token[:place] + source.choice(FOREIGN) + token[place:]


def _deleted(source, token, _others):
    place = source.randrange(len(token))
    return token[:place] + token[place + source.randint(1, 4) :]


def _foreign(source, token, _others):
    place = source.randrange(len(token))
    return token[:place] + source.choice(FOREIGN) + token[place + 1 :]


def _swapped(source, token, _others):
    first, second = sorted((source.randrange(len(token)), source.randrange(len(token))))
    letters = list(token)
    letters[first], letters[second] = letters[second], letters[first]
    return "".join(letters)


def _recased(source, token, _others):
    place = source.randrange(len(token))
    return token[:place] + token[place].swapcase() + token[place + 1 :]


def _cut(source, token, _others):
    return token[: source.randrange(len(token))]


def _repeated(source, token, _others):
    place = source.randrange(len(token))
    return token[:place] + token[place : place + 5] + token[place:]


def _last_bits(source, token, _others):
    # The character at the end of a segment has bits that decoders may overlook.
    ends = [place - 1 for place, letter in enumerate(token + ".") if letter == "." and place]
    place = source.choice(ends)
    return token[:place] + source.choice(CHARACTERS) + token[place + 1 :]


def _spliced(source, token, others):
    mine, other = token.split("."), source.choice(others).split(".")
    mine[source.randrange(len(mine))] = source.choice(other)
    return ".".join(mine)


def _reordered(source, token, _others):
    segments = token.split(".")
    source.shuffle(segments)
    return ".".join(segments)


EDITS = (
    *(_replaced, _inserted, _deleted, _foreign, _swapped, _recased),
    *(_cut, _repeated, _last_bits, _spliced, _reordered),
)


def edited(source, token, others):
    """Return *token* after one random edit; now and then it comes out as it was."""
    return source.choice(EDITS)(source, token, others)
