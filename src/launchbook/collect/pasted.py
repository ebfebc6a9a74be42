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
from launchbook.collect.engine import Asked, collect
from launchbook.collect.keep import pick
from launchbook.collect.pasted_account import accounts_of, foreign, of_identity
from launchbook.collect.reader import ReadFailed
from launchbook.collect.restore import fullest, items_of, names_of, restored
from launchbook.collect.transcript import PLACEHOLDER, Block, read_transcript
from launchbook.model import Facts, Gap, Unread, Where
from launchbook.redact import shown

#: Stands for the region of a command that named none.
ANY = "region-not-named"
NOT_PASTED = "NotPasted"


class PastedReader:
    """Answers declared reads from blocks of pasted text."""

    def __init__(self, blocks: Iterable[Block], collectors: Iterable[Collector]) -> None:
        self._collectors = tuple(collectors)
        self._blocks: dict[tuple[str, str], list[Block]] = {}
        self._read: set[str] = set()
        self._unread: list[Block] = []
        self._global = {
            _words(call) for one in self._collectors if one.scope == "global" for call in one.calls
        }
        named = {_words(call): call for one in self._collectors for call in one.calls}
        for block in blocks:
            words = (block.service, block.operation) if block.service else self._recognised(block)
            if words in named:
                self._blocks.setdefault(words, []).append(block)
            else:
                self._unread.append(block)

    @property
    def unused(self) -> list[Block]:
        """What no read took: commands that no collector declares, and answers about nothing that was listed."""
        left = [block for held in self._blocks.values() for block in held if block.at not in self._read]
        return [*self._unread, *left]

    @property
    def regions(self) -> list[str]:
        """Every region that a command about regional things named, and ANY where one named none."""
        regional = {_words(call) for one in self._collectors if one.scope == "region" for call in one.calls}
        return sorted({block.region or ANY for words in regional for block in self._blocks.get(words, ())})

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Each pasted answer of an operation as a page. Raises ReadFailed for what is missing or not whole."""
        ask = _ask(call, region, parameters)
        held = [
            block
            for block in self._blocks.get(_words(call), ())
            if self._in(block, call, region) and _fits(block, call, parameters)
        ]
        if not held:
            page = self._implied(call, region)
            if page is not None:
                yield call.tree.cut(page)
            raise ReadFailed(call, NOT_PASTED, "its output was not pasted", ask)
        problem = ""
        self._read.update(block.at for block in held)
        for page, wrong in fullest([(block, *restored(block, call, ask)) for block in held]):
            problem = problem or wrong
            if page is not None:
                self._name(call, page, region, parameters)
                yield _only(page, call, parameters)
        if problem:
            failed = re.match(r"(\w+): (the command failed.*)", problem)
            code, why = (failed[1], failed[2]) if failed else ("Partial", problem)
            raise ReadFailed(call, code, why, ask)

    def _in(self, block: Block, call: Call, region: str) -> bool:
        """Whether a block's answer is about the region asked; where a service has no regions, any is."""
        return _words(call) in self._global or (block.region or ANY) == region

    def _name(self, call: Call, page: object, region: str, parameters: Mapping[str, Any]) -> None:
        """Fill what a projection left out and the commands themselves say: the user asked about, the ARN used later."""
        for item in items_of(page, call):
            for path in (*call.take.values(), *call.keep):
                if not isinstance(item.get(path), Unread):
                    continue
                known = parameters.get(path)
                given = known if isinstance(known, str) else self._given_later(call, path, region, item)
                if given:
                    item[path] = given

    def _given_later(self, call: Call, path: str, region: str, item: Mapping[str, Any]) -> str:
        """The ARN or id of an item that a later command was given, told by the item's name inside it."""
        names = [name for name in names_of(item) if len(name) > 2]
        for flag in self._flags_of(call, path, region):
            parts = re.split(r"[/:]", flag)
            if any(name in parts for name in names):
                return flag
        return ""

    def _flags_of(self, call: Call, path: str, region: str) -> Iterator[str]:
        """What later commands were given for a part of this call's items."""
        wanted = f"${call.operation}.{path}" if path else f"${call.operation}"
        for later in self._later(call):
            for name, value in later.given.items():
                part = value[0] if isinstance(value, list) and value else value
                if part == wanted:
                    held = self._blocks.get(_words(later), ())
                    for block in (one for one in held if self._in(one, call, region)):
                        flags = block.flags.get(xform_name(name, "-"), [])
                        yield from (flag for flag in flags if not PLACEHOLDER.match(flag))

    def _implied(self, call: Call, region: str) -> object:
        """What later commands tell of a listing that was not pasted: the names that they were given or show."""
        items: list[object] = []
        for later in self._later(call):
            for name, value in later.given.items():
                part = value[0] if isinstance(value, list) and value else value
                match = re.fullmatch(rf"\${call.operation}(?:\.(\w+))?", str(part))
                if match is None:
                    continue
                for block in self._blocks.get(_words(later), ()):
                    if self._in(block, call, region):
                        given = _given(block, later, xform_name(name, "-"))
                        items += [{match[1]: one} if match[1] else one for one in given]
        distinct = list({str(item): item for item in items}.values())
        return {call.each: distinct} if call.each and distinct else None

    def _later(self, call: Call) -> Iterator[Call]:
        """The calls whose parameters may name this one's items; a property that many share names none of them."""
        for one in self._collectors:
            yield from (each for each in one.calls if each.service == call.service and not each.once)

    def knows(self, block: Block) -> bool:
        """Whether a read is declared for a block's command."""
        return (block.service, block.operation) in self._blocks

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
    return read_saved(texts, collectors, at)[0]


def read_saved(
    texts: Mapping[str, str], collectors: Iterable[Collector], at: datetime
) -> tuple[Facts, list[str]]:
    """As :func:`read_pasted`, with the regions that the commands name."""
    listed = list(collectors)
    blocks = [block for name, text in texts.items() for block in read_transcript(text, name)]
    reader = PastedReader(blocks, listed)
    accounts = accounts_of(blocks)
    asked = Asked(" and ".join(accounts) or "account not pasted", "pasted", at)
    facts = collect(reader, listed, reader.regions or [ANY], asked)
    unused = [
        Gap(
            where=Where(file=shown(block.at)),
            what=f"not used: {shown(_why_unused(block, reader))}",
            hint="launchbook commands",
            hides=_hidden_by(block, listed),
        )
        for block in reader.unused
        if not of_identity(block)
    ]
    # What was pasted and could not be used is said before what was not pasted.
    gaps = sorted([*foreign(facts, accounts), *unused, *facts.gaps], key=lambda gap: NOT_PASTED in gap.what)
    regions = [one for one in reader.regions if one != ANY]
    return Facts(facts, gaps, facts.relations, facts.complete), regions


def _why_unused(block: Block, reader: PastedReader) -> str:
    if not block.service:
        return block.problem or "a document without its command that fits no single read"
    if reader.knows(block):
        return f"aws {block.service} {block.operation} is of something that was not listed, or that it does not name"
    return f"no check reads aws {block.service} {block.operation}"


def _hidden_by(block: Block, collectors: Iterable[Collector]) -> tuple[str, ...]:
    """The kinds that lines without identity may be of: those whose reads show fields of such names."""
    names = {re.sub(r"\W", "", name).lower() for name, _ in block.lines} - {"status", "state", "name"}
    return tuple(
        dict.fromkeys(
            one.kind
            for one in collectors
            for call in one.calls
            for attribute, path in call.take.items()
            if names & {re.sub(r"[^A-Za-z]", "", path.rpartition(".")[2]).lower(), attribute.replace("_", "")}
            | (names & {"backupretention"} if attribute == "backup_retention_period" else set())
        )
    )


def _words(call: Call) -> tuple[str, str]:
    return {"s3": "s3api"}.get(call.service, call.service), xform_name(call.operation, "-")


def _fits(block: Block, call: Call, parameters: Mapping[str, Any]) -> bool:
    for name, wanted in parameters.items():
        flags = block.flags.get(xform_name(name, "-"), [])
        values = [str(one) for one in (wanted if isinstance(wanted, list) else [wanted])]
        if "$" not in str(call.given[name]):
            if name in call.only_given and not flags:
                return False
            # Another of several parts was asked for: composite alarms, where metric alarms are read.
            if flags and isinstance(wanted, list) and "All" not in values and not {*values} & {*flags}:
                return False
            continue
        if any(PLACEHOLDER.match(flag) for flag in flags):
            # The command's words don't say of what; an answer that names it itself does.
            page, _ = restored(block, call, "")
            if not any(_is(item, values) for item in items_of(page, call)):
                return False
        elif not all(_same(one, flags) for one in values):
            return False
    return True


def _given(block: Block, call: Call, flag: str) -> list[str]:
    """What a command was given: by its flag, or where that is a placeholder, what its answer names."""
    flags = block.flags.get(flag, [])
    if not any(PLACEHOLDER.match(one) for one in flags):
        return flags
    page, _ = restored(block, call, "")
    return [names[0] for item in items_of(page, call) if (names := names_of(item))]


def _same(wanted: str, flags: list[str]) -> bool:
    """Whether a command was given this name: ARNs and names of one thing count as the same."""
    return any(flag == wanted or wanted.endswith(f"/{flag}") or flag.endswith(f"/{wanted}") for flag in flags)


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
        for part, filled in zip(_listed(given), _listed(value), strict=False):
            if isinstance(part, str) and part.startswith("$"):
                line = line.replace(argument(part), str(filled), 1)
    return f"paste the output of: aws {line} --output json"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
