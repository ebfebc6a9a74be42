"""A template rendered line by line: what is known as text, what is not as a mark that stands for its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from launchbook.model import Unread
from launchbook.patterns import regex
from launchbook.repo.helm.expressions import Expression
from launchbook.repo.helm.functions import Marked, is_empty, text_of
from launchbook.repo.helm.syntax import Action, Block, Node, Text, Token
from launchbook.repo.lined import Unreadable

#: Steps and characters that one file may take.
MOST_STEPS, MOST_TEXT, DEEPEST = 100_000, 1_000_000, 30
_MARK = regex("\ue000(\\d+)\ue001")
_KIND = regex(r"^kind:", re.M)
_UNSET = "the chart's values do not set it"


@dataclass
class Line:
    """One rendered line: the template's line, the block around it that decides whether it is there, and any doubt."""

    source: int = 0
    guard: int = -1
    doubt: str = ""


@dataclass
class Guard:
    """A block at the top of a file: its condition as it is written, and whether it holds (None: not known)."""

    text: str
    holds: bool | None


@dataclass
class Rendered:
    """The text, where each of its lines comes from, the guards, and the reasons behind the marks in it."""

    text: str = ""
    lines: list[Line] = field(default_factory=lambda: [Line()])
    guards: list[Guard] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def mark(self, reason: str) -> str:
        """A piece of text that stands for a value that is not known."""
        if reason not in self.reasons[-50:]:
            self.reasons.append(reason)
        return f"\ue000{len(self.reasons) - 1 - self.reasons[::-1].index(reason)}\ue001"

    def reason(self, text: str) -> str:
        """Why a text that holds a mark is not known; empty when it holds none."""
        match = _MARK.search(text)
        return self.reasons[int(match[1])] if match and int(match[1]) < len(self.reasons) else ""


def _holds_objects(node: Block) -> bool:
    """Whether a block stands around whole objects, and not around a part of one."""
    for _, body in node.branches:
        for inner in body:
            if isinstance(inner, Text) and _KIND.search(inner.text):
                return True
            if isinstance(inner, Block) and _holds_objects(inner):
                return True
    return False


class Rendering:
    """One file's rendering, against the values of its chart and the templates that it may include."""

    def __init__(self, root: dict[str, Any], named: dict[str, list[Node]]) -> None:
        self.root, self.named = root, named
        self.out = Rendered()
        self.parts: list[str] = []
        self.steps = self.size = self.includes = 0
        self.guard, self.doubt = -1, ""

    def file(self, nodes: list[Node]) -> Rendered:
        """Render a whole file. Raises Unreadable when it takes too much."""
        self._body(nodes, self.root, {"$": self.root})
        self.out.text = "".join(self.parts)
        return self.out

    def _step(self, line: int) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS or self.size > MOST_TEXT:
            raise Unreadable("the template makes too much", line)

    def _emit(self, text: str, line: int, counts: bool) -> None:
        """Add text; ``counts`` when its lines are the template's, one by one."""
        text = text if not counts else text.replace("\ue000", "").replace("\ue001", "")
        self.size += len(text)
        self.parts.append(text)
        for number, part in enumerate(text.split("\n")):
            if number:
                self.out.lines.append(Line())
                line += counts
            here = self.out.lines[-1]
            if part.strip() and not here.source:
                here.source, here.guard, here.doubt = line, self.guard, self.doubt
            elif part.strip() and self.doubt:
                here.doubt = self.doubt

    def _body(self, nodes: list[Node], dot: Any, variables: dict[str, Any]) -> None:
        for node in nodes:
            self._step(node.line)
            if isinstance(node, Text):
                self._emit(node.text, node.line, True)
            elif isinstance(node, Action):
                self._action(node, dot, variables)
            elif node.kind in ("if", "with"):
                self._choice(node, dot, variables)
            elif node.kind == "range":
                self._range(node, dot, variables)

    def _value(self, tokens: list[Token], dot: Any, variables: dict[str, Any]) -> Any:
        return Expression(tokens, dot, variables, self._include, self._marked).value()

    def _marked(self, value: Any) -> Any:
        """A structure with marks where values are not known, fit to be written out."""
        if isinstance(value, dict):
            return {key: self._marked(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._marked(item) for item in value]
        return self.out.mark(value.reason) if isinstance(value, Unread) else value

    def _action(self, node: Action, dot: Any, variables: dict[str, Any]) -> None:
        tokens = node.tokens
        if len(tokens) > 1 and tokens[0].text.startswith("$") and tokens[1].text in (":=", "="):
            set_to = self._value(tokens[2:], dot, variables)
            variables[tokens[0].text] = Unread(self.doubt) if self.doubt else set_to
            return
        value = self._value(tokens, dot, variables)
        if value is None:
            value = Unread(_UNSET)
        if isinstance(value, Unread):
            self._unknown(tokens, value.reason, node.line)
        else:
            self._emit(text_of(self._marked(value)), node.line, False)

    def _unknown(self, tokens: list[Token], reason: str, line: int) -> None:
        """A mark in the place of a value; a whole entry where the action would have written a block."""
        mark = self.out.mark(reason)
        where = next((n for n, token in enumerate(tokens) if token.text in ("nindent", "indent")), None)
        if where is None:
            self._emit(mark, line, False)
            return
        count = tokens[where + 1].text if where + 1 < len(tokens) else "0"
        spaces = " " * min(int(count) if count.isdigit() else 0, 200)
        before = "\n" if tokens[where].text == "nindent" else ""
        self._emit(f"{before}{spaces}{mark}: {mark}", line, False)

    def _include(self, name: str, dot: Any) -> Any:
        nodes = self.named.get(name)
        if nodes is None:
            return Unread(f"the template {name} is not in the chart")
        if self.includes >= DEEPEST:
            return Unread(f"the template {name} includes itself")
        inner = Rendering(self.root, self.named)
        inner.out.reasons = self.out.reasons
        inner.steps, inner.size, inner.includes = self.steps, self.size, self.includes + 1
        root = dot if isinstance(dot, dict) else self.root
        inner._body(nodes, dot, {"$": root})
        self.steps, self.size = inner.steps, inner.size
        text = "".join(inner.parts)
        doubt = next((line.doubt for line in inner.out.lines if line.doubt), "")
        reason = doubt or self.out.reason(text)
        if doubt or (reason and _MARK.sub("", text).strip() == ""):
            return Unread(reason)
        if not reason:
            return text
        marked = Marked(text)
        marked.reason = reason
        return marked

    def _choice(self, node: Block, dot: Any, variables: dict[str, Any]) -> None:
        """``if`` and ``with``: the branch that holds; where that is not known, every branch, in doubt.

        A block around whole objects is rendered either way, and says of them whether they are there.
        """
        before = self.guard, self.doubt
        whole, unsure = _holds_objects(node), False
        for tokens, body in node.branches:
            value = self._value(tokens, dot, variables) if tokens else True
            reason = value.reason if isinstance(value, Unread) else ""
            unknown = isinstance(value, Unread)
            taken = not unknown and not is_empty(value)
            if whole and (tokens or unsure):
                self.guard = self._guarded(tokens, None if unknown or unsure else taken, before[0])
            elif unknown and not self.doubt:
                self.doubt = reason
            if taken or unknown or (whole and node.kind == "if"):
                self._body(body, value if node.kind == "with" and tokens else dot, variables)
            if taken:
                break
            unsure = unsure or unknown
            self.guard = before[0]
        self.guard, self.doubt = before

    def _guarded(self, tokens: list[Token], holds: bool | None, outer: int) -> int:
        text = " ".join(token.text for token in tokens) or "else"
        above = self.out.guards[outer] if outer >= 0 else Guard("", True)
        both = False if False in (holds, above.holds) else None if None in (holds, above.holds) else True
        self.out.guards.append(Guard(f"{above.text}; {text}" if above.text else text, both))
        return len(self.out.guards) - 1

    def _range(self, node: Block, dot: Any, variables: dict[str, Any]) -> None:
        tokens, body = node.branches[0]
        words = [token.text for token in tokens]
        mark = words.index(":=") if ":=" in words else -1
        names = [word for word in words[:mark] if word.startswith("$")] if mark >= 0 else []
        value = self._value(tokens[mark + 1 :], dot, variables)
        if isinstance(value, Unread) or not (value is None or isinstance(value, dict | list)):
            self._unknown_range(node, value.reason if isinstance(value, Unread) else "it is no list")
            return
        pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value or ()))
        for key, item in pairs:
            self._step(node.line)
            own = dict(variables)
            own |= dict(zip(names, (key, item) if len(names) == 2 else (item,), strict=False))
            self._body(body, item, own)
        if not pairs and len(node.branches) > 1:
            self._body(node.branches[1][1], dot, variables)

    def _unknown_range(self, node: Block, reason: str) -> None:
        """One unknown entry in the place of however many there are."""
        self.out.dropped.append(reason)
        first = next((part.text for part in node.branches[0][1] if isinstance(part, Text)), "")
        match = re.search(r"\n([ \t]*)(- )?", first)
        mark = self.out.mark(reason)
        if match:
            self._emit(f"\n{match[1]}{'- ' + mark if match[2] else f'{mark}: {mark}'}", node.line, False)
