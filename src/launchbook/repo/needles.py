"""Plain text that whatever a pattern matches must hold: looking for that is many times cheaper than the pattern."""

from __future__ import annotations

import re
from functools import cache

#: A shorter text is in almost every file; more of them, in a branch and in all, cost as much as the pattern.
SHORTEST, MOST, MOST_IN_ALL = 3, 12, 32
Needles = tuple[bytes, ...]


@cache
def needles(pattern: bytes) -> Needles:
    """Texts of which every match holds at least one; none where the pattern does not say so plainly.

    Reads the part of regular expressions that declarations use: classes, groups, repeats, escapes. Anything else
    (flags, look-arounds) gives none, so that the pattern itself decides.
    """
    try:
        found, _, end = _alternatives(pattern.decode("ascii"), 0)
    except (ValueError, IndexError):
        return ()
    return found if end == len(pattern) and _shortest(found) >= SHORTEST and len(found) <= MOST_IN_ALL else ()


def _alternatives(pattern: str, at: int) -> tuple[Needles, bool, int]:
    """What ``a|b|c`` needs, up to a closing bracket: one text of each branch, or none if one branch has none.

    Also whether these texts are all that it can be, and where it ends.
    """
    branches: list[Needles] = []
    whole = True
    while True:
        needed, exact, at = _sequence(pattern, at)
        branches.append(needed)
        whole = whole and exact
        if pattern[at : at + 1] != "|":
            break
        at += 1
    found = tuple(text for branch in branches for text in branch)
    return (found if all(branches) else ()), whole and all(branches), at


def _sequence(pattern: str, at: int) -> tuple[Needles, bool, int]:
    """The longest texts that one branch cannot do without, whether they are the whole branch, and its end."""
    known: list[Needles] = []
    runs: Needles = (b"",)
    exact = True
    while at < len(pattern) and pattern[at] not in "|)":
        texts, fits, at = _item(pattern, at)
        least, once, at = _repeats(pattern, at)
        longer = tuple(run + text for run in runs for text in texts) if least and fits else ()
        if longer and len(longer) <= MOST:
            runs = longer
        if not (longer and once) or len(longer) > MOST:
            known.append(runs)
            known.append(texts if least else ())
            runs, exact = (b"",), False
    known.append(runs)
    best = max(known, key=_shortest)
    return (best if exact or _shortest(best) >= SHORTEST else ()), exact, at


def _shortest(texts: Needles) -> int:
    return min(map(len, texts), default=0)


def _item(pattern: str, at: int) -> tuple[Needles, bool, int]:
    """One element: the texts that it needs, whether it is nothing else than these, and where it ends."""
    sign = pattern[at]
    if sign == "\\":
        named = pattern[at + 1].isalnum()
        return (() if named else (pattern[at + 1].encode(),)), not named, at + 2
    if sign == "[":
        end = _after_class(pattern, at)
        inside = re.sub(r"\\(\W)", r"\1", pattern[at + 1 : end - 1])
        plain = len(inside) <= 5 and not set(inside) & set("^-\\]")
        return (tuple(one.encode() for one in inside) if plain else ()), plain, end
    if sign == "(":
        start = at + 3 if pattern.startswith("(?:", at) else at + 1
        if pattern[start] == "?":
            raise ValueError("a flag or a look-around")
        inner, exact, end = _alternatives(pattern, start)
        if pattern[end] != ")":
            raise ValueError("a bracket is left open")
        return inner, exact, end + 1
    if sign in "^$":
        return (b"",), True, at + 1
    return (() if sign == "." else (sign.encode(),)), sign != ".", at + 1


def _after_class(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1] == "^" else 1
    first = at
    while pattern[at] != "]" or at == first:
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _repeats(pattern: str, at: int) -> tuple[bool, bool, int]:
    """Whether an element must be there at all, whether it stands exactly once, and where its repeat ends."""
    sign = pattern[at : at + 1]
    if not sign or sign not in "?*+{":
        return True, True, at
    least = sign == "+" or (sign == "{" and pattern[at + 1] in "123456789")
    at = pattern.index("}", at) + 1 if sign == "{" else at + 1
    return least, False, at + (pattern[at : at + 1] == "?")
