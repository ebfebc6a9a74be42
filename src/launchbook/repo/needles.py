"""Plain text that whatever a pattern matches must hold: looking for that is many times cheaper than the pattern."""

from __future__ import annotations

from functools import cache

#: A shorter text is in almost every file.
SHORTEST = 3
Needles = tuple[bytes, ...]


@cache
def needles(pattern: bytes) -> Needles:
    """Texts of which every match holds at least one; none where the pattern does not say so plainly.

    Reads the part of regular expressions that declarations use: classes, groups, repeats, escapes. Anything else
    (flags, look-arounds) gives none, so that the pattern itself decides.
    """
    try:
        found, end = _alternatives(pattern.decode("ascii"), 0)
    except (ValueError, IndexError):
        return ()
    return found if end == len(pattern) else ()


def _alternatives(pattern: str, at: int) -> tuple[Needles, int]:
    """What ``a|b|c`` needs, up to a closing bracket: one text of each branch, or none if one branch has none."""
    branches: list[Needles] = []
    while True:
        needed, at = _sequence(pattern, at)
        branches.append(needed)
        if pattern[at : at + 1] != "|":
            break
        at += 1
    return (tuple(text for branch in branches for text in branch) if all(branches) else ()), at


def _sequence(pattern: str, at: int) -> tuple[Needles, int]:
    """The longest text that one branch cannot do without."""
    known: list[Needles] = []
    run = ""
    while at < len(pattern) and pattern[at] not in "|)":
        literal, inner, at = _item(pattern, at)
        least, once, at = _repeats(pattern, at)
        if literal and least:
            run += literal
        if not (literal and once):
            known.append((run.encode(),))
            run = ""
        if inner and least:
            known.append(inner)
    known.append((run.encode(),))
    best = max(known, key=lambda texts: min(map(len, texts)))
    return (best if min(map(len, best)) >= SHORTEST else ()), at


def _item(pattern: str, at: int) -> tuple[str, Needles, int]:
    """One element: its literal character, or what a group needs, or neither; and where it ends."""
    sign = pattern[at]
    if sign == "\\":
        return ("" if pattern[at + 1].isalnum() else pattern[at + 1]), (), at + 2
    if sign == "[":
        return "", (), _after_class(pattern, at)
    if sign == "(":
        start = at + 3 if pattern.startswith("(?:", at) else at + 1
        if pattern[start] == "?":
            raise ValueError("a flag or a look-around")
        inner, end = _alternatives(pattern, start)
        if pattern[end] != ")":
            raise ValueError("a bracket is left open")
        return "", inner, end + 1
    return ("" if sign in "^$." else sign), (), at + 1


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
