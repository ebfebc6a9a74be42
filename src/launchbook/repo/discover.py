"""Discovery: walk a repository, let every format read what it claims, and relate what was found."""

from __future__ import annotations

import fnmatch
import gc
import importlib
import os
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from functools import cache
from pathlib import Path
from types import ModuleType

from launchbook.errors import UsageError
from launchbook.model import IN_FILES_ALONE, Endpoint, Fact, Facts, Finding, Gap, Relation, Where
from launchbook.model.records import record
from launchbook.redact import shown
from launchbook.repo import contradictions, formats, relations
from launchbook.repo.files import is_bundle
from launchbook.repo.fronts import fronted
from launchbook.repo.lined import Unreadable
from launchbook.repo.mounts import mounted
from launchbook.repo.reader import UNREADABLE, File, Format, Found, Tree, settling
from launchbook.repo.searched import searched
from launchbook.repo.walk import walk
from launchbook.repo.wiring import wired


@record()
class Discovery:
    """What a repository shows: facts with gaps and relations, contradictions, and what was skipped, counted."""

    root: str
    facts: Facts
    contradictions: tuple[Finding, ...] = ()
    skipped: dict[str, int] = field(default_factory=dict)
    vendored: tuple[str, ...] = ()
    generated: int = 0


def discover(path: str | os.PathLike[str], environment: str = "") -> Discovery:
    """Read a repository's files, and nothing outside it.

    ``environment`` names the one whose variable and parameter files count; without it only values that hold for
    all of them do. Raises UsageError when ``path`` is no readable folder.
    """
    root = os.fspath(path)
    if not Path(root).is_dir():
        raise UsageError(f"cannot read {shown(root)}", "it is not a folder", hint="launchbook discover PATH")
    with _seldom_collected():
        return _discovered(root, environment)


def _discovered(root: str, environment: str) -> Discovery:
    walked = walk(root)
    tree = Tree(File(root, entry.path, entry.origin) for entry in walked.files)
    found = Found(tree, environment, gaps=list(walked.gaps))
    _read_all(tree, found)
    found.facts = mounted(found.facts, found.mounts)
    search = searched(tree, found.gaps) if tree.files else None
    facts = related(found) + Facts([search] if search else (), complete=IN_FILES_ALONE, files=tree.files)
    differing, gaps = _contradictions(facts)
    if gaps:
        facts += Facts(gaps=gaps)
    generated = sum(1 for file in tree.files.values() if file.origin == "generated")
    return Discovery(root, facts, tuple(differing), walked.skipped, tuple(walked.vendored), generated)


def related(found: Found) -> Facts:
    """The facts with every relation; each module sees what the ones before it added."""
    links = [*found.relations, *wired(found.facts, found.references)]
    facts = Facts(found.facts, found.gaps, links)
    for module in _modules(relations):
        try:
            new = list(module.relate(facts))
        except Exception as error:  # as with readers: what was not foreseen is said, and costs nothing else
            new = [_failed(module, error)]
        if new:
            facts += Facts(
                [item for item in new if isinstance(item, Fact)],
                [item for item in new if isinstance(item, Gap)],
                [item for item in new if isinstance(item, Relation)],
            )
    return fronted(_timed_routes(facts))


def _contradictions(facts: Facts) -> tuple[list[Finding], list[Gap]]:
    findings: list[Finding] = []
    gaps: list[Gap] = []
    for module in _modules(contradictions):
        try:
            findings += module.contradict(facts)
        except Exception as error:  # as above
            gaps.append(_failed(module, error))
    return findings, gaps


def _failed(module: ModuleType, error: Exception) -> Gap:
    name = module.__name__.rpartition(".")[2]
    what = f"the {name} reader failed: {type(error).__name__}: what it relates is missing"
    return Gap(
        where=Where(file="."), what=what, hint="report the repository's shape to the maintainers", hides=()
    )


def _timed_routes(facts: Facts) -> Facts:
    """A route of no other kind that a job or rule calls is a cron's, whatever its path says."""
    called = {relation.target for relation in facts.relations if relation.kind == "calls"}
    plain = {fact.id for fact in facts.seen(Endpoint) if fact.attributes.get("kind") == "other"} & called
    if not plain:
        return facts
    changed = [
        replace(fact, attributes={**fact.attributes, "kind": "cron"}) if fact.id in plain else fact
        for fact in facts
    ]
    return Facts(changed, facts.gaps, facts.relations, facts.complete)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage in rings a hundred times less often: readers leave hardly any, and looking costs a sixth."""
    usual = gc.get_threshold()
    gc.set_threshold(usual[0] * 100, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _read_all(tree: Tree, found: Found) -> None:
    """Every file to each format that claims it, then to the formats that want all of theirs at once.

    A file is read, parsed and dropped before the next one: what is held grows with what was found, not with the tree.
    Facts stand in the order of the formats, as if each had read the whole tree alone.
    """
    known = known_formats()
    together: dict[Format, list[File]] = {form: [] for form in known if form.together}
    added: dict[Format, list[Fact]] = {form: [] for form in known}
    pick = _picker(known)
    bundles: list[File] = []
    for file in tree.files.values():
        bundled = is_bundle(file)
        if bundled:
            bundles.append(file)
        for form in pick(file):
            if bundled and form.hides:
                continue  # what looks for credentials alone reads on
            found.hides = form.hides
            if _admitted(form, file, found):
                if form.each:
                    _guarded(form, [file], found, form.each, file)
                else:
                    together[form].append(file)
            added[form] += found.taken_out()
        file.forget()
    _tell_bundles(bundles, found)
    for form, files in sorted(together.items(), key=lambda one: one[0].late):
        found.hides = form.hides
        found.earlier = [fact for facts in added.values() for fact in facts] if form.late else []
        if files and form.together:
            _guarded(form, files, found, form.together, files)
        added[form] += found.taken_out()
    found.facts = [fact for facts in added.values() for fact in facts]


def _tell_bundles(bundles: Sequence[File], found: Found) -> None:
    """One gap for all bundles that lie among the sources: what they hold has its source here, or nowhere."""
    own = [file for file in bundles if file.origin == "source"]
    if own:
        names = ", ".join(file.shown for file in own[:3]) + (" …" if len(own) > 3 else "")
        what = f"{len(own)} minified or bundled file{'s' if len(own) > 1 else ''} not read as code ({names})"
        found.gap(
            own[0],
            what,
            "run discovery on the source that was bundled",
            1,
            ("endpoint", "setting", "sdk_call"),
        )


def _picker(known: Sequence[Format]) -> Callable[[File], Iterator[Format]]:
    """Which formats claim a file by name; patterns are kept by the ending they want, so that a file meets few."""
    endings: dict[str, list[tuple[Callable[[File], bool] | None, Format]]] = {}
    for form in known:
        for name in form.names:
            ending = re.search(r"\.\w+$", name)
            endings.setdefault(ending.group() if ending else "", []).append((_claim(name), form))

    def pick(file: File) -> Iterator[Format]:
        _, dot, ending = file.name.rpartition(".")
        candidates = (*endings.get(dot + ending if dot else "", ()), *(endings.get("", ()) if dot else ()))
        return iter(dict.fromkeys(form for claimed, form in candidates if claimed is None or claimed(file)))

    return pick


def _claim(name: str) -> Callable[[File], bool] | None:
    """Whether a file has the name of a pattern; None where its ending, by which it is looked up, says so already."""
    if not re.search(r"[*?\[/]", name):
        return lambda file: file.name == name
    if re.fullmatch(r"\*\.\w+", name):
        return None
    # Most files have no part of it, which is known sooner than that the whole does not fit.
    part = max(re.split(r"[*?]+|\[[^\]]*\]", name), key=len).strip("/")
    if "/" in name:
        return lambda file: part in file.path and _glob(name).fullmatch(file.path) is not None
    return lambda file: part in file.name and _glob(name).fullmatch(file.name) is not None


@cache
def _glob(name: str) -> re.Pattern[str]:
    """A glob as a pattern, made when the first file may fit; ``**/`` stands for any folders, none included."""
    parts = [fnmatch.translate(part).removesuffix(r"\Z").removesuffix(r"\z") for part in name.split("**/")]
    return re.compile("(?:.*/)?".join(parts), re.S)


def _admitted(form: Format, file: File, found: Found) -> bool:
    try:
        if file.size > form.limit:
            if not form.claims(file.head):
                return False  # of another kind, as far as its beginning tells
            found.gap(
                file, f"{file.size:,} bytes is more than {form.name} reads ({form.limit:,})", "split the file"
            )
            return False
        return form.sniff is None or form.claims(file.data)
    except Unreadable as error:
        found.gap(file, error.what, UNREADABLE)
        return False


def _guarded(
    form: Format, files: Sequence[File], found: Found, read: Callable[..., None], argument: object
) -> None:
    try:
        read(argument, found)
    except Unreadable as error:
        found.gap(files[0], error.what, settling(error, form.name), error.line)
    except (
        Exception
    ) as error:  # no input may end a run: what a reader did not foresee is a gap like any other
        what = f"the {form.name} reader failed: {type(error).__name__}"
        for file in files:
            found.gap(file, what, "report this file's shape to the maintainers")


@cache
def known_formats() -> tuple[Format, ...]:
    """Every format declared in a module of ``launchbook.repo.formats``."""
    values = (value for module in _modules(formats) for value in vars(module).values())
    return tuple(dict.fromkeys(value for value in values if isinstance(value, Format)))


@cache
def _modules(package: ModuleType) -> tuple[ModuleType, ...]:
    names = sorted(
        info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_")
    )
    return tuple(importlib.import_module(f"{package.__name__}.{name}") for name in names)
