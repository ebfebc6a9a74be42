"""The declared reads as a shell script of AWS CLI commands, for somebody else to run.

Every command carries a ``--query`` that leaves out what the live read drops, so that its output never holds a secret.
The script writes one file a collector: each command behind ``$ aws …``, its answer below, as the paste reader expects.
At its end it puts a pseudonym in the place of every account id: the same one each time, so that ARNs still join.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from botocore import xform_name

from launchbook.collect.declare import Call, Collector
from launchbook.collect.keep import quoted

_START = """#!/usr/bin/env bash
# Read-only: every command lists or describes. Secret-bearing fields are left out by --query.
# bash %(name)s [FOLDER]     writes one file for each kind of resource; then: launchbook audit --pasted FOLDER
set -u
out="${1:-launchbook-pasted}"
regions="${REGIONS:-%(regions)s}"
mkdir -p "$out" || exit 1

# ask FILE ARGUMENTS…: run one command and keep it with its answer, or with its error.
ask() {
  local file="$out/$1.txt"; shift
  { printf '$ aws'; printf ' %%q' "$@"; printf '\\n'; ${AWS:-aws} "$@" --output json 2>&1; printf '\\n'; } >> "$file"
}

# pseudonyms: every account id in the answers becomes twelve digits made of it. ACCOUNT_IDS=keep leaves them.
pseudonyms() {
  local id new hash=sha256sum
  command -v $hash >/dev/null || hash="shasum -a 256"
  cat "$out"/*.txt | grep -oE '[:/"@=][0-9]{12}[^0-9]' | grep -oE '[0-9]{12}' | sort -u | while read -r id; do
    new=$(printf 'launchbook:%%s' "$id" | $hash | tr 'a-f' '0-5' | cut -c1-12)
    for file in "$out"/*.txt; do
      sed -E -e 's|([:/"@=])'"$id"'([^0-9])|\\1'"$new"'\\2|g' -e '/^[$] aws /s| '"$id"'( )| '"$new"'\\1|g' "$file" \\
        > "$file.new" && mv "$file.new" "$file"
    done
  done
}
"""


def script(collectors: Iterable[Collector], regions: Iterable[str], name: str = "launchbook-reads.sh") -> str:
    """The whole script. ``regions`` is its default; REGIONS in the environment overrides it."""
    listed = list(collectors)
    lines = [_START % {"name": name, "regions": " ".join(regions)}]
    lines += ["ask identity sts get-caller-identity --region us-east-1", ""]
    for one in (one for one in listed if one.scope == "global"):
        lines += ["region=us-east-1", *_steps(one, 0, ""), ""]
    lines.append("for region in $regions; do")
    for one in (one for one in listed if one.scope == "region"):
        lines += [*_steps(one, 0, "  "), ""]
    lines += ["done", '[ "${ACCOUNT_IDS:-}" = keep ] || pseudonyms']
    lines.append('echo "written to $out: launchbook audit --pasted $out"')
    return "\n".join(lines) + "\n"


def _steps(one: Collector, number: int, indent: str) -> Iterator[str]:
    """A call and, in a loop over its items, the calls that need them."""
    call = one.calls[number]
    yield f"{indent}ask {one.name} {command(call)} --query {shlex.quote(call.tree.query())}"
    if number + 1 == len(one.calls):
        return
    fields = _needed(one, call)
    if not fields:
        yield from _steps(one, number + 1, indent)
        return
    names = " ".join(_variable(call.operation, path) for path in fields)
    distinct = " sort -u |" if one.calls[number + 1].once else ""
    query = shlex.quote(_columns(call, fields))
    yield f"{indent}{_command_line(call)} --query {query} --output text 2>/dev/null |{distinct}"
    yield f"{indent}while IFS=$'\\t' read -r {names}; do"
    yield f'{indent}  case "${_variable(call.operation, fields[0])}" in ""|None) continue;; esac'
    yield from _steps(one, number + 1, f"{indent}  ")
    yield f"{indent}done"


def _command_line(call: Call) -> str:
    return f"${{AWS:-aws}} {command(call)}"


def command(call: Call) -> str:
    """``sqs get-queue-attributes --queue-url "$x" …``: the CLI's own names for a call."""
    service = {"s3": "s3api"}.get(call.service, call.service)
    parts = [service, xform_name(call.operation, "-"), '--region "$region"']
    for name, value in call.given.items():
        flag = f"--{xform_name(name, '-')}"
        values = value if isinstance(value, list) else [value]
        parts += [flag] if value is True else [flag, *(argument(one) for one in values)]
    return " ".join(parts)


def argument(value: object) -> str:
    """A value as the shell takes it; ``$Operation.path`` as the script's own variable."""
    if isinstance(value, str) and value.startswith("$"):
        operation, _, path = value[1:].partition(".")
        return f'"${_variable(operation, path)}"'
    return shlex.quote(str(value))


def _needed(one: Collector, call: Call) -> list[str]:
    """The paths of a call's items that later calls refer to."""
    later = one.calls[one.calls.index(call) + 1 :]
    found = [
        match[1] or ""
        for each in later
        for value in each.given.values()
        for part in (value if isinstance(value, list) else [value])
        if isinstance(part, str) and (match := re.fullmatch(rf"\${call.operation}(?:\.(.+))?", part))
    ]
    return list(dict.fromkeys(found))


def _columns(call: Call, fields: list[str]) -> str:
    item = ", ".join(".".join(map(quoted, path.split("."))) if path else "@" for path in fields)
    return f"{call.each}[].[{item}]" if call.each else f"[{item}]"


def _variable(operation: str, path: str) -> str:
    return re.sub(r"\W", "_", f"{operation}_{path}".rstrip("_"))
