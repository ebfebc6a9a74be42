"""Files and a plan of one root module: one fact, with the file's line and the plan's value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from launchbook.model import Fact, Facts, Ref, Relation, Unread, Value
from launchbook.repo.plan.addresses import parse_address
from launchbook.repo.wiring import wired


def with_plan(files: Facts, plan: Facts) -> Facts:
    """The files' facts with the plan's values in those of its root module, and what only the plan knows beside them.

    The root is the folder in which most of the plan's resources are declared under the same names; where two folders
    fit alike (a root for each environment, none of which names its resources), nothing is merged.
    """
    root = _root(files, plan)
    twins = {
        (fact.type, _address(fact)): fact
        for fact in files
        if root is not None and _of_root(fact) and _folder(fact) == root
    }
    renamed = {one.id: twin.id for one in plan if (twin := twins.get((one.type, _address(one)))) is not None}
    merged = {
        renamed[one.id]: _merged(twins[one.type, _address(one)], one, renamed)
        for one in plan
        if one.id in renamed
    }
    bases = {(one.type, parsed.base) for one in plan if (parsed := parse_address(one.id.partition("#")[2]))}
    own = {one.where.file for one in plan}
    kept = [
        merged.get(fact.id) or _left_out(fact, twins, bases)
        for fact in files
        if fact.origin != "state" or fact.where.file.rpartition("/")[2] not in own
    ]
    more = [
        replace(one, attributes={name: _mapped(value, renamed) for name, value in one.attributes.items()})
        for one in plan
        if one.id not in renamed
    ]
    links = [*files.relations, *_relations(files, [*merged.values(), *more])]
    return Facts([*kept, *more], [*files.gaps, *plan.gaps], links, files.complete, files.files, files.today)


def _root(files: Facts, plan: Facts) -> str | None:
    wanted = {(one.type, _address(one), one.name) for one in plan}
    held = Counter(
        _folder(fact) for fact in files if _of_root(fact) and (fact.type, _address(fact), fact.name) in wanted
    )
    first = held.most_common(2)
    if not first or (len(first) == 2 and first[0][1] == first[1][1]):
        return None
    return first[0][0]


def _of_root(fact: Fact) -> bool:
    """Whether Terraform source of the repository declares it."""
    return fact.id.partition("#")[0].endswith((".tf", ".tofu")) and fact.origin == "source"


def _folder(fact: Fact) -> str:
    return fact.id.partition("#")[0].rpartition("/")[0]


def _address(fact: Fact) -> str:
    """The address, without the index that ``count`` gives to its first copy."""
    return fact.id.partition("#")[2].removesuffix("[0]")


def _merged(file: Fact, plan: Fact, renamed: Mapping[str, str]) -> Fact:
    attributes: dict[str, Value] = dict(file.attributes)
    for name, value in plan.attributes.items():
        # Of what the apply decides, the file may know more: a reference, a structure with one part open.
        if isinstance(value, Unread) and file.attributes.get(name) is not None:
            continue
        if value is None and name not in file.attributes:
            continue
        attributes[name] = _mapped(value, renamed)
    return replace(file, name=plan.name, level="plan", attributes=attributes, condition="", created=True)


def _left_out(fact: Fact, twins: Mapping[tuple[str, str], Fact], bases: set[tuple[str, str]]) -> Fact:
    """A resource of the root that the files leave open and the plan does not make."""
    if fact.created is not None or twins.get((fact.type, _address(fact))) is not fact:
        return fact
    copies = (fact.type, _address(fact)) in bases
    why = "the plan has its copies" if copies else "the plan does not make it"
    return replace(fact, created=False, condition=f"{fact.condition}: {why}")


def _mapped(value: Value, renamed: Mapping[str, str]) -> Value:
    match value:
        case Ref(to, attribute):
            return Ref(renamed.get(to, to), attribute)
        case Unread():
            return replace(
                value, refs=tuple(Ref(renamed.get(one.to, one.to), one.attribute) for one in value.refs)
            )
        case str():
            return renamed.get(value, value)  # what was derived from a resource names it by its id
        case list():
            return [_mapped(one, renamed) for one in value]
        case dict():
            return {key: _mapped(one, renamed) for key, one in value.items()}
    return value


def _relations(files: Facts, changed: list[Fact]) -> Iterator[Relation]:
    """The relations that the plan's references add."""
    held = {(one.kind, one.source, one.target) for one in files.relations}
    own = {one.id for one in changed}
    others = [fact for fact in files if fact.id not in own]
    for one in wired([*changed, *others], []):
        if one.source in own and (one.kind, one.source, one.target) not in held:
            yield one
