"""A pasted answer in the shape that AWS gave it, cut to what is kept, with what it does not show marked as unread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore import xform_name

from launchbook.collect.declare import Call
from launchbook.collect.keep import field_of, pick_all
from launchbook.collect.projection import Projection, parse_query
from launchbook.collect.shapes import fitted, has_numeric_time, output_shape
from launchbook.collect.transcript import PIPE, PLACEHOLDER, Block
from launchbook.model import Unread
from launchbook.redact import each_string, shown, without_secrets

_NAMES = re.compile(r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}|arn:[\w:/*@+=,.-]+")


def restored(block: Block, call: Call, ask: str) -> tuple[object, str]:
    """The answer in AWS's shape, cut to what is kept, and why it is not the whole truth.

    What a projection left out is unread: only AWS's own answer says by leaving a field out that there is none.
    """
    if block.problem:
        return None, f"{shown(block.problem)} ({block.at})"
    if _of_another(block, call):
        return None, f"it is no answer to aws {block.service} {block.operation} ({block.at})"
    if _same_query(block.query, call.tree.query()):
        page = _clean(call.tree.cut(_typed(block, call, block.answer)))
        _mark_unasked(page, block, call, ask)
        return page, narrowed(block, call)
    projection = parse_query(block.query)
    if projection is None:
        return None, f"its --query cannot be undone ({block.at})"
    answer = block.answer
    if block.table and not projection.many and not projection.names_of and isinstance(answer, list):
        answer = answer[0] if len(answer) == 1 else answer
    if block.table and projection.many and projection.columns and not _named_rows(answer, projection):
        return None, f"the table is cut off ({block.at})"
    page = _clean(call.tree.cut(_typed(block, call, projection.restore(answer))))
    if projection.columns:
        for path in _missing(call, projection):
            column = field_of(path.rpartition(".")[2])
            mark(page, path, Unread(f"the pasted output does not show {column} ({block.at})", ask))
    _mark_unasked(page, block, call, ask)
    if projection.filtered:
        return page, f"its --query kept a part: {shown(block.query)[:80]} ({block.at})"
    return page, narrowed(block, call)


def _named_rows(answer: object, projection: Projection) -> bool:
    """Whether each line of a table has the columns of its query: of one cut off below its head, the head is a line."""
    rows = answer if isinstance(answer, list) else []
    return "" in projection.columns or all(isinstance(row, Mapping) for row in rows)


def _of_another(block: Block, call: Call) -> bool:
    """Whether a whole answer has not one of the fields that the command's has: it was pasted below the wrong one."""
    if not block.service or block.query or block.table or call.may_be_empty or not call.tree.fields:
        return False
    return not isinstance(block.answer, Mapping) or not any(name in block.answer for name in call.tree.fields)


def _mark_unasked(page: object, block: Block, call: Call, ask: str) -> None:
    """Where the read asks for all attributes and the command for some, AWS left the others out unasked."""
    for name, value in call.given.items():
        chosen = block.flags.get(xform_name(name, "-"), [])
        if value != ["All"] or "All" in chosen:
            continue
        reason = Unread(f"the command did not ask for it ({block.at})", ask)
        for path in (*call.take.values(), *call.keep):
            if path.rpartition(".")[2] not in chosen:
                mark(page, path, reason)


def _clean(page: object) -> object:
    """Without what looks like a secret: people paste more than they look at. Ids and ARNs are names, and stay."""
    return each_string(page, lambda text: text if _NAMES.fullmatch(text) else without_secrets(text))


def _same_query(one: str, other: str) -> bool:
    return re.sub(r"\s", "", one) == re.sub(r"\s", "", other)


def _typed(block: Block, call: Call, answer: Any) -> Any:
    """Cells of a table are text, and the CLI's first version writes times as numbers: the model says what they are."""
    if block.table or has_numeric_time(answer):
        return fitted(answer, output_shape(call.service, call.operation))
    return answer


def narrowed(block: Block, call: Call) -> str:
    """Why a command asked for a part alone, or its answer is one; empty when it asked for all and got it."""
    asked = {xform_name(name, "-") for name in call.given}
    for flag, given in block.flags.items():
        if flag == PIPE:
            if " ".join(given) not in _WHOLE_PIPES:
                return f"| {given[0] if given else ''} kept a part ({block.at})"
        elif flag not in asked and flag not in _OF_SHOWING and not flag.startswith(_WIDENING):
            return f"--{flag} kept a part ({block.at})"
    if any(_goes_on(one) for one in (block.answer, pick_all(block.answer, call.each.rpartition(".")[0]))):
        return f"more pages follow ({block.at})"
    return ""


#: Flags that change how an answer is shown or fetched, never what it is about.
_OF_SHOWING = (
    *("region", "profile", "output", "query", "color", "debug", "endpoint-url", "ca-bundle", "page-size"),
    *("no-cli-pager", "cli-read-timeout", "cli-connect-timeout", "cli-binary-format"),
)
_WIDENING = ("no-", "show-", "include")
#: What an answer may go through and stay whole.
_WHOLE_PIPES = ("cat", "less", "more", "jq", "jq .", "jq -S .", "jq -C .", "python -m json.tool")
_TOKENS = ("NextToken", "nextToken", "NextMarker", "nextMarker", "Marker")


def _goes_on(answer: object) -> bool:
    """Whether an answer says itself that it is not the last page."""
    if not isinstance(answer, Mapping):
        return False
    return any(answer.get(name) for name in _TOKENS) or answer.get("IsTruncated") is True


def _missing(call: Call, projection: Projection) -> list[str]:
    """The paths of the whole answer that are kept, and that the projection does not show."""
    shown_paths = {
        ".".join(part for part in (projection.path, path) if part) for path in projection.columns.values()
    }
    start = f"{call.each}[]" if call.each else ""
    paths = [".".join(part for part in (start, path) if part) for path in (*call.take.values(), *call.keep)]
    return [path for path in paths if not _shown(path, shown_paths)]


def _shown(path: str, shown_paths: set[str]) -> bool:
    bare = ".".join(field_of(part) for part in path.split("."))
    return any(bare == one or bare.startswith(f"{one}.") or one.startswith(f"{bare}.") for one in shown_paths)


def mark(node: Any, path: str, reason: Unread) -> None:
    """Put ``reason`` where a path of an answer has nothing, in each item of the lists on its way."""
    head, _, rest = path.partition(".")
    name = field_of(head)
    if not isinstance(node, dict):
        return
    if not rest:
        if node.get(name) is None:
            node[name] = reason
        return
    if head.endswith("[]"):
        below = node.get(name)
        if below is None:
            node[name] = reason
        for item in below if isinstance(below, list) else ():
            mark(item, rest, reason)
        return
    if node.get(name) is None:
        node[name] = {}
    mark(node[name], rest, reason)


def items_of(page: object, call: Call) -> list[Any]:
    """The objects of an answer's list; of an answer without one, itself."""
    found = pick_all(page, call.each) if call.each else [page]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def names_of(item: object) -> list[str]:
    """The texts by which an item may be called."""
    if isinstance(item, str):
        return [item]
    values = item.items() if isinstance(item, Mapping) else ()
    return [
        value
        for key, value in values
        if isinstance(value, str) and re.search(r"(Arn|ARN|Name|Id|Url|Identifier)$", key)
    ]


def fullest(answers: Iterable[tuple[Block, object, str]]) -> Iterator[tuple[object, str]]:
    """Of one command that was pasted several times, the answer that shows most, and of equal ones the last: each kind
    of a bundle asks for its own part of the same listing."""
    best: dict[object, tuple[tuple[bool, int], object, str]] = {}
    for block, page, wrong in answers:
        said = {name: tuple(values) for name, values in block.flags.items() if name not in _OF_SHOWING}
        told = bool(block.service) and not any(
            PLACEHOLDER.match(one) for each in said.values() for one in each
        )
        about: object = tuple(sorted(said.items())) if told else block.at
        full = (not wrong, -_unread_parts(page))
        if about not in best or full >= best[about][0]:
            best[about] = (full, page, wrong)
    yield from ((page, wrong) for _, page, wrong in best.values())


def _unread_parts(page: object) -> int:
    """How many parts of a page were not read."""
    if isinstance(page, Mapping):
        return sum(_unread_parts(one) for one in page.values())
    if isinstance(page, list):
        return sum(_unread_parts(one) for one in page)
    return int(isinstance(page, Unread))
