"""The declared reads, answered from saved AWS CLI output instead of an account.

The same collectors run over it, so that a paste gives the same facts as a live read, or fewer: what was not pasted, was
cut off or was filtered away is a gap that names the command to paste.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore import xform_name

from launchbook.collect.commands import argument, command
from launchbook.collect.declare import Call, Collector
from launchbook.collect.engine import GLOBAL_REGION, Asked, collect
from launchbook.collect.keep import pick
from launchbook.collect.projection import parse_query
from launchbook.collect.reader import ReadFailed
from launchbook.collect.transcript import Block, read_transcript
from launchbook.model import Facts, Gap, Unread, Where

#: Stands for the region of a command that named none.
ANY = "region-not-named"


class PastedReader:
    """Answers declared reads from blocks of pasted text."""

    def __init__(self, blocks: Iterable[Block], collectors: Iterable[Collector]) -> None:
        self._collectors = tuple(collectors)
        self._blocks: dict[tuple[str, str], list[Block]] = {}
        self.unused: list[Block] = []
        named = {_words(call): call for one in self._collectors for call in one.calls}
        for block in blocks:
            words = (block.service, block.operation) if block.service else self._recognised(block)
            if words in named:
                self._blocks.setdefault(words, []).append(block)
            else:
                self.unused.append(block)

    @property
    def regions(self) -> list[str]:
        """Every region that a command about regional things named, and ANY where one named none."""
        regional = {_words(call) for one in self._collectors if one.scope == "region" for call in one.calls}
        return sorted({block.region or ANY for words in regional for block in self._blocks.get(words, ())})

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Each pasted answer of an operation as a page. Raises ReadFailed for what is missing or not whole."""
        held = [
            block for block in self._blocks.get(_words(call), ()) if _fits(block, call, region, parameters)
        ]
        if not held:
            page = self._implied(call, region)
            if page is not None:
                yield call.tree.cut(page)
            raise ReadFailed(call, "NotPasted", "its output was not pasted", _ask(call, region, parameters))
        problem = ""
        for block in held:
            page, wrong = _restored(block, call, _ask(call, region, parameters))
            problem = problem or wrong
            if page is not None:
                yield _only(page, call, parameters)
        if problem:
            raise ReadFailed(call, "Partial", problem, _ask(call, region, parameters))

    def _implied(self, call: Call, region: str) -> object:
        """What later commands tell of a listing that was not pasted: the names that they were given."""
        items: list[object] = []
        for one in self._collectors:
            for later in one.calls:
                for name, value in later.given.items():
                    part = value[0] if isinstance(value, list) and value else value
                    match = re.fullmatch(rf"\${call.operation}(?:\.(\w+))?", str(part))
                    if match is None or later.service != call.service:
                        continue
                    for block in self._blocks.get(_words(later), ()):
                        if region in (block.region or ANY, GLOBAL_REGION):
                            flags = block.flags.get(xform_name(name, "-"), [])
                            items += [{match[1]: flag} if match[1] else flag for flag in flags]
        distinct = list({str(item): item for item in items}.values())
        return {call.each: distinct} if call.each and distinct else None

    def _recognised(self, block: Block) -> tuple[str, str]:
        """The operation whose answer looks like a document without a command: the one that most kept fields are of."""
        scores = {
            _words(call): score
            for one in self._collectors
            for call in one.calls
            if not any("$" in str(value) for value in call.given.values())
            and (score := len(re.findall(r": [^\s,{}\[\]]", str(call.tree.cut(block.answer)))))
        }
        best = sorted(scores, key=lambda words: scores[words])[-2:]
        clear = best and (len(best) == 1 or scores[best[0]] < scores[best[1]])
        return best[-1] if clear else ("", "")


def read_pasted(texts: Mapping[str, str], collectors: Iterable[Collector], at: datetime) -> Facts:
    """Facts and gaps of pasted texts by name. ``at`` is when they were saved, shown in every piece of evidence."""
    listed = list(collectors)
    blocks = [block for name, text in texts.items() for block in read_transcript(text, name)]
    reader = PastedReader(blocks, listed)
    account = next((found for block in blocks if (found := pick(block.answer, "Account"))), "")
    asked = Asked(str(account or "account not pasted"), "pasted", at)
    facts = collect(reader, listed, reader.regions or [ANY], asked)
    unused = [
        Gap(
            where=Where(file=block.at),
            what=f"not used: {_why_unused(block)}",
            hint="launchbook commands",
            hides=(),
        )
        for block in reader.unused
        if (block.service, block.operation) != ("sts", "get-caller-identity")
        and not pick(block.answer, "Account")
    ]
    return facts + Facts((), unused)


def _why_unused(block: Block) -> str:
    if not block.service:
        return block.problem or "a document without its command that fits no single read"
    return f"no check reads aws {block.service} {block.operation}"


def _words(call: Call) -> tuple[str, str]:
    return {"s3": "s3api"}.get(call.service, call.service), xform_name(call.operation, "-")


def _fits(block: Block, call: Call, region: str, parameters: Mapping[str, Any]) -> bool:
    if (
        block.region != region
        and (block.region or region not in (ANY, GLOBAL_REGION))
        and region != GLOBAL_REGION
    ):
        return False
    for name, wanted in parameters.items():
        if "$" not in str(call.given[name]):
            continue
        flags = block.flags.get(xform_name(name, "-"), [])
        if not all(_same(str(one), flags) for one in (wanted if isinstance(wanted, list) else [wanted])):
            return False
    return True


def _same(wanted: str, flags: list[str]) -> bool:
    """Whether a command was given this name: ARNs and names of one thing count as the same."""
    return any(flag == wanted or wanted.endswith(f"/{flag}") or flag.endswith(f"/{wanted}") for flag in flags)


def _restored(block: Block, call: Call, ask: str) -> tuple[object, str]:
    """The answer in AWS's shape, cut to what is kept, and why it is not the whole truth.

    What a projection left out is unread: only AWS's own answer says by leaving a field out that there is none.
    """
    if block.problem:
        return None, f"{block.problem} ({block.at})"
    if re.sub(r"\s", "", block.query) == re.sub(r"\s", "", call.tree.query()):
        return call.tree.cut(block.answer), _narrowed(block)
    projection = parse_query(block.query)
    if projection is None:
        return None, f"its --query cannot be undone ({block.at})"
    page = call.tree.cut(projection.restore(block.answer))
    if projection.columns:
        shown = {path if path else projection.path for path in projection.columns.values()}
        missing = [path for path in (*call.take.values(), *call.keep) if not _shown(path, shown)]
        reason = Unread(f"the pasted output does not show it ({block.at})", ask)
        for item in _items(page, call):
            for path in missing:
                _set(item, path.partition("[]")[0], reason)
    if projection.filtered:
        return page, f"its --query kept a part: {block.query[:80]} ({block.at})"
    return page, _narrowed(block)


def _narrowed(block: Block) -> str:
    flags = [
        flag for flag in block.flags if "prefix" in flag or flag in ("max-items", "filters", "starting-token")
    ]
    return f"--{flags[0]} kept a part ({block.at})" if flags else ""


def _shown(path: str, shown: set[str]) -> bool:
    bare = path.replace("[]", "").removesuffix("{}")
    return any(bare == one or bare.startswith(f"{one}.") or one.startswith(f"{bare}.") for one in shown)


def _items(page: object, call: Call) -> list[Any]:
    found = pick(page, call.each) if call.each else [page]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _set(item: dict[str, Any], path: str, value: object) -> None:
    *above, last = path.removesuffix("{}").split(".")
    for part in above:
        item = item.setdefault(part, {})
        if not isinstance(item, dict):
            return
    if item.get(last) is None:
        item[last] = value


def _only(page: object, call: Call, parameters: Mapping[str, Any]) -> object:
    """Of an answer about several things, the one that was asked for."""
    wanted = [str(one) for value in parameters.values() if isinstance(value, list) for one in value]
    found = pick(page, call.each) if call.each else None
    if not wanted or not isinstance(found, list) or "." in call.each:
        return page
    kept = [item for item in found if isinstance(item, Mapping) and _is(item, wanted)]
    return {call.each: kept} if kept else page


def _is(item: Mapping[str, Any], wanted: list[str]) -> bool:
    values = {value for value in item.values() if isinstance(value, str)}
    return any(one == value or one.endswith(f"/{value}") for one in wanted for value in values)


def _ask(call: Call, region: str, parameters: Mapping[str, Any]) -> str:
    """The command whose output would settle it, its placeholders filled in."""
    line = command(call).replace('"$region"', region if region != ANY else "REGION")
    for name, value in parameters.items():
        given = call.given[name]
        for part, shown in zip(_listed(given), _listed(value), strict=False):
            if isinstance(part, str) and part.startswith("$"):
                line = line.replace(argument(part), str(shown), 1)
    return f"paste the output of: aws {line} --output json"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
