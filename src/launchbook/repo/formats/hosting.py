"""Hosting by somebody else: Vercel and Netlify projects, with what they call on time and what they pass on to where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from launchbook.model import Value
from launchbook.repo.lined import Unreadable, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

#: One rewrite: path, host, line.
Rewrite = tuple[str, str, int]


@reader("Vercel", "vercel.json", hides=("vercel_project", "vercel_cron"))
def vercel(file: File, found: Found) -> None:
    """A project hosted on Vercel: regions, crons (path and schedule), rewrites to other hosts."""
    document = file.json
    regions: list[Value] = [str(one) for one in as_list(dig(document, "regions"))]
    rewrites: list[Rewrite] = []
    for section, given, goes in (
        ("rewrites", "source", "destination"),
        ("redirects", "source", "destination"),
        ("routes", "src", "dest"),
    ):
        for number, one in enumerate(as_list(dig(document, section))):
            at = line_of(document, section, number, goes)
            rewrites += _rewrite(dig(one, given), dig(one, goes), at)
    _project(file, found, "vercel", rewrites, {"regions": regions})
    for name in (*as_map(dig(document, "env")), *as_map(dig(document, "build", "env"))):
        at = line_of(document, "env", name) if name in as_map(dig(document, "env")) else 1
        found.setting(file, name, "set", at, "production", of="vercel")
    for index, cron in enumerate(as_list(dig(document, "crons"))):
        path, schedule = str(dig(cron, "path") or ""), str(dig(cron, "schedule") or "")
        found.fact(
            file,
            "vercel_cron",
            f"cron:{index}:{path}",
            name=path,
            line=line_of(document, "crons", index),
            attributes={"path": path, "schedule": schedule, "method": "GET"},
            lines={"schedule": line_of(document, "crons", index, "schedule")},
        )


@reader("Netlify", "netlify.toml", hides=("document", "netlify_cron"), limit=50_000)
def netlify(file: File, found: Found) -> None:
    """A project hosted on Netlify: the published folder, rewrites to other hosts, functions on a schedule."""
    document = _toml(file)
    redirects = as_list(document.get("redirects"))
    lines = _lines(file.text, r"\s*to\s*=")
    rewrites = [
        found_one
        for number, one in enumerate(redirects)
        for found_one in _rewrite(
            dig(one, "from"), dig(one, "to"), lines[number] if number < len(lines) else 1
        )
    ]
    publish = dig(document, "build", "publish")
    more: dict[str, Value] = {"publish": publish if isinstance(publish, str) else ""}
    _project(file, found, "netlify", rewrites, more)
    contexts = {"": document, **as_map(document.get("context"))}
    for context, held in contexts.items():
        environment = dig(held, "build", "environment") if not context else dig(held, "environment")
        for name in as_map(environment):
            at = _lines(file.text, rf"\s*{re.escape(name)}\s*=")
            found.setting(file, name, "set", (at or [1])[0], context, of="netlify")
    for name, one in as_map(document.get("functions")).items():
        schedule = dig(one, "schedule")
        if isinstance(schedule, str):
            at = _lines(file.text, rf"\[functions\.[\"']?{re.escape(name)}")
            attributes: dict[str, Value] = {"schedule": schedule}
            found.fact(
                file, "netlify_cron", f"cron:{name}", name=name, line=(at or [1])[0], attributes=attributes
            )


def _toml(file: File) -> dict[str, object]:
    import tomllib  # few repositories have such a file

    try:
        return tomllib.loads(file.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"line (\d+)", str(error))
        raise Unreadable("not valid TOML", int(at[1]) if at else 0) from None


def _lines(text: str, pattern: str) -> list[int]:
    """The numbers of the lines that begin with a pattern."""
    begins = re.compile(pattern)
    return [number for number, line in enumerate(text.splitlines(), 1) if begins.match(line)]


def _rewrite(path: object, target: object, at: int) -> Iterator[Rewrite]:
    if isinstance(path, str) and isinstance(target, str) and target.startswith(("http://", "https://")):
        try:
            host = urlsplit(target).hostname or ""
        except ValueError:
            return
        if host:
            yield path, host, at


def _project(file: File, found: Found, kind: str, rewrites: list[Rewrite], more: dict[str, Value]) -> None:
    """The project as a document, and the hosts that it passes requests on to."""
    held: list[Value] = [{"from": path, "to": host} for path, host, _ in rewrites]
    lines = {f"rewrites.{number}": at for number, (_, _, at) in enumerate(rewrites)}
    fact = found.document(file, kind, file.name, 1, more={**more, "rewrites": held}, lines={**lines})
    for _, host, at in rewrites:
        found.relation("origin", fact.id, host, file.where(at), resolved=False)
